import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { piecesOf } from "#shared/protocol/update-pieces.ts";
import type { LaneWork, LaneWorkDone } from "./lane-worker.ts";

/** Does one piece of work, and is ended. One file for all of it, since Yjs is most of each. */
const worker = self as unknown as {
  onmessage: (event: { readonly data: LaneWork }) => void;
  postMessage: (done: LaneWorkDone | "failed") => void;
};
worker.onmessage = ({ data }) => {
  run(data).then(
    (done) => worker.postMessage(done),
    () => worker.postMessage("failed"),
  );
};

async function run(work: LaneWork): Promise<LaneWorkDone> {
  if (work.kind === "split") return piecesOf(work.update, work.bounds);
  await compact(work.name);
  return undefined;
}

const answerOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function compact(name: string): Promise<void> {
  const db = await answerOf(indexedDB.open(name));
  try {
    const reading = db.transaction("updates", "readonly").objectStore("updates");
    // Both are asked for before either is awaited, so that they are of one moment.
    const [keys, rows] = await Promise.all([answerOf(reading.getAllKeys()), answerOf(reading.getAll())]);
    if (keys.length < 2) return;
    const doc = new Y.Doc();
    keepMarks(doc);
    doc.transact(() => {
      for (const row of rows) Y.applyUpdate(doc, row);
    });
    const whole = Y.encodeStateAsUpdate(doc);

    const writing = db.transaction("updates", "readwrite").objectStore("updates");
    const these = IDBKeyRange.upperBound(keys.at(-1));
    // Another page of this browser may have been quicker, or the copy was replaced: then these rows are not to come back.
    const left = await answerOf(writing.getAllKeys(these));
    if (left.length !== keys.length || left[0] !== keys[0]) return;
    writing.add(whole);
    writing.delete(these);
    await new Promise<void>((resolve, reject) => {
      writing.transaction.oncomplete = () => resolve();
      writing.transaction.onabort = () => reject(writing.transaction.error);
    });
  } finally {
    db.close();
  }
}

import { afterEach, expect, test } from "vitest";
import * as Y from "yjs";
import { startWorkerLaneWork, type WorkerLaneWork } from "../../../../server/relay/worker-lane-work.ts";

const opened: WorkerLaneWork[] = [];
afterEach(async () => {
  for (const work of opened.splice(0)) await work.close();
});
const aWorker = (...options: Parameters<typeof startWorkerLaneWork>) => {
  const work = startWorkerLaneWork(...options);
  opened.push(work);
  return work;
};
/** A thread of which every first task ends it or is never answered, and every second is "folded" into nothing. */
const badThread = (first: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from "node:worker_threads";
      const folded = { snapshot: new Uint8Array([1]), pieces: [], stateVector: new Uint8Array(), deletions: new Uint8Array(), skipped: 0 };
      parentPort.on("message", ({ kind, lane }) => {
        if (lane.rows.length === 0) { ${first} }
        else parentPort.postMessage(kind === "fold" ? { kind, folded } : { kind, updates: [] });
      });
    `)}`,
  );

const aLane = () => {
  const doc = new Y.Doc();
  const rows: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => rows.push(update));
  for (let at = 0; at < 70; at++) doc.getMap("cards").set(`card-${at}`, "words");
  doc.getMap("cards").delete("card-7");
  return { doc, rows };
};

test("[R7] a thread folds a lane into the document's own bytes, and tells what somebody lacks", async () => {
  const work = aWorker();
  const { doc, rows } = aLane();
  const folded = await work.fold({ pieces: [], rows });
  expect(folded?.snapshot).toEqual(Y.encodeStateAsUpdate(doc));
  expect(folded?.pieces).toEqual([folded?.snapshot]);
  expect(folded?.stateVector).toEqual(Y.encodeStateVector(doc));
  const half = new Y.Doc();
  for (const row of rows.slice(0, 40)) Y.applyUpdate(half, row);
  const missing = await work.diff({ pieces: folded?.pieces ?? [], rows: [] }, Y.encodeStateVector(half));
  for (const update of missing ?? []) Y.applyUpdate(half, update);
  expect(Y.encodeStateAsUpdate(half)).toEqual(Y.encodeStateAsUpdate(doc));
  // What was handed in is still whole: it was copied, not handed over.
  expect(rows.every((row) => row.length > 0)).toBe(true);
});

test("[R7] a row that Yjs cannot apply is left out, and the rest is folded", async () => {
  const { doc, rows } = aLane();
  const folded = await aWorker().fold({ pieces: [], rows: [...rows, new Uint8Array([1, 1, 1])] });
  expect(folded?.skipped).toBe(1);
  expect(folded?.snapshot).toEqual(Y.encodeStateAsUpdate(doc));
});

test.each([
  ["ends", "process.exit(1)"],
  ["throws", "throw new Error('broken')"],
  ["never answers", ""],
])("[R7] a thread that %s costs the task that it was at, and the next is done by a new one", async (_what, first) => {
  const work = aWorker({ file: badThread(first), longestTaskMs: 3_000 });
  const failing = work.fold({ pieces: [], rows: [] });
  const next = work.fold({ pieces: [], rows: [new Uint8Array([0, 0])] });
  expect(await failing).toBeUndefined();
  expect((await next)?.snapshot).toEqual(new Uint8Array([1]));
});

test("[R7] what still waits when it is closed is given up", async () => {
  const work = aWorker({ file: badThread("") });
  const waiting = [work.fold({ pieces: [], rows: [] }), work.diff({ pieces: [], rows: [] }, new Uint8Array([0]))];
  await work.close();
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  expect(await work.fold({ pieces: [], rows: [] })).toBeUndefined();
});

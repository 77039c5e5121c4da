import * as Y from "yjs";
import { copyKey, type KeptLane, readKept, unsavedKey } from "./kept-lane.ts";
import { compactCopy } from "./lane-worker.ts";

/**
 * One lane's copy on this device: its updates as rows, in the layout of y-indexeddb (which kept them at first, so that what
 * devices hold stays good). Not y-indexeddb itself: it makes a transaction of each remote change, writes the whole lane
 * anew at each opening, and compacts under the person's hands.
 */
export interface OfflineCopy {
  /** What was kept when it was opened. */
  readonly rows: readonly Uint8Array[];
  /** Things in it with changes that the relay had not forced to disk when the page was last open. */
  readonly unsaved: number;
  /** Whether it is a lane as the relay once had it (which may be empty), or holds anything. */
  readonly isCopy: boolean;
  /**
   * Keeps it in step with a document from now on: own changes at once, so that a page may end right after a letter; others'
   * (`isOthers` tells by the change's origin) gathered for a moment. `missing`: updates that the document holds already and
   * the rows may not.
   */
  readonly follow: (doc: Y.Doc, isOthers: (origin: unknown) => boolean, missing: readonly Uint8Array[]) => void;
  readonly keepUnsaved: (count: number) => void;
  readonly keepIsCopy: () => void;
  readonly close: () => void;
  /** Puts another state in the place of what is kept, in one transaction. No document is followed any more. */
  readonly replace: (state: Uint8Array) => Promise<void>;
}

const unsavedPauseMs = 300;
/** Others' changes may wait this long to be kept: the relay has them, and a write for each is most of what they cost here. */
const othersPauseMs = 250;
/** Rows, and bytes beside the largest of them, after which they are made one. Each opening reads them all. */
const rowsBeforeCompaction = 500;
const bytesBeforeCompaction = 512 * 1024;

/**
 * Reads what is kept under a name (`copyNameOf`). `undefined` when this device keeps nothing, or takes too long over it:
 * then `onLate` gets the copy, should it come after all, to take or to close.
 */
export async function openOfflineCopy(
  name: string,
  onLate: (copy: OfflineCopy) => void,
): Promise<OfflineCopy | undefined> {
  const kept = await readKept(name, (late) => onLate(copyOf(name, late)));
  return kept && copyOf(name, kept);
}

function copyOf(name: string, kept: KeptLane): OfflineCopy {
  const { db } = kept;
  const write = (change: (updates: IDBObjectStore, custom: IDBObjectStore) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const transaction = db.transaction(["updates", "custom"], "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      change(transaction.objectStore("updates"), transaction.objectStore("custom"));
    });
  /** What cannot be kept (the disk is full, the copy was closed) is still in the document, and unsaved until it is acked. */
  const tryWrite = (change: Parameters<typeof write>[0]) => {
    try {
      write(change).catch(() => {});
    } catch {}
  };

  // One write when something becomes unsaved, then at most one every pause: typing is not to cost a write a letter.
  let keptUnsaved = typeof kept.unsaved === "number" ? kept.unsaved : 0;
  let wanted = keptUnsaved;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReplaced = false;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (keptUnsaved === wanted || isReplaced) return;
    keptUnsaved = wanted;
    tryWrite((_updates, custom) => custom.put(wanted, unsavedKey));
  };

  let rowCount = kept.rows.length;
  let spareBytes = spareBytesOf(kept.rows);
  let isCompacting = false;
  const keepRows = (rows: readonly Uint8Array[]) => {
    if (rows.length === 0) return;
    tryWrite((updates) => {
      for (const row of rows) updates.add(row);
    });
    rowCount += rows.length;
    for (const row of rows) spareBytes += row.length;
    if ((rowCount < rowsBeforeCompaction && spareBytes < bytesBeforeCompaction) || isCompacting) return;
    isCompacting = true;
    compactCopy(name).then(() => {
      isCompacting = false;
      // Without a worker they pile up, which makes openings slower and nothing wrong.
      rowCount = 1;
      spareBytes = 0;
    });
  };
  let stopFollowing: (() => void) | undefined;

  return {
    rows: kept.rows,
    unsaved: keptUnsaved,
    isCopy: kept.isCopy === 1 || kept.rows.some((row) => row.length > 2),
    follow: (doc, isOthers, missing) => {
      keepRows(missing);
      stopFollowing = gatherChanges(doc, isOthers, (update) => keepRows([update]));
    },
    keepUnsaved: (count) => {
      wanted = count;
      if (keptUnsaved === 0 && count > 0) flush();
      else timer ??= setTimeout(flush, unsavedPauseMs);
    },
    keepIsCopy: () => {
      tryWrite((_updates, custom) => custom.put(1, copyKey));
    },
    close: () => {
      flush();
      stopFollowing?.();
      db.close();
    },
    replace: async (state) => {
      stopFollowing?.();
      isReplaced = true;
      await write((updates, custom) => {
        updates.clear();
        custom.clear();
        updates.add(state);
        custom.put(1, copyKey);
      });
    },
  };
}

function spareBytesOf(rows: readonly Uint8Array[]): number {
  let [sum, largest] = [0, 0];
  for (const { length } of rows) {
    sum += length;
    largest = Math.max(largest, length);
  }
  return sum - largest;
}

/** Hands a document's changes on: own ones in the same tick, others' together after a pause, or when the page is left. */
function gatherChanges(
  doc: Y.Doc,
  isOthers: (origin: unknown) => boolean,
  keep: (update: Uint8Array) => void,
): () => void {
  let waiting: Uint8Array[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const [first, ...more] = waiting;
    waiting = [];
    if (first) keep(more.length === 0 ? first : Y.mergeUpdates([first, ...more]));
  };
  const onUpdate = (update: Uint8Array, origin: unknown) => {
    waiting.push(update);
    // What waits goes with it: a change may hang on it, and a copy with gaps would not show it.
    if (!isOthers(origin)) write();
    else timer ??= setTimeout(write, othersPauseMs);
  };
  const onHidden = () => {
    if (document.visibilityState === "hidden") write();
  };
  doc.on("update", onUpdate);
  document.addEventListener("visibilitychange", onHidden);
  addEventListener("pagehide", write);
  return () => {
    write();
    doc.off("update", onUpdate);
    document.removeEventListener("visibilitychange", onHidden);
    removeEventListener("pagehide", write);
  };
}

import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";

/** What a device kept of one lane (`offline-copy.ts`), as it was read, and the connection to go on with. */
export interface KeptLane {
  readonly db: IDBDatabase;
  readonly rows: readonly Uint8Array[];
  readonly unsaved: unknown;
  readonly isCopy: unknown;
}

export const unsavedKey = "unsaved";
export const copyKey = "copy";
/** A device this slow or stuck goes on without its copy rather than not at all. */
const openMs = 4_000;

/** Ids alone, and the person's: two people who share a browser do not share copies. */
export const copyNameOf = (boardId: BoardId, laneId: LaneId, me: PersonId) => `alongside:${boardId}:${laneId}:${me}`;

const asked = new Map<string, Promise<KeptLane | undefined>>();

/**
 * Begins to read, for whoever calls `readKept` after it. To be called as soon as the lanes are known: opening a database
 * takes a phone about as long as it takes it to start the board's own code.
 */
export function askKept(name: string): void {
  if (!asked.has(name)) asked.set(name, readNow(name));
}

/**
 * `undefined` when this browser keeps nothing (some forbid it in private windows), or takes too long over it. What comes
 * too late goes to `onLate`, and is its own to close.
 */
export function readKept(name: string, onLate: (late: KeptLane) => void): Promise<KeptLane | undefined> {
  const reading = asked.get(name) ?? readNow(name);
  asked.delete(name);
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, openMs);
    reading.then((kept) => {
      clearTimeout(timer);
      if (!isLate) resolve(kept);
      else if (kept) onLate(kept);
    });
  });
}

/** Never rejects. */
function readNow(name: string): Promise<KeptLane | undefined> {
  return new Promise((resolve) => {
    const read = (db: IDBDatabase) => {
      const transaction = db.transaction(["updates", "custom"], "readonly");
      const custom = transaction.objectStore("custom");
      const rows = transaction.objectStore("updates").getAll();
      const unsaved = custom.get(unsavedKey);
      const isCopy = custom.get(copyKey);
      transaction.onabort = () => {
        db.close();
        resolve(undefined);
      };
      transaction.oncomplete = () => {
        resolve({ db, rows: rows.result, unsaved: unsaved.result, isCopy: isCopy.result });
      };
    };
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("updates", { autoIncrement: true });
        request.result.createObjectStore("custom");
      };
      request.onsuccess = () => {
        const db = request.result;
        // Somebody deletes it from outside, as a browser does that clears its data: not to be held up.
        db.onversionchange = () => db.close();
        read(db);
      };
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

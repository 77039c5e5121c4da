import { IndexeddbPersistence } from "y-indexeddb";
import type * as Y from "yjs";

/** One lane's copy on this device. */
export interface OfflineCopy {
  /** Changes in it that the relay had not forced to disk when the page was last open. */
  readonly unsaved: number;
  /** Whether it is a lane as the relay once had it (which may be empty), or holds anything. */
  readonly isCopy: boolean;
  readonly keepUnsaved: (count: number) => void;
  readonly keepIsCopy: () => void;
  readonly close: () => void;
  readonly erase: () => Promise<void>;
}

/** Whether a change came from a lane's offline copy rather than from somebody's hands. */
export function isOfflineCopy(origin: unknown): boolean {
  return origin instanceof IndexeddbPersistence;
}

const unsavedKey = "unsaved";
const copyKey = "copy";
/** A device this slow or stuck goes on without its copy rather than not at all. */
const openMs = 4_000;
const unsavedPauseMs = 300;

/** Whether this browser lets us keep anything: some forbid it in private windows. Asked once. */
let storable: Promise<boolean> | undefined;
function canStore(): Promise<boolean> {
  storable ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("alongside:probe");
      request.onsuccess = () => {
        request.result.close();
        resolve(true);
      };
      request.onerror = () => resolve(false);
      request.onblocked = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
  return storable;
}

/**
 * Reads the lane's offline copy into `doc`, and keeps it in step from then on. `undefined` when this device keeps
 * nothing. The name holds ids alone, and the person's: two people who share a browser do not share copies.
 */
export async function openOfflineCopy(name: string, doc: Y.Doc): Promise<OfflineCopy | undefined> {
  if (!(await canStore())) return undefined;
  const persistence = new IndexeddbPersistence(name, doc);
  const opened = await Promise.race([
    persistence.whenSynced.then(() => true),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), openMs)),
  ]);
  if (!opened) {
    // Once destroyed it applies nothing any more, so a late copy cannot slip past the first sync.
    persistence.destroy();
    return undefined;
  }
  const [unsaved, isCopy] = await Promise.all([persistence.get(unsavedKey), persistence.get(copyKey)]).catch(() => []);

  // One write when something becomes unsaved, then at most one every pause: typing is not to cost a write a letter.
  let kept = typeof unsaved === "number" ? unsaved : 0;
  let wanted = kept;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (kept === wanted) return;
    kept = wanted;
    persistence.set(unsavedKey, kept).catch(() => {});
  };

  return {
    unsaved: kept,
    isCopy: isCopy === 1 || doc.store.clients.size > 0,
    keepUnsaved: (count) => {
      wanted = count;
      if (kept === 0 && count > 0) flush();
      else timer ??= setTimeout(flush, unsavedPauseMs);
    },
    keepIsCopy: () => {
      persistence.set(copyKey, 1).catch(() => {});
    },
    close: () => {
      flush();
      persistence.destroy();
    },
    erase: async () => {
      clearTimeout(timer);
      await persistence.clearData();
    },
  };
}

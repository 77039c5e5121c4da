import type { LaneId, PersonId } from "#shared/board/ids.ts";
import type { RefusedKind } from "#shared/protocol/messages.ts";

/** One thing that was written here and that the board does not have, as it stood here. */
export interface NotTakenItem {
  readonly of: "card" | "goal" | "step" | "reading" | "link";
  readonly id: string;
  readonly change: "added" | "changed" | "removed";
  /** By what a person knows it again: its words here, or the board's. */
  readonly title: string;
  /** BCP 47, of the words. */
  readonly language: string;
  /** The words that differ from the board's, whole. */
  readonly texts: readonly { readonly field: NotTakenField; readonly text: string }[];
  /** Also, or only, something else than words: its place, kind, state or number. */
  readonly elseChanged: boolean;
}
export const notTakenFields = ["words", "story", "why", "notes", "zero", "ten", "signs", "reason", "number"] as const;
export type NotTakenField = (typeof notTakenFields)[number];

/** What the relay would not take of one lane at one time. Kept on this device until the person lets it go. */
export interface NotTaken {
  readonly id: string;
  readonly boardId: string;
  readonly me: PersonId;
  readonly laneId: LaneId;
  readonly kind: RefusedKind;
  /** Unix ms. */
  readonly at: number;
  readonly items: readonly NotTakenItem[];
  /** Changes that belong to nothing this version can show. */
  readonly unreadable: number;
  /** The whole lane as it was here, so that nothing is lost that a later version or a helper could read. */
  readonly state: Uint8Array;
}

/** So many on one lane within so long, and the next try would go the same way. */
const mostInARow = 3;
const inARowMs = 10 * 60_000;

/** Where a browser keeps nothing they last as long as the page. */
const inMemory = new Map<string, NotTaken>();

let opening: Promise<IDBDatabase | undefined> | undefined;
function database(): Promise<IDBDatabase | undefined> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("alongside:not-taken", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("not-taken", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
  return opening;
}

async function write(change: (store: IDBObjectStore) => void): Promise<boolean> {
  const db = await database();
  if (!db) return false;
  return new Promise((resolve) => {
    const transaction = db.transaction("not-taken", "readwrite");
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
    change(transaction.objectStore("not-taken"));
  });
}

/** Whether it is kept on the device. Else it is kept in this page. A second one of the same id takes the first's place. */
export async function keepNotTaken(notTaken: NotTaken): Promise<boolean> {
  const isKept = await write((store) => store.put(notTaken));
  if (isKept) inMemory.delete(notTaken.id);
  else inMemory.set(notTaken.id, notTaken);
  return isKept;
}

/** Of one person on one board, oldest first. */
export async function readNotTaken(boardId: string, me: PersonId): Promise<readonly NotTaken[]> {
  const db = await database();
  const kept = await new Promise<readonly NotTaken[]>((resolve) => {
    if (!db) return resolve([]);
    const request = db.transaction("not-taken", "readonly").objectStore("not-taken").getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve([]);
  });
  return [...kept, ...inMemory.values()]
    .filter((one) => one.boardId === boardId && one.me === me)
    .sort((a, b) => a.at - b.at);
}

export async function letGoNotTaken(id: string): Promise<void> {
  inMemory.delete(id);
  await write((store) => store.delete(id));
}

/** Whether some of these live only as long as this page. */
export function isInMemoryAlone(notTaken: readonly NotTaken[]): boolean {
  return notTaken.some(({ id }) => inMemory.has(id));
}

/** When each lane was begun anew on this page, also where nothing was left to show for it. Unix ms. */
const begunAt = new Map<LaneId, number[]>();

export function noteBegun(laneId: LaneId, now: number): void {
  begunAt.set(laneId, [...(begunAt.get(laneId) ?? []), now].slice(-mostInARow));
}

/** Whether this lane has been refused so often of late that to begin again would be going round in circles. */
export function isGoingRound(notTaken: readonly NotTaken[], laneId: LaneId, now: number): boolean {
  const isOfLate = (at: number) => now - at < inARowMs;
  const kept = notTaken.filter((one) => one.laneId === laneId && isOfLate(one.at)).length;
  const begun = (begunAt.get(laneId) ?? []).filter(isOfLate).length;
  return Math.max(kept, begun) >= mostInARow;
}

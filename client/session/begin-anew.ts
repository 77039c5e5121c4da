import * as Y from "yjs";
import type { BoardId, PersonId } from "#shared/board/ids.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import type { RefusedKind } from "#shared/protocol/messages.ts";
import { compareLanes } from "./compare-lanes.ts";
import { fetchLane } from "./fetch-lane.ts";
import { isGoingRound, keepNotTaken, letGoNotTaken, type NotTaken, noteBegun, readNotTaken } from "./not-taken.ts";
import type { OfflineCopy } from "./offline-copy.ts";

export interface RefusedLane {
  readonly boardId: BoardId;
  readonly me: PersonId;
  readonly lane: OpenLane;
  readonly kind: RefusedKind;
  /** The document that holds what was refused; no socket is on it any more. */
  readonly doc: Y.Doc;
  /** How many changes were made in it. */
  readonly changes: () => number;
  readonly copy: OfflineCopy | undefined;
  readonly serverUrl: string;
  readonly WebSocket: typeof WebSocket;
  readonly now: () => number;
  readonly onClosed: (code: number) => void;
  /** Calls back when the stay ends before all is done; everything is still as it was then. */
  readonly onStop: (stop: () => void) => void;
}

/** Puts what was written since beside the rest; for the last moment before the document goes. */
export type KeepLate = () => void;

/**
 * Makes this device's copy of a lane the relay's again, after the relay has refused something in it: whatever the relay
 * lacks is kept beside it first (`not-taken.ts`), for the person to read. `undefined`: this lane has been begun anew so often
 * of late that once more would change nothing; then nothing was done.
 *
 * A page that ends in the middle loses nothing: the copy is changed last, and in one transaction.
 */
export async function beginAnew(refused: RefusedLane): Promise<KeepLate | undefined> {
  const { boardId, me, lane, kind, doc, changes, copy, now } = refused;
  const laneId = lane.laneId;
  if (isGoingRound(await readNotTaken(boardId, me), laneId, now())) return undefined;
  const fetching = fetchLane({ ...refused, laneId });
  refused.onStop(fetching.stop);
  const relays = await fetching.doc;

  const at = now();
  noteBegun(laneId, at);
  const id = `${laneId}:${at}`;
  let kept = -1;
  const keep = async () => {
    kept = changes();
    const found = compareLanes(lane, doc, relays);
    if (found.items.length === 0 && found.unreadable === 0) return letGoNotTaken(id);
    const notTaken: NotTaken = { id, boardId, me, laneId, kind, at, ...found, state: Y.encodeStateAsUpdate(doc) };
    await keepNotTaken(notTaken);
  };
  // Whoever is writing goes on doing so meanwhile.
  while (kept !== changes()) await keep();
  await copy?.replace(Y.encodeStateAsUpdate(relays));
  while (kept !== changes()) await keep();
  return () => {
    if (kept !== changes()) void keep();
  };
}

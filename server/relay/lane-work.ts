import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { limits } from "#shared/protocol/limits.ts";
import { cutUpdate } from "./cut-update.ts";
import { type ReadBounds, readUpdate } from "./update-reader.ts";

/** What a lane is made of: the pieces of its snapshot and the updates after it, to be applied in this order. */
export interface LaneBytes {
  readonly pieces: readonly Uint8Array[];
  readonly rows: readonly Uint8Array[];
}

export interface Folded {
  /** The whole lane as one update, for the store. */
  readonly snapshot: Uint8Array;
  /** The same for readers. */
  readonly pieces: readonly Uint8Array[];
  readonly stateVector: Uint8Array;
  /** Everything that is deleted in it, as an update that adds nothing. */
  readonly deletions: Uint8Array;
  /** Rows that Yjs could not apply, and that it does without. */
  readonly skipped: number;
}

/**
 * What takes a whole document, and so passes away from the relay's own thread [R7]. `undefined`: it could not be done;
 * nothing is lost by that, as the bytes it is made from stay. The bytes handed in stay as they are until it settles.
 */
export interface LaneWork {
  readonly fold: (lane: LaneBytes) => Promise<Folded | undefined>;
  /** What somebody with this state vector lacks, in pieces. */
  readonly diff: (lane: LaneBytes, stateVector: Uint8Array) => Promise<readonly Uint8Array[] | undefined>;
}

/** In this thread: for tests, for a simulation that must repeat exactly, and inside the worker. */
export function createLaneWork(): LaneWork {
  return {
    fold: async (lane) => foldLane(lane),
    diff: async (lane, stateVector) => diffLane(lane, stateVector),
  };
}

/** What is stored was bounded when it came, one by one; a snapshot holds all of it. */
export const storedBounds: ReadBounds = {
  bytes: Number.MAX_SAFE_INTEGER,
  structs: Number.MAX_SAFE_INTEGER,
  deletions: Number.MAX_SAFE_INTEGER,
};

/** What goes to a reader as one frame while it fits; `clockOf`: what they have. */
function replyPieces(update: Uint8Array, clockOf: (client: number) => number): readonly Uint8Array[] {
  if (update.length <= limits.frameBytes) return [update];
  const read = readUpdate(update, storedBounds);
  return read.ok ? cutUpdate(read.value, clockOf, limits.replyPieceBytes) : [update];
}

export function foldLane(lane: LaneBytes): Folded | undefined {
  const built = buildLane(lane);
  if (!built) return undefined;
  const { doc, skipped } = built;
  const snapshot = Y.encodeStateAsUpdate(doc);
  const stateVector = Y.encodeStateVector(doc);
  const deletions = Y.encodeStateAsUpdate(doc, stateVector);
  doc.destroy();
  return { snapshot, pieces: replyPieces(snapshot, () => 0), stateVector, deletions, skipped };
}

function diffLane(lane: LaneBytes, stateVector: Uint8Array): readonly Uint8Array[] | undefined {
  const built = buildLane(lane);
  if (!built) return undefined;
  const missing = Y.encodeStateAsUpdate(built.doc, stateVector);
  built.doc.destroy();
  const has = Y.decodeStateVector(stateVector);
  return replyPieces(missing, (client) => has.get(client) ?? 0);
}

/** `undefined`: its snapshot cannot be applied, so there is no lane to build. */
function buildLane({ pieces, rows }: LaneBytes): { readonly doc: Y.Doc; readonly skipped: number } | undefined {
  const bad = new Set<Uint8Array>();
  for (;;) {
    const doc = new Y.Doc();
    // Else Yjs tidies marks away in this copy alone: people who stay connected would never hear of those deletions.
    keepMarks(doc);
    if (!pieces.every((piece) => isApplied(doc, piece))) return undefined;
    const failed = rows.find((row) => !bad.has(row) && !isApplied(doc, row));
    if (!failed) {
      doc.store.pendingStructs = null;
      doc.store.pendingDs = null;
      return { doc, skipped: bad.size };
    }
    // A failed update leaves a document half changed, so start again without it.
    doc.destroy();
    bad.add(failed);
  }
}

function isApplied(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  }
}

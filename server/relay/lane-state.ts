import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { StoredLane } from "../store/board-store.ts";
import { judgeShape } from "./update-shape.ts";

/**
 * `nothing-new`: the lane has all of it already. `malformed`: it is no update, or of a shape that would harm whoever has
 * it. `too-large`: it would hold everybody up.
 */
export type UpdateWeight = "news" | "nothing-new" | "malformed" | "too-large";

/**
 * What the relay has to know about one lane. Behind this interface stands a whole document today; the form that keeps
 * none [R7] takes its place without the room noticing.
 */
export interface LaneState {
  /** Changes nothing. Decodes the whole update, so that one which is `news` can be applied. */
  readonly weigh: (update: Uint8Array) => UpdateWeight;
  /** `failed`: it could not be applied, and this state must be used no more (it may hold half of it). */
  readonly applyUpdate: (update: Uint8Array) => Applied;
  /** What somebody with this state vector lacks, as one update; `undefined` when it is not a state vector. */
  readonly diff: (stateVector: Uint8Array) => Uint8Array | undefined;
  readonly stateVector: () => Uint8Array;
  /** All of it as one update, what waits for an earlier update included. */
  readonly encode: () => Uint8Array;
  readonly close: () => void;
}

/**
 * `part`: some of it hangs on changes that the lane lacks. That is not kept waiting, as Yjs would do: everybody who got it
 * would carry it along in every sync from then on. Its sender still has it, and brings it in order when asked.
 */
export type Applied =
  | { readonly kind: "whole" | "failed" }
  | { readonly kind: "part"; readonly taken: Uint8Array | undefined };

export interface OpenedLane {
  readonly state: LaneState;
  /** Stored updates that cannot be applied. They were taken once, harm everyone who gets them, and stay in the log. */
  readonly skipped: number;
}

/** Builds a lane's state from what the store keeps of it. */
export type OpenLaneState = (stored: StoredLane) => OpenedLane;

/** The form with a `Y.Doc` in memory. */
export const openDocLaneState: OpenLaneState = (stored) => {
  const tail = stored.tail.map((row) => row.bytes);
  const rows = stored.snapshot ? [stored.snapshot.bytes, ...tail] : tail;
  const bad = new Set<Uint8Array>();
  for (;;) {
    const doc = new Y.Doc();
    // Else Yjs tidies marks away in this copy alone: people who stay connected would never hear of those deletions.
    keepMarks(doc);
    const failed = rows.find((row) => {
      if (bad.has(row)) return false;
      return !((row === stored.snapshot?.bytes || isSound(doc, row)) && applied(doc, row));
    });
    letGoOfWaiting(doc);
    if (!failed) return { state: docLaneState(doc), skipped: bad.size };
    // A failed update leaves a document half changed, so start again without it.
    doc.destroy();
    bad.add(failed);
  }
};

/** Whether nothing would have to be skipped. Ends at the first that would, so that a lane of rubbish is soon told. */
export function isSoundLane({ snapshot, tail }: StoredLane): boolean {
  const doc = new Y.Doc();
  keepMarks(doc);
  const isSnapshotRead = snapshot === undefined || applied(doc, snapshot.bytes);
  const isRead = isSnapshotRead && tail.every(({ bytes }) => isSound(doc, bytes) && applied(doc, bytes));
  doc.destroy();
  return isRead;
}

function docLaneState(doc: Y.Doc): LaneState {
  /** Updates that came before what they hang on was applied. */
  const unsure = new WeakSet<Uint8Array>();
  return {
    weigh: (update) => {
      try {
        const { structs, ds } = Y.decodeUpdate(update);
        const store = doc.store;
        const shape = judgeShape(structs, store);
        if (shape === "harmful") return "malformed";
        if (shape === "unsure") unsure.add(update);
        let newDeletions = 0;
        for (const [client, ranges] of ds.clients) {
          for (const range of ranges) if (!isDeletedAlready(doc, client, range.clock, range.len)) newDeletions++;
        }
        if (newDeletions > limits.newDeletions) return "too-large";
        if (newDeletions > 0) return "news";
        for (const struct of structs) {
          if (struct instanceof Y.Skip) continue;
          if (struct.id.clock + struct.length > Y.getState(store, struct.id.client)) return "news";
        }
        return "nothing-new";
      } catch {
        return "malformed";
      }
    },
    applyUpdate: (update) => {
      let taken: Uint8Array | undefined;
      const listen = (bytes: Uint8Array) => {
        taken = taken ? Y.mergeUpdates([taken, bytes]) : bytes;
      };
      doc.on("update", listen);
      const works = (!unsure.has(update) || isSound(doc, update)) && applied(doc, update);
      doc.off("update", listen);
      if (!works) return { kind: "failed" };
      return letGoOfWaiting(doc) ? { kind: "part", taken } : { kind: "whole" };
    },
    diff: (stateVector) => {
      try {
        return Y.encodeStateAsUpdate(doc, stateVector);
      } catch {
        return undefined;
      }
    },
    stateVector: () => Y.encodeStateVector(doc),
    encode: () => Y.encodeStateAsUpdate(doc),
    close: () => doc.destroy(),
  };
}

function applied(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  }
}

function isSound(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    return judgeShape(Y.decodeUpdate(update).structs, doc.store) !== "harmful";
  } catch {
    return false;
  }
}

/** Whether there was anything. */
function letGoOfWaiting({ store }: Y.Doc): boolean {
  const waited = store.pendingStructs !== null || store.pendingDs !== null;
  store.pendingStructs = null;
  store.pendingDs = null;
  return waited;
}

/** A sync step 2 always carries the whole delete set, so "nothing new" has to look whether each range is deleted here. */
function isDeletedAlready(doc: Y.Doc, client: number, clock: number, length: number): boolean {
  const end = clock + length;
  if (end > Y.getState(doc.store, client)) return length === 0;
  const structs = doc.store.clients.get(client);
  if (!structs || length === 0) return true;
  for (let index = Y.findIndexSS(structs, clock); index < structs.length; index++) {
    const struct = structs[index];
    if (!struct || struct.id.clock >= end) break;
    if (!struct.deleted) return false;
  }
  return true;
}

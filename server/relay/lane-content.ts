import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { limits } from "#shared/protocol/limits.ts";
import type { Seq, StoredLane } from "../store/board-store.ts";
import { cutUpdate } from "./cut-update.ts";
import { createLaneIndex, type Judgement, type LaneIndex } from "./lane-index.ts";
import { type Folded, type LaneBytes, storedBounds } from "./lane-work.ts";
import { createPackedRows } from "./packed-rows.ts";
import { type ReadUpdate, type Run, readUpdate } from "./update-reader.ts";

/**
 * What the relay holds of an open lane [R7]: the bytes of its snapshot, those of the updates since, and an index of the
 * two. No document. What has been accepted but not yet written counts for what comes next, and for nobody else.
 */
export interface LaneContent {
  /** What this update would be after all that has been accepted. Changes nothing. */
  readonly judge: (update: ReadUpdate) => Judgement;
  /** The first clock of this client that has not been accepted. */
  readonly clockOf: (client: number) => number;
  /** It is on its way to the store. */
  readonly accept: (update: ReadUpdate) => void;
  /**
   * The store has it. To be called in the order of `accept`. `false`: what it hangs on was lost meanwhile, so it is left
   * out here, as it will be at the next loading; what is missing has to come again, and this with it.
   */
  readonly written: (update: ReadUpdate, seq: Seq) => boolean;
  /** The store does not have it. In order, as `written`. */
  readonly lost: (update: ReadUpdate) => void;
  /** Something was written that this lane holds already. */
  readonly passed: (seq: Seq) => void;
  /** How often something accepted was lost: what was judged before the last time may have been judged wrongly. */
  readonly losses: () => number;
  /** Of what is written. */
  readonly stateVector: () => Uint8Array;
  readonly upTo: () => Seq;
  /** What answers this state vector; `undefined` when it is none. */
  readonly answer: (stateVector: Uint8Array) => Answer | undefined;
  /** Everything, in the order to apply it. */
  readonly everything: () => LaneBytes;
  readonly tail: () => { readonly rows: number; readonly bytes: number };
  readonly snapshotBytes: () => number;
  /** Takes the place of the snapshot and of the first `rows` updates after it, and of what the lane knew to be deleted. */
  readonly folded: (result: Folded, rows: number, upTo: Seq) => void;
  readonly foldedUpTo: () => Seq;
}

export type Answer =
  | { readonly kind: "updates"; readonly updates: readonly Uint8Array[] }
  /** Only a document can tell. */
  | { readonly kind: "diff"; readonly lane: LaneBytes };

export interface OpenedContent {
  readonly content: LaneContent;
  /** Stored updates that are of no use: they hang on what was lost, and will come again with it. */
  readonly dangling: number;
  /** Stored updates that were taken before today's rules, and would not be today. */
  readonly unreadable: number;
}

/** `undefined`: the snapshot is not one. */
export function openLaneContent(stored: StoredLane): OpenedContent | undefined {
  const index = createLaneIndex();
  const tail = createPackedRows();
  let pieces: readonly Uint8Array[] = [];
  let snapshotVector = emptyVector;
  let foldedUpTo: Seq = stored.snapshot?.upTo ?? 0;
  let upTo = foldedUpTo;
  let dangling = 0;
  let unreadable = 0;
  let losses = 0;

  if (stored.snapshot) {
    const read = readUpdate(stored.snapshot.bytes, storedBounds);
    if (!read.ok) return undefined;
    const verdict = index.judge(read.value);
    if (verdict.kind === "gap" || verdict.kind === "harmful") return undefined;
    if (verdict.kind === "news") {
      index.take(read.value);
      const isLarge = stored.snapshot.bytes.length > limits.frameBytes;
      pieces = isLarge ? cutUpdate(read.value, () => 0, limits.replyPieceBytes) : [stored.snapshot.bytes];
    }
    snapshotVector = index.stateVector();
  }
  for (const row of stored.tail) {
    upTo = row.seq;
    const read = readUpdate(row.bytes, storedBounds);
    const verdict = read.ok ? index.judge(read.value) : undefined;
    // What straddles was taken before today's rules; Yjs does take it, as a rule.
    const isTaken = verdict?.kind === "news" || (verdict?.kind === "gap" && verdict.why === "straddling");
    if (read.ok && isTaken) {
      index.take(read.value);
      tail.push(row.bytes);
    } else if (verdict?.kind === "gap") dangling++;
    else if (verdict?.kind !== "nothing-new") unreadable++;
  }

  /** Accepted and not yet answered by the store, in order. */
  const underWay: ReadUpdate[] = [];
  /** The index with those taken; only there while it is needed. */
  let ahead: LaneIndex | undefined;

  const current = (): LaneIndex => {
    if (underWay.length === 0) return index;
    if (ahead) return ahead;
    ahead = index.copy();
    for (const update of underWay) if (ahead.judge(update).kind === "news") ahead.take(update);
    return ahead;
  };
  const answered = (update: ReadUpdate) => {
    const at = underWay.indexOf(update);
    if (at >= 0) underWay.splice(at, 1);
    if (underWay.length === 0) ahead = undefined;
  };
  const everything = (): LaneBytes => ({ pieces, rows: tail.all() });

  /** Each row that has something for a reader who has the snapshot, and last all deletions, as no state vector tells of them. */
  const sinceSnapshot = (has: ReadonlyMap<number, number>): readonly Uint8Array[] => {
    const updates: Uint8Array[] = [];
    if (!covers(has, index.stateVector())) {
      for (const row of tail.all()) {
        const read = readUpdate(row, storedBounds);
        if (read.ok && read.value.runs.some(({ client, to }) => (has.get(client) ?? 0) < to)) updates.push(row);
      }
    }
    updates.push(deletionsUpdate(index.deletions()));
    return updates;
  };

  return {
    dangling,
    unreadable,
    content: {
      judge: (update) => current().judge(update),
      clockOf: (client) => current().clockOf(client),
      accept: (update) => {
        underWay.push(update);
        ahead?.take(update);
      },
      written: (update, seq) => {
        upTo = seq;
        answered(update);
        // Without a loss it is as it was judged when it was accepted.
        if (losses > 0 && index.judge(update).kind !== "news") return index.judge(update).kind === "nothing-new";
        index.take(update);
        tail.push(update.bytes);
        return true;
      },
      lost: (update) => {
        losses++;
        answered(update);
        ahead = undefined;
      },
      passed: (seq) => {
        upTo = Math.max(upTo, seq);
      },
      losses: () => losses,
      stateVector: index.stateVector,
      upTo: () => upTo,
      answer: (stateVector) => {
        const has = readStateVector(stateVector);
        if (!has) return undefined;
        if (has.size === 0) {
          const all = [...pieces, ...tail.all()];
          return { kind: "updates", updates: all.length > 0 ? all : [deletionsUpdate(index.deletions())] };
        }
        if (covers(has, snapshotVector)) return { kind: "updates", updates: sinceSnapshot(has) };
        return { kind: "diff", lane: everything() };
      },
      everything,
      tail: () => ({ rows: tail.length(), bytes: tail.byteLength() }),
      snapshotBytes: () => pieces.reduce((sum, piece) => sum + piece.length, 0),
      foldedUpTo: () => foldedUpTo,
      folded: (result, rows, seq) => {
        foldedUpTo = seq;
        pieces = result.pieces;
        snapshotVector = result.stateVector;
        tail.dropFirst(rows);
        // What documents delete by themselves stands in no update, and would look like news in somebody's step 2.
        const deletions = readUpdate(result.deletions, storedBounds);
        if (!deletions.ok) return;
        for (const each of ahead ? [index, ahead] : [index]) {
          if (each.judge(deletions.value).kind === "news") each.take(deletions.value);
        }
      },
    },
  };
}

const emptyVector: Uint8Array = new Uint8Array([0]);

/** An update that adds nothing and deletes these, which stand by client. */
function deletionsUpdate(deletions: readonly Run[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 0);
    let clients = 0;
    for (const [at, { client }] of deletions.entries()) if (client !== deletions[at - 1]?.client) clients++;
    encoding.writeVarUint(encoder, clients);
    for (let first = 0; first < deletions.length; ) {
      const { client } = deletions[first] as Run;
      let end = first;
      while (deletions[end]?.client === client) end++;
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, end - first);
      for (; first < end; first++) {
        const { from, to } = deletions[first] as Run;
        encoding.writeVarUint(encoder, from);
        encoding.writeVarUint(encoder, to - from);
      }
    }
  });
}

/** Clocks by client id; `undefined` when it is no state vector. */
function readStateVector(bytes: Uint8Array): ReadonlyMap<number, number> | undefined {
  try {
    const decoder = decoding.createDecoder(bytes);
    const clocks = new Map<number, number>();
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      const client = decoding.readVarUint(decoder);
      clocks.set(client, decoding.readVarUint(decoder));
    }
    return decoding.hasContent(decoder) ? undefined : clocks;
  } catch {
    return undefined;
  }
}

function covers(has: ReadonlyMap<number, number>, stateVector: Uint8Array): boolean {
  for (const [client, clock] of readStateVector(stateVector) ?? []) if ((has.get(client) ?? 0) < clock) return false;
  return true;
}

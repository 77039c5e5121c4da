import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { limits } from "#shared/protocol/limits.ts";
import type { Seq, StoredLane } from "../store/board-store.ts";
import { cutUpdate } from "./cut-update.ts";
import { createLaneIndex, type Judgement, type LaneIndex } from "./lane-index.ts";
import { type Folded, type LaneBytes, storedBounds } from "./lane-work.ts";
import { PackedRows } from "./packed-rows.ts";
import { type ReadUpdate, type Run, readUpdate } from "./update-reader.ts";

/**
 * What the relay holds of an open lane [R7]: the bytes of its snapshot, those of the updates since, and an index of the
 * two. No document. What has been accepted but not yet written counts for what comes next, and for nobody else.
 *
 * A class, as the index below it: a function for each thing that it can do would weigh more than what most lanes hold.
 */
export class LaneContent {
  readonly #index: LaneIndex;
  readonly #tail: PackedRows;
  #pieces: readonly Uint8Array[];
  #snapshotVector: Uint8Array;
  #foldedUpTo: Seq;
  #upTo: Seq;
  #losses = 0;
  /** Accepted and not yet answered by the store, in order. */
  #underWay: ReadUpdate[] = none;
  /** The index with those taken; only there while it is needed. */
  #ahead: LaneIndex | undefined;

  constructor(start: ContentStart) {
    this.#index = start.index;
    this.#tail = start.tail;
    this.#pieces = start.pieces;
    this.#snapshotVector = start.snapshotVector;
    this.#foldedUpTo = start.foldedUpTo;
    this.#upTo = start.upTo;
  }

  /** What this update would be after all that has been accepted. Changes nothing. */
  judge(update: ReadUpdate): Judgement {
    return this.#current().judge(update);
  }

  /** The first clock of this client that has not been accepted. */
  clockOf(client: number): number {
    return this.#current().clockOf(client);
  }

  /** It is on its way to the store. */
  accept(update: ReadUpdate): void {
    if (this.#underWay === none) this.#underWay = [];
    this.#underWay.push(update);
    this.#ahead?.take(update);
  }

  /**
   * The store has it. To be called in the order of `accept`. `false`: what it hangs on was lost meanwhile, so it is left
   * out here, as it will be at the next loading; what is missing has to come again, and this with it.
   */
  written(update: ReadUpdate, seq: Seq): boolean {
    this.#upTo = seq;
    this.#answered(update);
    // Without a loss it is as it was judged when it was accepted.
    const verdict = this.#losses > 0 ? this.#index.judge(update).kind : "news";
    if (verdict !== "news") return verdict === "nothing-new";
    this.#index.take(update);
    this.#tail.push(update.bytes);
    return true;
  }

  /** The store does not have it. In order, as `written`. */
  lost(update: ReadUpdate): void {
    this.#losses++;
    this.#answered(update);
    this.#ahead = undefined;
  }

  /** Something was written that this lane holds already. */
  passed(seq: Seq): void {
    this.#upTo = Math.max(this.#upTo, seq);
  }

  /** How often something accepted was lost: what was judged before the last time may have been judged wrongly. */
  losses(): number {
    return this.#losses;
  }

  /** Of what is written. */
  stateVector(): Uint8Array {
    return this.#index.stateVector();
  }

  upTo(): Seq {
    return this.#upTo;
  }

  /** What answers this state vector; `undefined` when it is none. */
  answer(stateVector: Uint8Array): Answer | undefined {
    const has = readStateVector(stateVector);
    if (!has) return undefined;
    if (has.size === 0) {
      const all = [...this.#pieces, ...this.#tail.all()];
      return { kind: "updates", updates: all.length > 0 ? all : [deletionsUpdate(this.#index.deletions())] };
    }
    if (covers(has, this.#snapshotVector)) return { kind: "updates", updates: this.#sinceSnapshot(has) };
    return { kind: "diff", lane: this.everything() };
  }

  /** Everything, in the order to apply it. */
  everything(): LaneBytes {
    return { pieces: this.#pieces, rows: this.#tail.all() };
  }

  tail(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.#tail.length, bytes: this.#tail.byteLength };
  }

  snapshotBytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  foldedUpTo(): Seq {
    return this.#foldedUpTo;
  }

  /** Takes the place of the snapshot and of the first `rows` updates after it, and of what the lane knew to be deleted. */
  folded(result: Folded, rows: number, upTo: Seq): void {
    this.#foldedUpTo = upTo;
    this.#pieces = result.pieces;
    this.#snapshotVector = result.stateVector;
    this.#tail.dropFirst(rows);
    // What documents delete by themselves stands in no update, and would look like news in somebody's step 2.
    const deletions = readUpdate(result.deletions, storedBounds);
    if (!deletions.ok) return;
    for (const index of this.#ahead ? [this.#index, this.#ahead] : [this.#index]) {
      if (index.judge(deletions.value).kind === "news") index.take(deletions.value);
    }
  }

  #current(): LaneIndex {
    if (this.#underWay.length === 0) return this.#index;
    if (this.#ahead) return this.#ahead;
    const ahead = this.#index.copy();
    for (const update of this.#underWay) if (ahead.judge(update).kind === "news") ahead.take(update);
    this.#ahead = ahead;
    return ahead;
  }

  #answered(update: ReadUpdate): void {
    const at = this.#underWay.indexOf(update);
    if (at >= 0) this.#underWay.splice(at, 1);
    if (this.#underWay.length === 0) this.#ahead = undefined;
  }

  /** Each row that has something for a reader who has the snapshot, and last all deletions, as no state vector tells of them. */
  #sinceSnapshot(has: ReadonlyMap<number, number>): readonly Uint8Array[] {
    const updates: Uint8Array[] = [];
    if (!covers(has, this.#index.stateVector())) {
      for (const row of this.#tail.all()) {
        const read = readUpdate(row, storedBounds);
        if (read.ok && read.value.runs.some(({ client, to }) => (has.get(client) ?? 0) < to)) updates.push(row);
      }
    }
    updates.push(deletionsUpdate(this.#index.deletions()));
    return updates;
  }
}

interface ContentStart {
  readonly index: LaneIndex;
  readonly tail: PackedRows;
  readonly pieces: readonly Uint8Array[];
  readonly snapshotVector: Uint8Array;
  readonly foldedUpTo: Seq;
  readonly upTo: Seq;
}

/** Nothing is under way; replaced before anything is put in. */
const none: ReadUpdate[] = [];

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
  const tail = new PackedRows();
  const foldedUpTo: Seq = stored.snapshot?.upTo ?? 0;
  let pieces: readonly Uint8Array[] = [];
  let snapshotVector = emptyVector;
  let upTo = foldedUpTo;
  let dangling = 0;
  let unreadable = 0;

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
  const content = new LaneContent({ index, tail, pieces, snapshotVector, foldedUpTo, upTo });
  return { content, dangling, unreadable };
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

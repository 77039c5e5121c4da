import { limits } from "#shared/protocol/limits.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import { type Unreadable, UpdateBytes } from "./update-bytes.ts";

export type { Unreadable } from "./update-bytes.ts";

export interface ReadBounds {
  readonly bytes: number;
  readonly structs: number;
  /** Stretches of its delete set. */
  readonly deletions: number;
}

/** Clocks of one Yjs client, `to` not included. */
export interface Run {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

export const structKinds = { gone: 0, deleted: 1, type: 2, other: 3 } as const;

/**
 * Flags of what a struct hangs on: its neighbours, else the type that it lies in, else nothing (it is gone, or lies in a
 * root). `key`: it says itself that it is a value under a key; one with neighbours is what they are.
 */
export const hangsOn = { left: 1, right: 2, parent: 4, key: 8 } as const;

/**
 * The structs of an update, in its order, a column each. Those of one run stand together and leave no clock out.
 * `near` is the left neighbour, or the parent where there is no neighbour; `far` the right one. Zeros where there is none.
 */
export interface StructColumns {
  /** For each run the index of its first struct; one more entry says where the last one ends. */
  readonly firstOfRun: readonly number[];
  /** Where in the bytes the run's first struct begins and its last one ends. */
  readonly runAt: readonly number[];
  readonly runEnd: readonly number[];
  readonly clock: readonly number[];
  /** Where in the bytes it begins. */
  readonly at: readonly number[];
  readonly kind: readonly number[];
  readonly hangs: readonly number[];
  readonly nearClient: readonly number[];
  readonly nearClock: readonly number[];
  readonly farClient: readonly number[];
  readonly farClock: readonly number[];
}

export interface ReadUpdate {
  readonly bytes: Uint8Array;
  /** One per client, none empty. */
  readonly runs: readonly Run[];
  /** Per client ascending, not overlapping, none empty; each client's stand together. */
  readonly deletions: readonly Run[];
  readonly structs: StructColumns;
  /** Where in the bytes the delete set begins. */
  readonly deletionsAt: number;
}

/**
 * Reads an update of Yjs's format V1 without Yjs [R4]: counts and checks everything in it, builds none of its values.
 * What it accepts Yjs 13.6 decodes without throwing, with every struct's neighbours before it in its own client's run.
 * Whether the rest hangs together is the lane index's to say.
 *
 * `too-large`: past `bounds`, or one string or number past `limits`. `harmful`: values or documents within values too deep,
 * clocks past counting, a key that would replace a prototype. `malformed`: everything else that no Yjs client writes, the
 * Skip of an update with holes among it.
 */
export function readUpdate(bytes: Uint8Array, bounds: ReadBounds): Result<ReadUpdate, { kind: Unreadable }> {
  if (bytes.length > bounds.bytes) return fail({ kind: "too-large" });
  const from = new UpdateBytes(bytes);
  const runs: Run[] = [];
  const structs = new StructReader(from);
  const clients = new Set<number>();
  const sections = from.uint();
  for (let section = 0; section < sections && !from.refused; section++) {
    const count = from.uint();
    const client = from.uint();
    const start = from.uint();
    if (structs.clock.length + count > bounds.structs) from.refuse("too-large");
    else if (count === 0 || clients.has(client)) from.refuse("malformed");
    if (from.refused) break;
    clients.add(client);
    structs.firstOfRun.push(structs.clock.length);
    structs.runAt.push(from.at);
    const end = structs.run(client, start, count);
    structs.runEnd.push(from.at);
    runs.push({ client, from: start, to: end });
  }
  structs.firstOfRun.push(structs.clock.length);
  const deletionsAt = from.at;
  const deletions = readDeletions(from, bounds.deletions);
  if (!from.refused && from.left > 0) from.refuse("malformed");
  return from.refused ? fail({ kind: from.refused }) : ok({ bytes, runs, deletions, structs, deletionsAt });
}

function readDeletions(from: UpdateBytes, most: number): readonly Run[] {
  const deletions: Run[] = [];
  const clients = new Set<number>();
  const sections = from.uint();
  for (let section = 0; section < sections && !from.refused; section++) {
    const client = from.uint();
    const count = from.uint();
    if (deletions.length + count > most) from.refuse("too-large");
    else if (count === 0 || clients.has(client)) from.refuse("malformed");
    clients.add(client);
    let reached = 0;
    for (let index = 0; index < count && !from.refused; index++) {
      const start = from.uint();
      const length = from.uint();
      if (start < reached || length === 0) from.refuse("malformed");
      reached = start + length;
      if (reached > limits.largestClock) from.refuse("harmful");
      deletions.push({ client, from: start, to: reached });
    }
  }
  return deletions;
}

/** The flags in a struct's first byte, beside the kind of its content. */
const hasLeft = 0x80;
const hasRight = 0x40;
const hasKey = 0x20;

const contents = {
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  document: 9,
} as const;
const namedTypes: readonly number[] = [3, 5]; // XmlElement and XmlHook
const largestType = 6;

class StructReader implements StructColumns {
  readonly firstOfRun: number[] = [];
  readonly runAt: number[] = [];
  readonly runEnd: number[] = [];
  readonly clock: number[] = [];
  readonly at: number[] = [];
  readonly kind: number[] = [];
  readonly hangs: number[] = [];
  readonly nearClient: number[] = [];
  readonly nearClock: number[] = [];
  readonly farClient: number[] = [];
  readonly farClock: number[] = [];
  readonly #from: UpdateBytes;
  #client = 0;
  #clock = 0;

  constructor(from: UpdateBytes) {
    this.#from = from;
  }

  /** Reads that many structs, and returns the clock after them. */
  run(client: number, start: number, count: number): number {
    const from = this.#from;
    this.#client = client;
    this.#clock = start;
    for (let index = 0; index < count && !from.refused; index++) {
      this.at.push(from.at);
      const info = from.byte();
      this.clock.push(this.#clock);
      const length = info === 0 ? this.#gone() : this.#item(info);
      if (length === 0) from.refuse("malformed");
      this.#clock += length;
      if (this.#clock > limits.largestClock) from.refuse("harmful");
    }
    return this.#clock;
  }

  #gone(): number {
    this.#put(structKinds.gone, 0);
    this.nearClient.push(0);
    this.nearClock.push(0);
    this.farClient.push(0);
    this.farClock.push(0);
    return this.#tombstone();
  }

  #item(info: number): number {
    const from = this.#from;
    let hangs = 0;
    if (info & hasLeft) {
      hangs |= hangsOn.left;
      this.#id(this.nearClient, this.nearClock);
    }
    if (info & hasRight) {
      hangs |= hangsOn.right;
      this.#id(this.farClient, this.farClock);
    }
    if (hangs === 0) {
      const isRoot = from.uint();
      if (isRoot > 1) from.refuse("malformed");
      if (isRoot === 1) from.key();
      else {
        hangs = hangsOn.parent;
        this.#id(this.nearClient, this.nearClock);
      }
      if (info & hasKey) {
        hangs |= hangsOn.key;
        from.key();
      }
    }
    if (this.nearClient.length < this.clock.length) {
      this.nearClient.push(0);
      this.nearClock.push(0);
    }
    if (this.farClient.length < this.clock.length) {
      this.farClient.push(0);
      this.farClock.push(0);
    }
    const content = info & 0x1f;
    const { deleted, type } = structKinds;
    this.#put(content === contents.deleted ? deleted : content === contents.type ? type : structKinds.other, hangs);
    return this.#content(content);
  }

  #put(kind: number, hangs: number): void {
    this.kind.push(kind);
    this.hangs.push(hangs);
  }

  #id(clients: number[], clocks: number[]): void {
    const client = this.#from.uint();
    const clock = this.#from.uint();
    // What hangs on its own client's later clocks would make Yjs look for what it does not have.
    if (client === this.#client && clock >= this.#clock) this.#from.refuse("malformed");
    clients.push(client);
    clocks.push(clock);
  }

  #tombstone(): number {
    const length = this.#from.uint();
    return length > limits.tombstoneLength ? this.#from.refuse("too-large") : length;
  }

  /** How many clocks it takes. */
  #content(content: number): number {
    const from = this.#from;
    switch (content) {
      case contents.deleted:
        return this.#tombstone();
      case contents.json:
        return this.#several(() => from.json(true));
      case contents.binary:
        from.skip(from.uint());
        return 1;
      case contents.string:
        return from.words();
      case contents.embed:
        from.json(false);
        return 1;
      case contents.format:
        from.key();
        from.json(false);
        return 1;
      case contents.type: {
        const type = from.uint();
        if (type > largestType) from.refuse("malformed");
        else if (namedTypes.includes(type)) from.shortText();
        return 1;
      }
      case contents.any:
        return this.#several(() => from.any());
      case contents.document:
        // A document inside the document: nothing of ours has one, and its options come from who sent it.
        return from.refuse("harmful");
      default:
        return from.refuse("malformed");
    }
  }

  #several(readOne: () => void): number {
    const count = this.#from.uint();
    for (let index = 0; index < count && !this.#from.refused; index++) readOne();
    return count;
  }
}

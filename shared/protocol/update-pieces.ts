import * as encoding from "lib0/encoding";
import * as Y from "yjs";

export interface PieceBounds {
  readonly bytes: number;
  readonly structs: number;
  /** Stretches of its delete set. */
  readonly deletions: number;
}

type Struct = Y.Item | Y.GC;

/** More than the numbers around one section of a piece ever take. */
const sectionBytes = 24;
/** The same of one deletion. */
const deletionBytes = 14;

/**
 * Splits an update in pieces within `bounds`. Applied in order, none has to wait for a later one, and all together do what
 * the whole does. What is deleted among an update's own structs is deleted in the same piece, so that nothing shows up for a
 * moment; all other deletions come when all structs are in. An update that fits comes back as it is, alone.
 *
 * Long text and long lists are cut. One value, picture or name larger than a piece cannot be, and travels in a piece of its
 * own that is larger than `bounds`. What hangs on something outside the update is taken to be there already; an update with
 * holes in it gives pieces that wait for what is missing, as the whole would.
 *
 * Throws what Yjs throws when it is no update.
 */
export function piecesOf(update: Uint8Array, bounds: PieceBounds): readonly Uint8Array[] {
  // Each struct and each deletion takes two bytes or more.
  const most = Math.floor(update.length / 2);
  if (update.length <= bounds.bytes && most <= bounds.structs && most <= bounds.deletions) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const deletions = new Deletions(ds);
  const isSmall = structs.length <= bounds.structs && deletions.count <= bounds.deletions;
  if (update.length <= bounds.bytes && isSmall) return [update];

  const pieces = new Pieces(bounds);
  const room = bounds.bytes - sectionBytes * 2;
  for (const ordered of inOrder(structs)) {
    const uncut: Struct[] = [ordered];
    for (let struct = uncut.pop(); struct; struct = uncut.pop()) {
      const rest = isLarger(struct, room) ? cutInHalf(struct) : undefined;
      if (rest) uncut.push(rest, struct);
      else pieces.add(struct, deletions.takeOf(struct));
    }
  }
  const outside = deletions.rest();
  // Each client's have to stay sorted within a piece.
  if (outside.length > 0) pieces.close();
  for (const range of outside) pieces.delete(range);
  return pieces.finish();
}

interface Range {
  readonly client: number;
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** A delete set that is handed out along with the structs that it deletes. */
class Deletions {
  readonly count: number;
  readonly #queues = new Map<
    number,
    { readonly ranges: readonly { clock: number; len: number }[]; at: number; from: number }
  >();
  readonly #outside: Range[] = [];

  constructor(ds: ReturnType<typeof Y.decodeUpdate>["ds"]) {
    let count = 0;
    for (const [client, ranges] of ds.clients) {
      count += ranges.length;
      this.#queues.set(client, { ranges, at: 0, from: 0 });
    }
    this.count = count;
  }

  /** What of this struct is deleted. The structs of a client have to come in their order. */
  takeOf({ id: { client, clock }, length }: Struct): Range[] {
    return this.#takeUpTo(client, clock, clock + length);
  }

  /** All that is deleted outside of the structs asked for. */
  rest(): readonly Range[] {
    for (const client of this.#queues.keys())
      this.#takeUpTo(client, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    return this.#outside;
  }

  #takeUpTo(client: number, begin: number, end: number): Range[] {
    const queue = this.#queues.get(client);
    const taken: Range[] = [];
    for (let range = queue?.ranges[queue.at]; queue && range; range = queue.ranges[queue.at]) {
      const from = Math.max(queue.from, range.clock);
      if (from >= end) break;
      const to = range.clock + range.len;
      if (from < begin) this.#outside.push({ client, from, to: Math.min(to, begin) });
      if (to > begin) taken.push({ client, from: Math.max(from, begin), to: Math.min(to, end) });
      queue.from = Math.min(to, end);
      if (to > end) break;
      queue.at++;
    }
    return taken;
  }
}

/** Whether it can be cut, and should be. */
function isLarger(struct: Struct, room: number): boolean {
  if (struct.length < 2 || !(struct instanceof Y.Item) || struct.content instanceof Y.ContentDeleted) return false;
  // No UTF-16 unit takes more than three bytes.
  if (struct.content instanceof Y.ContentString && struct.length * 3 < room) return false;
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoding.length(encoder.restEncoder) > room;
}

/** Shortens a struct of several clocks to its first half, and returns the other; `undefined` when it is of one piece. */
function cutInHalf(struct: Struct): Y.Item | undefined {
  if (!(struct instanceof Y.Item) || struct.length < 2) return undefined;
  const { content, id } = struct;
  let half = struct.length >> 1;
  // Yjs replaces both halves of a letter that is cut in two.
  if (content instanceof Y.ContentString && isHighHalf(content.str.charCodeAt(half - 1))) half += 1;
  if (half === struct.length) return undefined;
  const rest = new Y.Item(
    Y.createID(id.client, id.clock + half),
    null,
    Y.createID(id.client, id.clock + half - 1),
    null,
    struct.rightOrigin,
    null,
    struct.parentSub,
    content.splice(half),
  );
  struct.length = half;
  return rest;
}

const isHighHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Every struct after those of the same update that it hangs on. */
function inOrder(structs: readonly (Struct | Y.Skip)[]): Struct[] {
  const queues = new Map<number, { readonly structs: Struct[]; next: number }>();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    const queue = queues.get(struct.id.client);
    if (queue) queue.structs.push(struct);
    else queues.set(struct.id.client, { structs: [struct], next: 0 });
  }
  const ordered: Struct[] = [];
  const waiting: Struct[] = [];
  /** The next struct of that client when this clock of it is still to come. */
  const before = (id: Y.ID | null): Struct | undefined => {
    const queue = id ? queues.get(id.client) : undefined;
    const next = queue?.structs[queue.next];
    return id && next && next.id.clock <= id.clock ? next : undefined;
  };
  for (const queue of queues.values()) {
    while (queue.next < queue.structs.length) {
      let struct = queue.structs[queue.next++];
      while (struct) {
        const needed: Struct | undefined =
          struct instanceof Y.Item
            ? (before(struct.origin) ??
              before(struct.rightOrigin) ??
              before(struct.parent instanceof Y.ID ? struct.parent : null))
            : undefined;
        if (needed) {
          waiting.push(struct);
          (queues.get(needed.id.client) as { next: number }).next++;
          struct = needed;
        } else {
          ordered.push(struct);
          struct = waiting.pop();
        }
      }
    }
  }
  return ordered;
}

interface Section {
  readonly client: number;
  readonly clock: number;
  /** The clock after its last struct. */
  end: number;
  count: number;
  readonly encoder: Y.UpdateEncoderV1;
}

/** Fills one piece after the other. */
class Pieces {
  readonly #bounds: PieceBounds;
  readonly #done: Uint8Array[] = [];
  readonly #structs = new Map<number, Section>();
  readonly #deletions = new Map<number, Range[]>();
  #bytes = 0;
  #structCount = 0;
  #deletionCount = 0;

  constructor(bounds: PieceBounds) {
    this.#bounds = bounds;
  }

  add(struct: Struct, deleted: readonly Range[]): void {
    const { client, clock } = struct.id;
    const before = this.#structs.get(client);
    const isFull = this.#structCount >= this.#bounds.structs;
    const hasTooMany = this.#deletionCount + deleted.length > this.#bounds.deletions;
    if (isFull || hasTooMany || (before && before.end !== clock)) this.close();
    const section = this.#sectionOf(client, clock);
    const length = encoding.length(section.encoder.restEncoder);
    struct.write(section.encoder, 0);
    const bytes = encoding.length(section.encoder.restEncoder) - length;
    // Its client may have nothing among the deletions yet.
    const adds = bytes + (deleted.length > 0 ? sectionBytes + deleted.length * deletionBytes : 0);
    if (this.#structCount > 0 && this.#bytes + adds > this.#bounds.bytes) {
      // Too much: it is the first of the next piece.
      this.close(section, length);
      this.add(struct, deleted);
      return;
    }
    section.end = clock + struct.length;
    section.count++;
    this.#structCount++;
    this.#bytes += bytes;
    for (const range of deleted) this.delete(range);
  }

  delete(range: Range): void {
    const isFull = this.#deletionCount >= this.#bounds.deletions;
    if (isFull || this.#bytes + deletionBytes + sectionBytes > this.#bounds.bytes) this.close();
    let ranges = this.#deletions.get(range.client);
    if (!ranges) {
      ranges = [];
      this.#deletions.set(range.client, ranges);
      this.#bytes += sectionBytes;
    }
    const last = ranges.at(-1);
    if (last && last.to === range.from) {
      ranges[ranges.length - 1] = { ...last, to: range.to };
      return;
    }
    ranges.push(range);
    this.#deletionCount++;
    this.#bytes += deletionBytes;
  }

  #sectionOf(client: number, clock: number): Section {
    let section = this.#structs.get(client);
    if (!section) {
      section = { client, clock, end: clock, count: 0, encoder: new Y.UpdateEncoderV1() };
      this.#structs.set(client, section);
      this.#bytes += sectionBytes;
    }
    return section;
  }

  finish(): readonly Uint8Array[] {
    this.close();
    return this.#done;
  }

  /** `cut`: of this section only so many bytes. */
  close(cut?: Section, length?: number): void {
    if (cut?.count === 0) this.#structs.delete(cut.client);
    if (this.#structs.size + this.#deletions.size === 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#structs.size);
    for (const section of this.#structs.values()) {
      encoding.writeVarUint(encoder, section.count);
      encoding.writeVarUint(encoder, section.client);
      encoding.writeVarUint(encoder, section.clock);
      const bytes = section.encoder.toUint8Array();
      encoding.writeUint8Array(encoder, section === cut ? bytes.subarray(0, length) : bytes);
    }
    encoding.writeVarUint(encoder, this.#deletions.size);
    for (const [client, ranges] of this.#deletions) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { from, to } of ranges) {
        encoding.writeVarUint(encoder, from);
        encoding.writeVarUint(encoder, to - from);
      }
    }
    this.#done.push(encoding.toUint8Array(encoder));
    this.#structs.clear();
    this.#deletions.clear();
    this.#bytes = 0;
    this.#structCount = 0;
    this.#deletionCount = 0;
  }
}

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
 * the whole does; deletions come when all structs are in. An update that fits comes back as it is, alone.
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
  let deletions = 0;
  for (const ranges of ds.clients.values()) deletions += ranges.length;
  if (update.length <= bounds.bytes && structs.length <= bounds.structs && deletions <= bounds.deletions)
    return [update];

  const pieces = new Pieces(bounds);
  const room = bounds.bytes - sectionBytes;
  for (const ordered of inOrder(structs)) {
    const uncut: Struct[] = [ordered];
    for (let struct = uncut.pop(); struct; struct = uncut.pop()) {
      const bytes = bytesOf(struct);
      const rest = bytes.length > room ? cutInHalf(struct) : undefined;
      if (rest) uncut.push(rest, struct);
      else pieces.addStruct(struct, bytes);
    }
  }
  for (const [client, ranges] of ds.clients)
    for (const { clock, len } of ranges) pieces.addDeletion(client, clock, len);
  return pieces.finish();
}

function bytesOf(struct: Struct): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array();
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
  readonly encoder: encoding.Encoder;
}

/** Fills one piece after the other. */
class Pieces {
  readonly #bounds: PieceBounds;
  readonly #done: Uint8Array[] = [];
  readonly #structs = new Map<number, Section>();
  readonly #deletions = new Map<number, Section>();
  #bytes = 0;
  #structCount = 0;
  #deletionCount = 0;

  constructor(bounds: PieceBounds) {
    this.#bounds = bounds;
  }

  addStruct({ id, length }: Struct, bytes: Uint8Array): void {
    const { client, clock } = id;
    const continues = (this.#structs.get(client)?.end ?? clock) === clock;
    if (!continues || this.#structCount >= this.#bounds.structs) this.#close();
    const section = this.#sectionOf(this.#structs, client, clock, bytes.length);
    encoding.writeUint8Array(section.encoder, bytes);
    section.end = clock + length;
    this.#structCount++;
  }

  addDeletion(client: number, clock: number, length: number): void {
    if (this.#deletionCount >= this.#bounds.deletions) this.#close();
    const section = this.#sectionOf(this.#deletions, client, clock, deletionBytes);
    encoding.writeVarUint(section.encoder, clock);
    encoding.writeVarUint(section.encoder, length);
    this.#deletionCount++;
  }

  finish(): readonly Uint8Array[] {
    this.#close();
    return this.#done;
  }

  #sectionOf(sections: Map<number, Section>, client: number, clock: number, bytes: number): Section {
    const known = sections.get(client);
    if (this.#bytes + bytes + (known ? 0 : sectionBytes) > this.#bounds.bytes) this.#close();
    let section = sections.get(client);
    if (!section) {
      section = { client, clock, end: clock, count: 0, encoder: encoding.createEncoder() };
      sections.set(client, section);
      this.#bytes += sectionBytes;
    }
    section.count++;
    this.#bytes += bytes;
    return section;
  }

  #close(): void {
    if (this.#structs.size + this.#deletions.size === 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#structs.size);
    for (const section of this.#structs.values()) {
      encoding.writeVarUint(encoder, section.count);
      encoding.writeVarUint(encoder, section.client);
      encoding.writeVarUint(encoder, section.clock);
      encoding.writeBinaryEncoder(encoder, section.encoder);
    }
    encoding.writeVarUint(encoder, this.#deletions.size);
    for (const section of this.#deletions.values()) {
      encoding.writeVarUint(encoder, section.client);
      encoding.writeVarUint(encoder, section.count);
      encoding.writeBinaryEncoder(encoder, section.encoder);
    }
    this.#done.push(encoding.toUint8Array(encoder));
    this.#structs.clear();
    this.#deletions.clear();
    this.#bytes = 0;
    this.#structCount = 0;
    this.#deletionCount = 0;
  }
}

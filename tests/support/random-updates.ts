import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import type { AnyType } from "#shared/board/any-type.ts";
import type { Seeded } from "./seeded.ts";

/** The roots of a random document; each of another type. */
export const rootsOf = (doc: Y.Doc) =>
  [doc.getMap("cards"), doc.getText("words"), doc.getArray("list"), doc.getXmlFragment("story")] as const;

/** Changes a document in ways of every kind that Yjs has: values, text, marks, embeds, elements, types in types. */
export function editAtRandom(doc: Y.Doc, seeded: Seeded, changes: number): void {
  for (let change = 0; change < changes; change++) {
    const types: AnyType[] = [];
    for (const root of rootsOf(doc)) collectTypes(root, 0, types);
    const type = seeded.pick(types);
    if (type instanceof Y.Map) editMap(type, seeded);
    else if (type instanceof Y.Text) editText(type, seeded);
    else if (type instanceof Y.Array) editArray(type, seeded);
    else if (type instanceof Y.XmlFragment) editFragment(type, seeded);
  }
}

function collectTypes(type: AnyType, depth: number, types: AnyType[]): void {
  types.push(type);
  if (depth === 6) return;
  const inside: readonly unknown[] =
    type instanceof Y.Map
      ? [...type.values()]
      : type instanceof Y.Array || type instanceof Y.XmlFragment
        ? type.toArray()
        : [];
  for (const each of inside) if (each instanceof Y.AbstractType) collectTypes(each, depth + 1, types);
}

function randomValue(seeded: Seeded): unknown {
  const makers: readonly (() => unknown)[] = [
    () => new Y.Map([["inner", seeded.whole(9)]]),
    () => new Y.Text("abc".repeat(seeded.whole(4))),
    () => new Y.Array(),
    () => new Y.XmlFragment(),
    () => ({ x: seeded.whole(10), y: [1.5, null, undefined, "ü😀", { z: true }] }),
    () => `words ${seeded.whole(100)}`,
    () => new Uint8Array(seeded.whole(5)),
    () => seeded.whole(1_000) - 500,
    () => seeded.chance(0.5),
  ];
  return seeded.pick(makers)();
}

function editMap(map: Y.Map<unknown>, seeded: Seeded): void {
  const key = `key ${seeded.whole(6)}`;
  if (seeded.chance(0.25)) map.delete(key);
  else map.set(key, seeded.chance(0.05) ? BigInt(seeded.whole(9)) : randomValue(seeded));
}

function editText(text: Y.Text, seeded: Seeded): void {
  const { length } = text;
  const at = seeded.whole(length + 1);
  const some = Math.min(length - at, 1 + seeded.whole(5));
  const marks = { run: { said: "ana", typed: seeded.whole(3) } };
  const kind = seeded.whole(10);
  if (kind < 4) text.insert(at, seeded.pick(["a", "hello", "😀", "سلام"]), seeded.chance(0.3) ? marks : undefined);
  else if (kind < 6 && some > 0) text.delete(at, some);
  else if (kind < 8 && some > 0) text.format(at, some, { bold: seeded.pick([true, null, { a: [1] }]) });
  else text.insertEmbed(at, seeded.chance(0.5) ? { image: "x" } : new Y.Map());
}

function editArray(array: Y.Array<unknown>, seeded: Seeded): void {
  const at = seeded.whole(array.length + 1);
  if (at < array.length && seeded.chance(0.3)) array.delete(at, Math.min(array.length - at, 1 + seeded.whole(3)));
  else
    array.insert(
      at,
      Array.from({ length: 1 + seeded.whole(3) }, () => randomValue(seeded)),
    );
}

function editFragment(fragment: Y.XmlFragment, seeded: Seeded): void {
  const at = seeded.whole(fragment.length + 1);
  if (at < fragment.length && seeded.chance(0.3)) fragment.delete(at, 1);
  else if (fragment instanceof Y.XmlElement && seeded.chance(0.3)) fragment.setAttribute("level", `${seeded.whole(4)}`);
  else fragment.insert(at, [seeded.chance(0.5) ? new Y.XmlElement("paragraph") : new Y.XmlText("w")]);
}

/**
 * An update that keeps to the format's grammar and to no sense: structs of every kind that hang on anything of these
 * clients, known or not, and deletions of anything.
 */
export function nonsenseUpdate(seeded: Seeded, clients: readonly number[], clockOf: (client: number) => number) {
  const { writeVarUint, writeVarString, writeUint8 } = encoding;
  return encoding.encode((encoder) => {
    const length = () => 1 + seeded.whole(4);
    const hasAny = (own: number, clock: number) => clients.some((one) => (one === own ? clock : clockOf(one)) > 0);
    const writeId = (own: number, clock: number) => {
      const known = clients.filter((one) => (one === own ? clock : clockOf(one)) > 0);
      const client = clock > 0 && seeded.chance(0.4) ? own : seeded.pick(known);
      const top = client === own ? clock : clockOf(client) + (seeded.chance(0.05) ? 5 : 0);
      writeVarUint(encoder, client);
      const near = top - 1 - seeded.whole(Math.min(top, 4));
      writeVarUint(encoder, seeded.chance(0.01) ? top : seeded.chance(0.5) ? seeded.whole(top) : near);
    };
    /** Returns how many clocks the content takes. */
    const writeContent = (content: number): number => {
      const count = length();
      const json = ["1", "null", "[]", '{"a":[1]}', '"s"'];
      switch (content) {
        case 0:
        case 1:
          writeVarUint(encoder, count);
          return count;
        case 2:
          writeVarUint(encoder, count);
          for (let at = 0; at < count; at++) writeVarString(encoder, seeded.pick(["undefined", ...json]));
          return count;
        case 3:
          encoding.writeVarUint8Array(encoder, new Uint8Array(2));
          return 1;
        case 4: {
          const words = seeded.pick(["a", "abc", "😀x", "x😀", "hello"]);
          writeVarString(encoder, words);
          return words.length;
        }
        case 6:
          writeVarString(encoder, seeded.pick(["bold", "run"]));
          writeVarString(encoder, seeded.pick(json));
          return 1;
        case 5:
          writeVarString(encoder, seeded.pick(json));
          return 1;
        case 7: {
          const type = seeded.whole(7);
          writeVarUint(encoder, type);
          if (type === 3 || type === 5) writeVarString(encoder, "paragraph");
          return 1;
        }
        default:
          writeVarUint(encoder, count);
          for (let at = 0; at < count; at++)
            encoding.writeAny(encoder, seeded.pick([1, null, "s", 1.5, [1, { a: 2 }]]));
          return count;
      }
    };
    const writeStruct = (client: number, clock: number): number => {
      const hasIds = hasAny(client, clock);
      const [left, right, key] = [hasIds && seeded.chance(0.5), hasIds && seeded.chance(0.3), seeded.chance(0.4)];
      // Under a key what takes several clocks is refused when alive, so mostly what takes one.
      const content = (key || hasIds) && seeded.chance(0.7) ? seeded.pick([3, 5, 6, 7, 7]) : seeded.whole(9);
      if (content === 0) {
        writeUint8(encoder, 0);
        return writeContent(0);
      }
      writeUint8(encoder, content | (left ? 0x80 : 0) | (right ? 0x40 : 0) | (key ? 0x20 : 0));
      if (left) writeId(client, clock);
      if (right) writeId(client, clock);
      if (!left && !right) {
        const inRoot = !hasIds || seeded.chance(0.4);
        writeVarUint(encoder, inRoot ? 1 : 0);
        if (inRoot) writeVarString(encoder, seeded.pick(["cards", "words", "list", "story", "other"]));
        else writeId(client, clock);
        if (key) writeVarString(encoder, seeded.pick(["key 0", "key 1"]));
      }
      return writeContent(content);
    };

    const writers = clients.filter(() => seeded.chance(0.6));
    writeVarUint(encoder, writers.length);
    for (const client of writers) {
      const count = 1 + seeded.whole(8);
      let clock = Math.max(0, clockOf(client) + (seeded.chance(0.9) ? 0 : seeded.whole(4) - 3));
      for (const part of [count, client, clock]) writeVarUint(encoder, part);
      for (let at = 0; at < count; at++) clock += writeStruct(client, clock);
    }
    const deleted = clients.filter((client) => clockOf(client) > 3 && seeded.chance(0.3));
    writeVarUint(encoder, deleted.length);
    for (const client of deleted) {
      const count = 1 + seeded.whole(3);
      writeVarUint(encoder, client);
      writeVarUint(encoder, count);
      for (let at = 0, from = 0; at < count; at++) {
        from += seeded.whole(Math.max(1, clockOf(client) >> 1));
        const some = length();
        writeVarUint(encoder, from);
        writeVarUint(encoder, some);
        from += some;
      }
    }
  });
}

/** One of the updates with up to three hurts: bits flipped, bytes changed, cut out, copied, spliced in from another. */
export function hurtUpdate(seeded: Seeded, updates: readonly Uint8Array[]): Uint8Array {
  let bytes = [...seeded.pick(updates)];
  for (let times = 1 + seeded.whole(3); times > 0; times--) {
    const at = seeded.whole(bytes.length);
    const other = [...seeded.pick(updates)];
    const from = seeded.whole(other.length);
    const hurts: readonly (() => readonly number[])[] = [
      () => bytes.with(at, (bytes[at] as number) ^ (1 << seeded.whole(8))),
      () => bytes.with(at, seeded.pick([0, 1, 127, 128, 255, seeded.whole(256)])),
      () => bytes.slice(0, at),
      () => bytes.toSpliced(at, 1 + seeded.whole(6)),
      () => bytes.toSpliced(at, 0, ...bytes.slice(at, at + seeded.whole(20))),
      () => bytes.toSpliced(at, seeded.whole(3), ...other.slice(from, from + seeded.whole(40))),
    ];
    bytes = [...seeded.pick(hurts)()];
    if (bytes.length === 0) bytes = [0];
  }
  return Uint8Array.from(bytes);
}

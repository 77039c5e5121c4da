import * as encoding from "lib0/encoding";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { readUpdate } from "../../../../server/relay/update-reader.ts";
import { contentKinds, rawGone, rawItem, rawUpdate, type Where } from "../../../support/raw-update.ts";

const live = { bytes: 64 * 1024, structs: 512, deletions: 4_096 };

/** The kind of refusal, or `read`. */
function outcome(update: Uint8Array, bounds = live): string {
  const read = readUpdate(update, bounds);
  return read.ok ? "read" : read.error.kind;
}

/** An update of one item by client 7. */
function oneItem(kind: number, where: Where, ...content: readonly (number | string | Uint8Array)[]): Uint8Array {
  return rawUpdate([{ client: 7, structs: [rawItem(kind, where, ...content)] }]);
}
const { any, binary, deleted, document, embed, format, json, skip, string, type } = contentKinds;

/** An update of a map entry with this value, as Yjs writes it. */
function yjsValue(value: unknown): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("cards").set("value", value);
  return Y.encodeStateAsUpdate(doc);
}
const nestedLists = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], "in the middle");

/** What `any` makes of lists in lists, by bytes alone: no encoder goes as deep as an attacker. */
function nestedAny(levels: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (let level = 0; level < levels; level++) {
      encoding.writeUint8(encoder, 117);
      encoding.writeVarUint(encoder, 1);
    }
    encoding.writeUint8(encoder, 126);
  });
}

test("[R4] says of an update which clocks it brings and which it deletes", () => {
  const doc = new Y.Doc();
  doc.clientID = 5;
  doc.getText("words").insert(0, "hello 😀");
  doc.getText("words").delete(1, 2);
  doc.getMap("cards").set("value", [1, { two: "2" }]);
  const read = readUpdate(Y.encodeStateAsUpdate(doc), live);
  expect(read.ok && read.value.runs).toEqual([{ client: 5, from: 0, to: 9 }]);
  expect(read.ok && read.value.deletions).toEqual([{ client: 5, from: 1, to: 3 }]);
  expect(outcome(rawUpdate([]))).toBe("read");
});

test("[R4] eight bytes that claim 30 million structs are refused, and so is every other claim that the bytes do not bear out", () => {
  const claim = (count: number) => rawUpdate([{ client: 1, structs: [], claims: count }]);
  expect(claim(30_000_000).length).toBe(8);
  expect(outcome(claim(30_000_000))).toBe("too-large");
  expect(outcome(claim(500))).toBe("malformed");
  expect(outcome(claim(0)), "a run of nothing").toBe("malformed");
  const sections = encoding.encode((encoder) => encoding.writeVarUint(encoder, 2 ** 52));
  expect(outcome(sections)).toBe("malformed");
  expect(outcome(oneItem(any, {}, 2 ** 40))).toBe("malformed");
  expect(outcome(oneItem(json, {}, 2 ** 40))).toBe("malformed");
  expect(outcome(oneItem(binary, {}, 2 ** 40))).toBe("malformed");
  expect(outcome(oneItem(string, {}, 2 ** 40))).toBe("malformed");
  expect(outcome(oneItem(any, {}, 1, Uint8Array.of(118, 0xff, 0xff, 0xff, 0x0f)))).toBe("malformed");
});

test("[R4] a delete set of 392 kB is refused by its bytes and by its count, and one out of order or overlapping by its shape", () => {
  const stretches = (count: number) => Array.from({ length: count }, (_, at) => [at * 2, 1] as const);
  const huge = rawUpdate([], { 7: stretches(98_000) });
  expect(huge.length).toBeGreaterThan(380_000);
  expect(outcome(huge)).toBe("too-large");
  expect(outcome(huge, { ...live, bytes: 2 ** 20 })).toBe("too-large");
  expect(outcome(rawUpdate([], { 7: stretches(live.deletions) }))).toBe("read");
  for (const ranges of [
    [
      [5, 1],
      [3, 1],
    ],
    [
      [0, 3],
      [2, 3],
    ],
    [[1, 0]],
    [],
  ] as const) {
    expect(outcome(rawUpdate([], { 7: ranges })), JSON.stringify(ranges)).toBe("malformed");
  }
  expect(outcome(rawUpdate([], { 7: [[limits.largestClock, 1]] }))).toBe("harmful");
});

test("[R4] values are read to eight levels and no further, however they are written", () => {
  expect(outcome(yjsValue(nestedLists(limits.valueNesting)))).toBe("read");
  expect(outcome(yjsValue(nestedLists(limits.valueNesting + 1)))).toBe("harmful");
  expect(outcome(oneItem(any, {}, 1, nestedAny(20_000)))).toBe("harmful");
  const nestedJson = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  for (const kind of [embed, json]) {
    const count = kind === json ? [1] : [];
    expect(outcome(oneItem(kind, {}, ...count, nestedJson(limits.valueNesting)))).toBe("read");
    expect(outcome(oneItem(kind, {}, ...count, nestedJson(limits.valueNesting + 1)))).toBe("harmful");
    expect(outcome(oneItem(kind, {}, ...count, nestedJson(20_000)))).toBe("harmful");
    expect(outcome(oneItem(kind, {}, ...count, `${'{"a":'.repeat(9)}1${"}".repeat(9)}`))).toBe("harmful");
  }
  expect(outcome(oneItem(format, {}, "run", nestedJson(9)))).toBe("harmful");
});

test("[R4] a key that would replace a prototype is refused wherever a key can stand", () => {
  const proto = "__proto__";
  const inAny = encoding.encode((encoder) =>
    encoding.writeAny(encoder, JSON.parse('{"__proto__": {"isOwner": true}}')),
  );
  expect(outcome(oneItem(any, {}, 1, inAny))).toBe("harmful");
  expect(outcome(oneItem(embed, {}, '{"a": [{"__proto__": 1}]}'))).toBe("harmful");
  expect(outcome(oneItem(embed, {}, '{"\\u005f_proto\\u005F_": 1}'))).toBe("harmful");
  expect(outcome(oneItem(format, {}, proto, "true"))).toBe("harmful");
  expect(outcome(oneItem(binary, { key: proto }, 0))).toBe("harmful");
  expect(outcome(oneItem(binary, { parent: proto }, 0))).toBe("harmful");
  // Its length padded with a byte that says nothing.
  const padded = Uint8Array.of(0x89, 0, ...new TextEncoder().encode(proto));
  expect(outcome(oneItem(format, {}, padded, "true"))).toBe("harmful");
  // As a word it is only a word.
  expect(outcome(yjsValue({ words: proto, __proto: 1, __proto__x: 2 }))).toBe("read");
  expect(outcome(oneItem(embed, {}, '["__proto__"]'))).toBe("read");
});

test("[R3] holes, clock jumps and oversized tombstones are refused", () => {
  expect(outcome(oneItem(skip, {}, 5))).toBe("malformed");
  expect(outcome(rawUpdate([{ client: 7, structs: [Uint8Array.of(10, 5)] }]))).toBe("malformed");
  expect(outcome(rawUpdate([{ client: 7, structs: [rawGone(2 ** 50)] }]))).toBe("too-large");
  expect(outcome(rawUpdate([{ client: 7, structs: [rawGone(limits.tombstoneLength)] }]))).toBe("read");
  expect(outcome(oneItem(deleted, {}, 2 ** 50))).toBe("too-large");
  const far = { client: 7, from: limits.largestClock };
  expect(outcome(rawUpdate([{ ...far, structs: [rawGone(1)] }]))).toBe("harmful");
  expect(outcome(rawUpdate([{ client: 7, from: 2 ** 53 - 1, structs: [rawGone(1)] }]))).toBe("harmful");
});

test("[R4] structs of no length, of unknown kinds, and ones that hang on their own client's later clocks are refused", () => {
  for (const [kind, content] of [
    [deleted, 0],
    [json, 0],
    [any, 0],
    [string, ""],
  ] as const) {
    expect(outcome(oneItem(kind, {}, content)), `${kind}`).toBe("malformed");
  }
  expect(outcome(rawUpdate([{ client: 7, structs: [rawGone(0)] }]))).toBe("malformed");
  for (const kind of [11, 16, 31]) expect(outcome(oneItem(kind, {}, 1))).toBe("malformed");
  expect(outcome(rawUpdate([{ client: 7, structs: [Uint8Array.of(0x80, 1)] }])), "a tombstone with flags").toBe(
    "malformed",
  );
  expect(outcome(oneItem(type, {}, 7)), "an unknown type").toBe("malformed");
  for (const where of [{ left: [7, 0] }, { right: [7, 3] }, { parent: [7, 0] }] as const) {
    expect(outcome(oneItem(string, where, "a"))).toBe("malformed");
  }
  const twice = { client: 7, structs: [rawGone(1)] };
  expect(outcome(rawUpdate([twice, twice])), "two runs of one client").toBe("malformed");
});

test("[R4] documents within documents are refused", () => {
  expect(outcome(oneItem(document, {}, "guid", nestedAny(0)))).toBe("harmful");
});

test("[R4] what Yjs could not decode is refused: words that are no UTF-8, JSON that is none, bytes cut off or left over", () => {
  const bytes = (...list: number[]) => Uint8Array.of(list.length, ...list);
  const noWords = [
    [0xff],
    [0xc0, 0x80],
    [0xc3],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0x80],
  ];
  for (const list of noWords) expect(outcome(oneItem(string, {}, bytes(...list))), `${list}`).toBe("malformed");
  const noJson = [
    "",
    "undefined",
    "{",
    "[1,]",
    "{,}",
    '{"a"}',
    "01",
    "1.",
    "+1",
    "nul",
    '"\n"',
    '"\\x"',
    "1 2",
    '{"a":1,}',
    "[1}",
    "]",
    "\ufeff1",
  ];
  for (const words of noJson) {
    expect(outcome(oneItem(embed, {}, words)), words).toBe("malformed");
    expect(() => JSON.parse(words)).toThrow();
  }
  const someJson = [
    " 1 ",
    "-0.5e+7",
    "[ ]",
    "{ }",
    '{ "a" : [ 1 , {"b":null} ] }',
    '"\\u00e9\\n"',
    "true",
    '"😀"',
    "[[],{}]",
  ];
  for (const words of someJson) {
    expect(outcome(oneItem(embed, {}, words)), words).toBe("read");
    expect(() => JSON.parse(words)).not.toThrow();
  }
  expect(outcome(oneItem(json, {}, 2, "undefined", "1"))).toBe("read");
  const whole = yjsValue({ a: [1, "two", 3.5] });
  for (let length = 0; length < whole.length; length++) expect(outcome(whole.subarray(0, length))).toBe("malformed");
  expect(outcome(Uint8Array.of(...whole, 0))).toBe("malformed");
});

test("[R4] short texts are bounded, running words by their update alone", () => {
  const long = "a".repeat(limits.valueLetters);
  expect(outcome(yjsValue(long))).toBe("read");
  expect(outcome(yjsValue(`${long}a`))).toBe("too-large");
  expect(outcome(oneItem(embed, {}, JSON.stringify([`${long}a`])))).toBe("too-large");
  expect(outcome(oneItem(binary, { key: `${long}a` }, 0))).toBe("too-large");
  const doc = new Y.Doc();
  doc.getText("words").insert(0, "one long story ".repeat(4_000));
  expect(outcome(Y.encodeStateAsUpdate(doc))).toBe("read");
  doc.getText("words").insert(0, "and more ".repeat(1_000));
  expect(outcome(Y.encodeStateAsUpdate(doc))).toBe("too-large");
});

test("[R4] numbers that would not survive arithmetic are refused, padded to whatever length", () => {
  expect(outcome(Uint8Array.of(...Array.from({ length: 200 }, () => 0x80), 0, 0))).toBe("malformed");
  expect(outcome(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))).toBe("malformed");
  const ofClient = (...client: number[]) => Uint8Array.of(1, 1, ...client, 0, 0, 1, 0);
  expect(outcome(ofClient(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f))).toBe("read");
  expect(outcome(ofClient(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))).toBe("malformed");
});

test("[R4] more structs than the receiver allows are refused before they are walked", () => {
  const doc = new Y.Doc();
  for (let at = 0; at < live.structs + 1; at++) doc.getMap("cards").set(`${at}`, at);
  expect(outcome(Y.encodeStateAsUpdate(doc))).toBe("too-large");
  expect(outcome(Y.encodeStateAsUpdate(doc), { ...live, structs: live.structs + 1 })).toBe("read");
});

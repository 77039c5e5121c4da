import { expect, test } from "vitest";
import * as Y from "yjs";
import { areas, times } from "#shared/board/schema.ts";
import { limits } from "#shared/protocol/limits.ts";
import { createLaneIndex, type Judgement, type LaneIndex } from "../../../../server/relay/lane-index.ts";
import { type ReadUpdate, readUpdate } from "../../../../server/relay/update-reader.ts";
import { aCard, aDevice } from "../../../support/builders.ts";
import { contentKinds, rawGone, rawItem, rawUpdate } from "../../../support/raw-update.ts";

const anySize = { bytes: 2 ** 24, structs: 2 ** 24, deletions: 2 ** 24 };

function read(update: Uint8Array): ReadUpdate {
  const result = readUpdate(update, anySize);
  if (!result.ok) throw new Error(`refused: ${result.error.kind}`);
  return result.value;
}
const judge = (lane: LaneIndex, update: Uint8Array): Judgement => lane.judge(read(update));

/** Judges, and takes what is news. */
function receive(lane: LaneIndex, update: Uint8Array): Judgement["kind"] {
  const verdict = judge(lane, update);
  if (verdict.kind === "news") lane.take(read(update));
  return verdict.kind;
}

const aDoc = (clientID: number): Y.Doc => Object.assign(new Y.Doc(), { clientID });

/** The updates of a document, one by one, as they would be sent. */
function updatesOf(doc: Y.Doc, act: () => void): readonly Uint8Array[] {
  const updates: Uint8Array[] = [];
  const listen = (update: Uint8Array) => updates.push(update);
  doc.on("update", listen);
  act();
  doc.off("update", listen);
  return updates;
}

/** Maps in maps, each born in an update of its own. */
function nestedTypes(levels: number, doc = new Y.Doc()): readonly Uint8Array[] {
  return updatesOf(doc, () => {
    let inner = doc.getMap("cards");
    for (let level = 0; level < levels; level++) {
      const next = new Y.Map<unknown>();
      inner.set("inside", next);
      inner = next;
    }
  });
}

const { any, string, type } = contentKinds;

test("[R7] news says what each client gains from the known clock on, and what is newly deleted", () => {
  const doc = aDoc(5);
  const lane = createLaneIndex();
  const text = doc.getText("words");
  const [typed, erased] = updatesOf(doc, () => {
    text.insert(0, "hello");
    text.delete(1, 2);
  }) as [Uint8Array, Uint8Array];
  expect(judge(lane, typed)).toEqual({ kind: "news", grows: [{ client: 5, from: 0, to: 5 }], newDeletions: 0 });
  expect(lane.clockOf(5), "judging changes nothing").toBe(0);
  lane.take(read(typed));
  expect(lane.clockOf(5)).toBe(5);
  expect(judge(lane, typed)).toEqual({ kind: "nothing-new" });
  expect(judge(lane, erased)).toEqual({ kind: "news", grows: [], newDeletions: 1 });
  lane.take(read(erased));
  expect(lane.deletions()).toEqual([{ client: 5, from: 1, to: 3 }]);
  expect(judge(lane, Y.encodeStateAsUpdate(doc))).toEqual({ kind: "nothing-new" });
  // More than the lane knows, as a step 2 that crossed its own updates brings: only the rest is gained.
  text.insert(0, "there ");
  expect(judge(lane, Y.encodeStateAsUpdate(doc))).toMatchObject({
    kind: "news",
    grows: [{ client: 5, from: 5, to: 11 }],
  });
});

test("[R7] what arrives as gone is known as deleted, what was known alive before is not", () => {
  const lane = createLaneIndex();
  const erased = rawItem(contentKinds.deleted, {}, 2);
  receive(lane, rawUpdate([{ client: 1, structs: [rawItem(string, {}, "ab"), erased, rawGone(3)] }]));
  expect(lane.deletions()).toEqual([{ client: 1, from: 2, to: 7 }]);
  receive(lane, rawUpdate([{ client: 1, structs: [rawGone(7), rawItem(string, {}, "c")] }]));
  expect(lane.deletions()).toEqual([{ client: 1, from: 2, to: 7 }]);
  expect(lane.clockOf(1)).toBe(8);
});

test("[R7] the state vector is what Yjs would write, and nobody else's copy changes with it", () => {
  const lane = createLaneIndex();
  const doc = aDoc(9);
  expect(lane.stateVector()).toEqual(Y.encodeStateVector(doc));
  for (const clientID of [300, 2, 4_000_000_000]) {
    const other = aDoc(clientID);
    other.getText("words").insert(0, "a".repeat((clientID % 7) + 1));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  }
  expect(receive(lane, Y.encodeStateAsUpdate(doc))).toBe("news");
  expect(lane.stateVector()).toEqual(Y.encodeStateVector(doc));
  const copy = lane.copy();
  doc.getText("words").insert(0, "more");
  expect(receive(copy, Y.encodeStateAsUpdate(doc))).toBe("news");
  expect(copy.stateVector()).toEqual(Y.encodeStateVector(doc));
  expect(lane.clockOf(9)).toBe(0);
});

test("[R3] what hangs on clocks that the lane lacks is a gap, however it hangs on them", () => {
  const lane = createLaneIndex();
  const base = aDoc(1);
  base.getText("words").insert(0, "hello");
  receive(lane, Y.encodeStateAsUpdate(base));
  const lacking = { kind: "gap", why: "lacking" };
  const one = (where: Parameters<typeof rawItem>[1]) =>
    rawUpdate([{ client: 2, structs: [rawItem(string, where, "a")] }]);
  expect(judge(lane, one({ left: [1, 4] })).kind).toBe("news");
  expect(judge(lane, one({ left: [1, 5] }))).toEqual(lacking);
  expect(judge(lane, one({ left: [1, 4], right: [1, 5] }))).toEqual(lacking);
  expect(judge(lane, one({ parent: [3, 0] }))).toEqual(lacking);
  expect(judge(lane, rawUpdate([{ client: 1, from: 6, structs: [rawGone(1)] }])), "a run that starts too late").toEqual(
    lacking,
  );
  expect(judge(lane, rawUpdate([{ client: 1, from: 5, structs: [rawGone(1)] }])).kind).toBe("news");
  expect(judge(lane, rawUpdate([], { 1: [[4, 1]] })).kind).toBe("news");
  expect(judge(lane, rawUpdate([], { 1: [[4, 2]] })), "a deletion of what is not there").toEqual(lacking);
  expect(judge(lane, rawUpdate([], { 8: [[0, 1]] }))).toEqual(lacking);
  const beyond = { client: 3, structs: [rawItem(string, { left: [2, 1] }, "a")] };
  const run = { client: 2, structs: [rawItem(string, {}, "a")] };
  expect(judge(lane, rawUpdate([beyond, run])), "past the end of another run").toEqual(lacking);
});

test("[R3] none of 4,000 updates that wait for one that never comes is kept, and the lane weighs what it did", () => {
  const letters = 1_000;
  const updates = Array.from({ length: 4_001 }, (_, at) => {
    const words = rawItem(string, at === 0 ? {} : { left: [3, at * letters - 1] }, "a".repeat(letters));
    return rawUpdate([{ client: 3, from: at * letters, structs: [words] }]);
  });
  const lane = createLaneIndex();
  const before = lane.bytes();
  for (const update of updates.slice(1)) expect(receive(lane, update)).toBe("gap");
  expect(lane.bytes()).toBe(before);
  expect(lane.clockOf(3)).toBe(0);
});

test("[R4] a chain of 5,000 maps in maps is refused before a document sees it, at once or one by one", () => {
  const levels = 5_000;
  const maps = Array.from({ length: levels }, (_, at) =>
    rawItem(type, at === 0 ? { key: "inside" } : { parent: [7, at - 1], key: "inside" }, 1),
  );
  const whole = rawUpdate([{ client: 7, structs: maps }], { 7: [[0, levels]] });
  expect(judge(createLaneIndex(), whole)).toEqual({ kind: "harmful" });
  const lane = createLaneIndex();
  const verdicts = maps.map((map, at) => receive(lane, rawUpdate([{ client: 7, from: at, structs: [map] }])));
  expect(verdicts.slice(0, limits.typeNesting).every((verdict) => verdict === "news")).toBe(true);
  expect(verdicts[limits.typeNesting]).toBe("harmful");
  expect(verdicts.slice(limits.typeNesting + 1).every((verdict) => verdict === "gap")).toBe(true);
});

test("[R4] types within types are taken to the limit and no further, in one update, over many and after a fold", () => {
  const fine = nestedTypes(limits.typeNesting);
  expect(receive(createLaneIndex(), Y.mergeUpdates([...fine]))).toBe("news");
  const deeper = nestedTypes(limits.typeNesting + 1);
  expect(receive(createLaneIndex(), Y.mergeUpdates([...deeper]))).toBe("harmful");
  for (const first of [deeper.slice(0, -1), [Y.mergeUpdates(deeper.slice(0, -1))]]) {
    const lane = createLaneIndex();
    for (const update of first) expect(receive(lane, update)).toBe("news");
    expect(receive(lane, deeper.at(-1) as Uint8Array)).toBe("harmful");
  }
});

test("[R4] how deep somebody's neighbours lie is known by each of their neighbours, left and right", () => {
  const doc = aDoc(4);
  const lane = createLaneIndex();
  for (const update of nestedTypes(limits.typeNesting - 1, doc)) receive(lane, update);
  // In the deepest map stands a value; what replaces it names it alone.
  const deepest = limits.typeNesting - 2;
  const value = rawItem(any, { parent: [4, deepest], key: "value" }, 1, Uint8Array.of(127));
  receive(lane, rawUpdate([{ client: 5, structs: [value] }]));
  const beside = (client: number, where: Parameters<typeof rawItem>[1]) =>
    rawUpdate([{ client, structs: [rawItem(type, where, 1)] }]);
  for (const where of [{ left: [5, 0] }, { right: [5, 0] }] as const) {
    const other = lane.copy();
    expect(receive(other, beside(6, where))).toBe("news");
    expect(receive(other, beside(7, { parent: [6, 0] }))).toBe("harmful");
  }
});

test("[R4] structs that wait for each other are refused", () => {
  const waitsFor = (id: readonly [number, number]) => [rawItem(string, { left: id }, "a")];
  const ring = rawUpdate([
    { client: 1, structs: waitsFor([2, 0]) },
    { client: 2, structs: waitsFor([1, 0]) },
  ]);
  expect(judge(createLaneIndex(), ring)).toEqual({ kind: "harmful" });
  const parents = rawUpdate([
    { client: 1, structs: [rawItem(type, { parent: [2, 0] }, 1)] },
    { client: 2, structs: [rawItem(type, { parent: [1, 0] }, 1)] },
  ]);
  expect(judge(createLaneIndex(), parents)).toEqual({ kind: "harmful" });
  const later = rawUpdate([
    { client: 1, structs: [...waitsFor([2, 0]), ...waitsFor([1, 0])] },
    { client: 2, structs: waitsFor([1, 1]) },
  ]);
  expect(judge(createLaneIndex(), later)).toEqual({ kind: "harmful" });
  const afterItself = rawUpdate([
    { client: 3, structs: [...waitsFor([2, 0]), ...waitsFor([3, 0])] },
    { client: 2, structs: waitsFor([3, 1]) },
  ]);
  expect(judge(createLaneIndex(), afterItself)).toEqual({ kind: "harmful" });
  for (const update of [ring, parents, later, afterItself]) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    expect(doc.store.pendingStructs, "Yjs would keep it for ever").not.toBeNull();
  }
});

test("[R3] a struct that stands half in what is known is asked for again, as Yjs throws when that half is gone", () => {
  const whole = rawUpdate([{ client: 1, structs: [rawItem(string, {}, "hello there")] }]);
  const gone = rawUpdate([{ client: 1, structs: [rawGone(5)] }]);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, gone);
  expect(() => Y.applyUpdate(doc, whole)).toThrow();
  const lane = createLaneIndex();
  receive(lane, gone);
  expect(judge(lane, whole)).toEqual({ kind: "gap", why: "straddling" });
  // Asked with its clock, a sender cuts it there.
  const sender = new Y.Doc();
  Y.applyUpdate(sender, whole);
  expect(receive(lane, Y.encodeStateAsUpdate(sender, lane.stateVector()))).toBe("news");
  expect(lane.clockOf(1)).toBe(11);
});

test("[R4] a value of several clocks under a key is taken only as deleted: left half alive, it makes Yjs throw", () => {
  const card = rawItem(type, { key: "card" }, 1);
  const value = rawItem(any, { parent: [1, 0], key: "value" }, 3, Uint8Array.of(127, 127, 127));
  const after = rawItem(any, { left: [1, 2] }, 1, Uint8Array.of(127));
  const poison = [
    rawUpdate([{ client: 1, structs: [card, value] }]),
    rawUpdate([{ client: 2, structs: [after] }]),
    rawUpdate([], { 1: [[0, 1]] }),
  ];
  const doc = new Y.Doc();
  expect(() => {
    for (const update of poison) Y.applyUpdate(doc, update);
  }).toThrow();
  const lane = createLaneIndex();
  expect(receive(lane, poison[0] as Uint8Array)).toBe("harmful");
  expect(receive(lane, rawUpdate([{ client: 1, structs: [card, value] }], { 1: [[1, 2]] }))).toBe("harmful");
  expect(receive(lane, rawUpdate([{ client: 1, structs: [card, value] }], { 1: [[1, 3]] }))).toBe("news");
  // Also where only the neighbour says that it is under a key.
  const beside = rawItem(any, { left: [1, 3] }, 2, Uint8Array.of(127, 127));
  expect(receive(lane, rawUpdate([{ client: 3, structs: [beside] }]))).toBe("harmful");
});

test("[R7] an index weighs less than a third of what is stored of its lane, and a few hundred bytes", () => {
  for (const [cards, sessions] of [
    [0, 1],
    [20, 1],
    [60, 1],
    [30, 4],
  ] as const) {
    const devices = Array.from({ length: sessions }, (_, at) => aDevice({ seed: at + 1 }));
    const lane = createLaneIndex();
    const stored = new Y.Doc();
    for (let at = 0; at < cards; at++) {
      const device = devices[at % sessions] as (typeof devices)[number];
      const [{ doc }] = device.lanes as [(typeof device.lanes)[number]];
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(stored, Y.encodeStateVector(doc)));
      for (const update of updatesOf(doc, () => {
        const id = aCard(device.board, {
          area: areas[at % areas.length] ?? "home",
          time: times[at % times.length] ?? "now",
        });
        device.board.placeCard(id, { area: "home", time: "now", at: { x: at, y: at } });
        device.board.writeWords({ of: "card", id, field: "words" }, `My grandmother Ruth, ${at}`);
        device.board.writeWords({ of: "card", id, field: "words" }, `Grandmother Ruth, ${at}`);
      })) {
        expect(receive(lane, update)).toBe("news");
        Y.applyUpdate(stored, update);
      }
    }
    expect(lane.stateVector()).toEqual(Y.encodeStateVector(stored));
    expect(lane.bytes()).toBeLessThan(Y.encodeStateAsUpdate(stored).length * 0.3 + 300);
    for (const { board } of devices) board.close();
  }
});

import * as encoding from "lib0/encoding";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { type LaneState, openDocLaneState } from "../../../../server/relay/lane-state.ts";
import { createRelay } from "../../../../server/relay/relay.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane, updateFrameOf } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, sharedLane } from "../../../support/lane-people.ts";

const emptyLane = { snapshot: undefined, tail: [], clientIds: [], damage: undefined, returningUntil: undefined };
const aLane = (): LaneState => openDocLaneState(emptyLane).state;

/** Maps in maps, each born in an update of its own. */
function nestedTypes(levels: number): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  let inner = doc.getMap("cards");
  for (let level = 0; level < levels; level++) {
    const next = new Y.Map<unknown>();
    inner.set("inside", next);
    inner = next;
  }
  return updates;
}

function oneValue(value: unknown): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("cards").set("value", value);
  return Y.encodeStateAsUpdate(doc);
}

/** A list in a list in a list, as bytes alone: no encoder of ours goes that deep. */
function deepValue(levels: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const part of [1, 1, 77, 0, 8, 1]) encoding.writeVarUint(encoder, part);
    encoding.writeVarString(encoder, "cards");
    encoding.writeVarUint(encoder, 1);
    for (let level = 0; level < levels; level++) {
      encoding.writeUint8(encoder, 117);
      encoding.writeVarUint(encoder, 1);
    }
    encoding.writeUint8(encoder, 126);
    encoding.writeVarUint(encoder, 0);
  });
}

test("[R4] types within types are taken to the limit and no further, in one update and over many", () => {
  const fine = nestedTypes(limits.typeNesting);
  expect(aLane().weigh(Y.mergeUpdates([...fine]))).toBe("news");
  const deeper = nestedTypes(limits.typeNesting + 1);
  expect(aLane().weigh(Y.mergeUpdates([...deeper]))).toBe("malformed");

  const lane = aLane();
  for (const update of deeper.slice(0, -1)) {
    expect(lane.weigh(update)).toBe("news");
    expect(lane.applyUpdate(update).kind).toBe("whole");
  }
  expect(lane.weigh(deeper.at(-1) as Uint8Array)).toBe("malformed");
});

test("[R4] an update weighed before what it hangs on was applied is looked at again when it is applied", () => {
  const updates = nestedTypes(limits.typeNesting + 1);
  const lane = aLane();
  for (const update of updates) expect(lane.weigh(update)).toBe("news");
  expect(updates.map((update) => lane.applyUpdate(update).kind === "whole")).toEqual(
    updates.map((_, index) => index < limits.typeNesting),
  );
});

test("[R4] a stored lane is opened without what lies too deep", () => {
  const tail = nestedTypes(limits.typeNesting + 1).map((bytes, index) => ({
    ...{ seq: index + 1, at: 0, bytes, returned: false },
    personId: aPerson("Ana").personId,
  }));
  expect(openDocLaneState({ ...emptyLane, tail }).skipped).toBe(1);
});

test("[R4] values within values, numbers past counting and documents within documents are refused", () => {
  expect(aLane().weigh(oneValue({ at: { x: [1, 2], y: { z: 3 } } }))).toBe("news");
  for (const levels of [20, 3_000, 20_000]) expect(aLane().weigh(deepValue(levels))).toBe("malformed");
  expect(aLane().weigh(oneValue(new Y.Doc()))).toBe("malformed");
  const farAhead = [1, 1, 78, 0, 0, limits.largestClock + 1, 0];
  const update = encoding.encode((encoder) => {
    for (const part of farAhead) encoding.writeVarUint(encoder, part);
  });
  expect(aLane().weigh(update)).toBe("malformed");
});

test("[R4] an update that deletes many separate stretches is refused, and one that repeats old deletions is not", () => {
  const doc = new Y.Doc({ gc: false });
  const clientId = doc.clientID;
  doc.getText("words").insert(0, "x".repeat(20_000));
  const lane = aLane();
  lane.applyUpdate(Y.encodeStateAsUpdate(doc));
  const deletes = (from: number, count: number) =>
    encoding.encode((encoder) => {
      for (const part of [0, 1, clientId, count]) encoding.writeVarUint(encoder, part);
      for (let index = 0; index < count; index++) {
        encoding.writeVarUint(encoder, (from + index) * 2);
        encoding.writeVarUint(encoder, 1);
      }
    });
  expect(lane.weigh(deletes(0, limits.newDeletions + 1))).toBe("too-large");
  const [first, second] = [deletes(0, limits.newDeletions), deletes(limits.newDeletions, 1_000)];
  for (const update of [first, second]) {
    expect(lane.weigh(update)).toBe("news");
    lane.applyUpdate(update);
  }
  expect(lane.weigh(deletes(0, limits.newDeletions + 1_000))).toBe("nothing-new");
});

test("[R4] what waits for changes that never come does not pile up, and what comes in order is taken", () => {
  const lane = aLane();
  for (let count = 0; count < 300; count++) {
    const doc = new Y.Doc();
    doc.getText("words").insert(0, "a");
    const before = Y.encodeStateVector(doc);
    doc.getText("words").insert(1, "x".repeat(1_000));
    expect(lane.applyUpdate(Y.encodeStateAsUpdate(doc, before)).kind).toBe("part");
  }
  expect(lane.encode().length).toBe(2);
  lane.applyUpdate(oneValue("here"));
  const copy = new Y.Doc();
  Y.applyUpdate(copy, lane.encode());
  expect(copy.getMap("cards").get("value")).toBe("here");
});

test("[R4] who sends such a thing is told, and nobody else notices", async () => {
  const store = createFakeLaneStore();
  const relay = createRelay({ store, clock: createFakeClock(), log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(aPerson("Ana")));
  const other = joinLane(relay, anAdmission(aPerson("Bo")));
  await rest();
  one.sendFrame(updateFrameOf(Y.mergeUpdates([...nestedTypes(3_000)])));
  one.sendFrame(updateFrameOf(deepValue(5_000)));
  await rest();
  expect(one.told.filter(({ type }) => type === "refused")).toHaveLength(2);
  expect(store.rows(sharedLane)).toEqual([]);
  other.write("garden", "I grow tomatoes");
  await rest();
  expect(one.words()).toEqual({ garden: "I grow tomatoes" });
});

test("[R4] a lane that holds updates which cannot be applied is written as a snapshot past them when it is opened", async () => {
  const store = createFakeLaneStore();
  for (const bytes of nestedTypes(limits.typeNesting + 3)) {
    await store.append({ laneId: sharedLane, personId: aPerson("Ana").personId, at: 0, bytes }).written;
  }
  const relay = createRelay({ store, clock: createFakeClock(), log: { info: () => {}, warn: () => {} } });
  joinLane(relay, anAdmission(aPerson("Ana")));
  await rest();
  expect(store.snapshot(sharedLane)?.upTo).toBe(limits.typeNesting + 3);
});

test("[R3] what hangs on changes that the lane lacks reaches nobody and is not acked, until it comes in order", async () => {
  const store = createFakeLaneStore();
  const relay = createRelay({ store, clock: createFakeClock(), log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(aPerson("Ana")), { silent: true });
  const other = joinLane(relay, anAdmission(aPerson("Bo")));
  await rest();
  const doc = new Y.Doc();
  doc.getMap("cards").set("first", "never sent");
  const before = Y.encodeStateVector(doc);
  doc.getMap("cards").set("second", "sent alone");
  one.sendFrame(updateFrameOf(Y.encodeStateAsUpdate(doc, before)));
  await rest();
  expect(other.doc.store.pendingStructs).toBeNull();
  expect(one.acked()).toBe(0);
  expect(one.frameTypes.at(-1)).toBe("0.0");
  // A step 2, as any client answers.
  const whole = updateFrameOf(Y.encodeStateAsUpdate(doc)).slice();
  whole[1] = 1;
  one.sendFrame(whole);
  await rest();
  expect(other.words()).toEqual({ first: "never sent", second: "sent alone" });
  expect(one.acked()).toBe(2);
});

import { expect, test } from "vitest";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { createRelay } from "../../../../server/relay/relay.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane, step1FrameOf, updateFrameOf } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, offersLane, sharedLane } from "../../../support/lane-people.ts";

const silentLog = { info: () => {}, warn: () => {} };
const ana = aPerson("Ana");
const bo = aPerson("Bo", { role: "worker" });

function aRelay() {
  const store = createFakeLaneStore();
  const clock = createFakeClock();
  const relay = createRelay({ store, clock, log: silentLog });
  return { store, clock, relay };
}

async function anaAndBo() {
  const world = aRelay();
  const one = joinLane(world.relay, anAdmission(ana));
  const other = joinLane(world.relay, anAdmission(bo));
  await rest();
  return { ...world, one, other };
}

const anUpdate = (words = "hello"): Uint8Array => {
  const doc = new Y.Doc();
  doc.getMap("cards").set("card", words);
  return Y.encodeStateAsUpdate(doc);
};

test("[R1] an update reaches nobody else before it is written", async () => {
  const { store, one, other } = await anaAndBo();
  store.holds = "writing";
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({});
  store.release();
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
});

test("[R1] an update is passed on once written, and acked only when forced", async () => {
  const { store, one, other } = await anaAndBo();
  const before = one.acked();
  store.holds = "forcing";
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
  expect(one.acked()).toBe(before);
  store.release();
  await rest();
  expect(one.acked()).toBe(one.sentCount());
});

test("[R1] nothing is echoed to its sender", async () => {
  const { one, other } = await anaAndBo();
  const framesBefore = one.frameTypes.filter((type) => type.startsWith("0.")).length;
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.frameTypes.at(-1)).toBe("0.2");
  expect(one.frameTypes.filter((type) => type.startsWith("0.")).length).toBe(framesBefore);
});

test("[R1] an update is passed on in the very frame it came in", async () => {
  const { one, other } = await anaAndBo();
  const frame = updateFrameOf(anUpdate());
  one.sendFrame(frame);
  await rest();
  expect(other.framesReceived.at(-1)).toBe(frame);
});

test("[R2] updates that settle together are acked in one frame", async () => {
  const { store, one } = await anaAndBo();
  store.holds = "forcing";
  for (let index = 0; index < 10; index++) one.write(`card-${index}`, "words");
  await rest();
  const before = one.told.length;
  store.release();
  await rest();
  expect(one.told.slice(before)).toEqual([{ type: "ack", count: one.sentCount() }]);
});

test("[R2] a sync step 2 with nothing new is acked and not stored", async () => {
  const { store, one } = await anaAndBo();
  expect(one.sentCount()).toBe(1);
  expect(one.acked()).toBe(1);
  expect(store.rows(sharedLane)).toHaveLength(0);
});

test("[R2] an update that the lane has already, not yet forced, is acked only when it is forced", async () => {
  const { store, one, other } = await anaAndBo();
  store.holds = "forcing";
  const update = anUpdate();
  one.sendFrame(updateFrameOf(update));
  await rest();
  other.sendFrame(updateFrameOf(update));
  await rest();
  expect(other.acked()).toBe(1);
  store.release();
  await rest();
  expect(other.acked()).toBe(2);
  expect(store.rows(sharedLane)).toHaveLength(1);
});

test("[R2] a client that did not ask gets no message type of ours", async () => {
  const { relay, clock, store } = aRelay();
  const stock = joinLane(relay, anAdmission(ana), { asksAcks: false });
  await rest();
  stock.write("garden", "I grow tomatoes");
  store.fails = "everything";
  stock.write("fence", "I mend fences");
  await clock.advance(1_000);
  store.fails = "nothing";
  await clock.advance(2_000);
  relay.personChanged(ana);
  expect(stock.told).toEqual([]);
  expect(stock.frameTypes.every((type) => Number(type) < 100)).toBe(true);
});

test("[R7] nothing is answered before the lane is loaded, and what came meanwhile is kept", async () => {
  const { relay, store } = aRelay();
  const first = joinLane(relay, anAdmission(ana));
  await rest();
  first.write("garden", "I grow tomatoes");
  await rest();
  const restarted = createRelay({ store, clock: createFakeClock(), log: silentLog });
  store.holds = "loading";
  const late = joinLane(restarted, anAdmission(bo));
  late.write("bike", "I can mend a bike");
  await rest();
  expect(late.frameTypes).toEqual([]);
  store.release();
  await rest();
  expect(late.words()).toEqual({ garden: "I grow tomatoes", bike: "I can mend a bike" });
  expect(late.acked()).toBe(late.sentCount());
  const afterwards = joinLane(createRelay({ store, clock: createFakeClock(), log: silentLog }), anAdmission(ana));
  await rest();
  expect(afterwards.words()).toEqual(late.words());
});

test("[R7] somebody who sends a megabyte before the lane is loaded starts again", async () => {
  const { relay, store } = aRelay();
  store.holds = "loading";
  const eager = joinLane(relay, anAdmission(ana), { silent: true });
  for (let index = 0; index < 5; index++) eager.sendFrame(new Uint8Array(250_000));
  expect(eager.closedWith()).toEqual({ code: 1013, reason: "resync" });
});

test("[R8] a reader's write is refused with a message and never stored", async () => {
  const { relay, store } = aRelay();
  const reader = joinLane(relay, anAdmission(ana, { access: "read" }));
  const writer = joinLane(relay, anAdmission(bo));
  await rest();
  reader.write("garden", "I grow tomatoes");
  await rest();
  expect(reader.told).toContainEqual({ type: "refused", count: 2, kind: "read-only" });
  expect(store.rows(sharedLane)).toHaveLength(0);
  expect(writer.words()).toEqual({});
  expect(reader.closedWith()).toBeUndefined();
});

test("[R8] a stock reader's write is answered with permission denied", async () => {
  const { relay, store } = aRelay();
  const reader = joinLane(relay, anAdmission(ana, { access: "read" }), { asksAcks: false });
  await rest();
  reader.write("garden", "I grow tomatoes");
  await rest();
  expect(reader.denied).toEqual(["read-only"]);
  expect(store.rows(sharedLane)).toHaveLength(0);
});

test("[R8] a reader's sync step 2 with nothing new is no offence, also where things were deleted", async () => {
  const { relay } = aRelay();
  const writer = joinLane(relay, anAdmission(bo));
  await rest();
  writer.write("garden", "I grow tomatoes");
  writer.doc.getMap("cards").delete("garden");
  await rest();
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(writer.doc));
  const reader = joinLane(relay, anAdmission(ana, { access: "read" }), { doc: copy });
  await rest();
  expect(reader.sentCount()).toBe(1);
  expect(reader.told).toEqual([{ type: "ack", count: 1 }]);
});

test("[R4] an update that cannot be decoded is refused as malformed", async () => {
  const { store, one, other } = await anaAndBo();
  one.sendFrame(updateFrameOf(new Uint8Array([9, 9, 9, 9])));
  await rest();
  expect(one.told).toContainEqual({ type: "refused", count: 2, kind: "malformed" });
  expect(store.rows(sharedLane)).toHaveLength(0);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
  expect(one.acked()).toBe(3);
});

test("[R4] an update over the limit is refused as too large; a sync step 2 of that size is taken", async () => {
  const { store, one } = await anaAndBo();
  const story = new Y.Doc();
  story.getText("story").insert(0, "x".repeat(limits.updateBytes));
  const big = Y.encodeStateAsUpdate(story);
  one.sendFrame(updateFrameOf(big));
  await rest();
  expect(one.told).toContainEqual({ type: "refused", count: 2, kind: "too-large" });
  const asStep2 = updateFrameOf(big);
  asStep2[1] = 1;
  one.sendFrame(asStep2);
  await rest();
  expect(store.rows(sharedLane)).toHaveLength(1);
  expect(one.acked()).toBe(3);
});

test.each([
  ["an unknown message type", new Uint8Array([77, 1, 2, 3])],
  ["an unknown sync type", new Uint8Array([0, 9, 1, 0])],
  ["one of the relay's own types", new Uint8Array([100, 1])],
  ["an empty frame", new Uint8Array()],
  ["a length beyond the frame", new Uint8Array([0, 2, 200, 1, 1])],
  ["bytes left over", new Uint8Array([0, 0, 1, 0, 7])],
  ["a number without an end", new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 255, 255])],
  ["a state vector that is none", new Uint8Array([0, 0, 2, 200, 200])],
  ["presence cut short", new Uint8Array([1, 2, 1, 200])],
])("[R4] %s closes the socket with 1002, and the others stay", async (_what, frame) => {
  const { clock, one, other } = await anaAndBo();
  one.sendFrame(frame);
  await clock.advance(1_000);
  expect(one.closedWith()).toEqual({ code: 1002, reason: "protocol" });
  expect(other.closedWith()).toBeUndefined();
});

test("[R4] a length inside a frame cannot read what lies behind it in the socket's buffer", async () => {
  const { store, one, other } = await anaAndBo();
  const slab = new Uint8Array(64).fill(42);
  slab.set([0, 2, 40], 8);
  one.sendFrame(slab.subarray(8, 14));
  await rest();
  expect(one.closedWith()?.code).toBe(1002);
  expect(other.frameTypes).not.toContain("0.2");
  expect(store.rows(sharedLane)).toHaveLength(0);
});

test("[R4] one who asks again and again for the whole lane is answered at once, and then once a second", async () => {
  const { clock, one } = await anaAndBo();
  const answers = () => one.frameTypes.filter((type) => type === "0.1").length;
  const before = answers();
  for (let times = 0; times < 100; times++) one.sendFrame(step1FrameOf(new Y.Doc()));
  expect(answers()).toBe(before);
  await clock.advance(1_000);
  expect(answers()).toBe(before + 1);
  one.sendFrame(step1FrameOf(new Y.Doc()));
  await clock.advance(1_000);
  expect(answers()).toBe(before + 2);
  expect(one.closedWith()).toBeUndefined();
});

test("[R4] a text frame closes the socket with 1003", async () => {
  const { one } = await anaAndBo();
  one.sendText();
  expect(one.closedWith()).toEqual({ code: 1003, reason: "notBinary" });
});

test("[R2] while the store fails nothing is acked or passed on, and everyone on the board is told within a second", async () => {
  const { relay, store, clock, one, other } = await anaAndBo();
  const onOffers = joinLane(relay, anAdmission(aPerson("Cy"), { laneId: offersLane }));
  await rest();
  store.fails = "everything";
  const acked = one.acked();
  one.write("garden", "I grow tomatoes");
  one.write("bike", "I can mend a bike");
  await clock.advance(1_000);
  for (const client of [one, other, onOffers])
    expect(client.told).toContainEqual({ type: "notice", kind: "not-storing" });
  expect(one.acked()).toBe(acked);
  expect(other.words()).toEqual({});
});

test("[R2] when the store is back, what was dropped comes back, is stored, passed on and acked", async () => {
  const { store, clock, one, other } = await anaAndBo();
  store.fails = "everything";
  one.write("garden", "I grow tomatoes");
  await rest();
  one.write("bike", "I can mend a bike");
  await clock.advance(3_000);
  store.fails = "nothing";
  await clock.advance(1_000);
  expect(one.told).toContainEqual({ type: "notice", kind: "storing-again" });
  expect(other.words()).toEqual({ garden: "I grow tomatoes", bike: "I can mend a bike" });
  expect(one.acked()).toBe(one.sentCount());
});

test("[R2] a stock client's dropped edits come back too", async () => {
  const { relay, store, clock } = aRelay();
  const stock = joinLane(relay, anAdmission(ana), { asksAcks: false });
  const other = joinLane(relay, anAdmission(bo), { asksAcks: false });
  await rest();
  store.fails = "everything";
  stock.write("garden", "I grow tomatoes");
  await clock.advance(500);
  store.fails = "nothing";
  await clock.advance(1_000);
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
});

test("[R2] what was seen but not forced is stored again when the store is back, and acked only then", async () => {
  const { store, clock, one, other } = await anaAndBo();
  store.fails = "forcing";
  one.write("garden", "I grow tomatoes");
  await clock.advance(3_000);
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
  expect(one.acked()).toBe(1);
  const rows = store.rows(sharedLane).length;
  store.fails = "nothing";
  await clock.advance(1_000);
  expect(store.rows(sharedLane).length).toBe(rows + 1);
  expect(one.acked()).toBe(one.sentCount());
  expect(other.frameTypes.filter((type) => type === "0.2")).toHaveLength(1);
});

test("[R2] somebody who comes while the store fails is told", async () => {
  const { relay, store, one } = await anaAndBo();
  store.fails = "everything";
  one.write("garden", "I grow tomatoes");
  await rest();
  const late = joinLane(relay, anAdmission(aPerson("Cy")));
  await rest();
  expect(late.told).toContainEqual({ type: "notice", kind: "not-storing" });
});

test("[R2] a lane that cannot be loaded says so, and opens when the store is back", async () => {
  const { relay, store, clock } = aRelay();
  store.fails = "everything";
  const one = joinLane(relay, anAdmission(ana));
  await clock.advance(5_000);
  expect(one.told).toEqual([{ type: "notice", kind: "not-storing" }]);
  store.fails = "nothing";
  await clock.advance(1_000);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(one.told).toContainEqual({ type: "notice", kind: "storing-again" });
  expect(one.acked()).toBe(one.sentCount());
});

test("[R6] a reader past a megabyte queued is closed with 1013, and the others stay", async () => {
  const { one, other } = await anaAndBo();
  other.setQueuedBytes(limits.queuedBytesBeforeClose + 1);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.closedWith()).toEqual({ code: 1013, reason: "resync" });
  expect(one.closedWith()).toBeUndefined();
});

test("[R7] 64 updates become a snapshot as soon as nobody writes, 256 at once, and a new relay starts from it", async () => {
  const { store, clock, one, other } = await anaAndBo();
  for (let index = 0; index < 63; index++) one.write(`card-${index}`, "words");
  await clock.advance(10_000);
  expect(store.snapshot(sharedLane)).toBeUndefined();
  for (let index = 63; index < 70; index++) {
    one.write(`card-${index}`, "words");
    await rest();
    await clock.advance(1_900);
  }
  expect(store.snapshot(sharedLane)).toBeUndefined();
  await clock.advance(100);
  expect(store.snapshot(sharedLane)?.upTo).toBe(70);
  for (let index = 0; index < 256; index++) other.write("story", `${index} words`);
  await rest();
  expect(store.snapshot(sharedLane)?.upTo).toBe(326);
  expect(store.rows(sharedLane)).toHaveLength(326);
  const restarted = createRelay({ store, clock: createFakeClock(), log: silentLog });
  const late = joinLane(restarted, anAdmission(bo));
  await rest();
  expect(Object.keys(late.words())).toHaveLength(71);
});

test("[R7] a lane that everybody left is written as a snapshot and closed after its grace, and not before", async () => {
  const { relay, store, clock, one, other } = await anaAndBo();
  one.write("garden", "I grow tomatoes");
  await rest();
  one.hangUp();
  other.hangUp();
  await clock.advance(29_000);
  expect(relay.counts().rooms).toBe(1);
  await clock.advance(2_000);
  expect(relay.counts().rooms).toBe(0);
  expect(store.snapshot(sharedLane)?.upTo).toBe(1);
  const late = joinLane(relay, anAdmission(bo));
  await rest();
  expect(late.words()).toEqual({ garden: "I grow tomatoes" });
});

test("[R1] drain waits until everything received is forced and acked, then tells everyone to come back", async () => {
  const { relay, store, one, other } = await anaAndBo();
  store.holds = "forcing";
  one.write("garden", "I grow tomatoes");
  await rest();
  const drained = relay.drain();
  await rest();
  expect(one.closedWith()).toBeUndefined();
  store.release();
  await drained;
  expect(one.acked()).toBe(one.sentCount());
  for (const client of [one, other]) expect(client.closedWith()).toEqual({ code: 1012, reason: "restarting" });
  expect(store.snapshot(sharedLane)?.upTo).toBe(1);
  expect(joinLane(relay, anAdmission(ana)).closedWith()?.code).toBe(1012);
});

test("[R1] drain keeps what came while the lane was still loading", async () => {
  const { relay, store } = aRelay();
  store.holds = "loading";
  const eager = joinLane(relay, anAdmission(ana), { silent: true });
  eager.sendFrame(updateFrameOf(anUpdate()));
  const drained = relay.drain();
  store.release();
  await drained;
  expect(store.rows(sharedLane)).toHaveLength(1);
  expect(eager.acked()).toBe(1);
});

test("[R1] drain does not wait for ever on a store that fails", async () => {
  const { relay, store, one } = await anaAndBo();
  store.fails = "everything";
  one.write("garden", "I grow tomatoes");
  await relay.drain();
  expect(one.acked()).toBe(1);
  expect(one.closedWith()?.code).toBe(1012);
});

test.each(["throws", "gives nothing"])("[R7] a lane whose folding %s stalls nobody and loses nothing", async (how) => {
  const store = createFakeLaneStore();
  const work = {
    fold: async () => (how === "throws" ? Promise.reject(new Error("broken")) : undefined),
    diff: async () => (how === "throws" ? Promise.reject(new Error("broken")) : undefined),
  };
  const clock = createFakeClock();
  const relay = createRelay({ store, clock, log: silentLog, work });
  const one = joinLane(relay, anAdmission(ana));
  await rest();
  for (let index = 0; index < 150; index++) one.write(`card-${index}`, "words");
  await rest();
  await clock.advance(2_000);
  expect(one.acked()).toBe(one.sentCount());
  expect(store.snapshot(sharedLane)).toBeUndefined();
  expect(relay.counts()["work-failed"]).toBe(1);
  for (let index = 150; index < 300; index++) one.write(`card-${index}`, "words");
  await rest();
  await clock.advance(2_000);
  expect(relay.counts()["work-failed"]).toBe(2);
  const late = joinLane(relay, anAdmission(bo));
  await rest();
  expect(Object.keys(late.words())).toHaveLength(300);
});

test("[R7] a client with all of it gets nothing new, one with nothing gets all", async () => {
  const { relay, one } = await anaAndBo();
  one.write("garden", "I grow tomatoes");
  await rest();
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(one.doc));
  const same = joinLane(relay, anAdmission(bo), { doc: copy, silent: true });
  same.sendFrame(step1FrameOf(copy));
  await rest();
  expect(same.framesReceived.at(-1)?.length).toBeLessThan(10);
  const empty = joinLane(relay, anAdmission(bo));
  await rest();
  expect(empty.words()).toEqual({ garden: "I grow tomatoes" });
});

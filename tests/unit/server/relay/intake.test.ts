import * as encoding from "lib0/encoding";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { createRelay } from "../../../../server/relay/relay.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane, type LaneClient, presenceEntryOf, updateFrameOf } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, sharedLane } from "../../../support/lane-people.ts";

/** What becomes of updates that nobody honest sends, byte for byte, and of honest ones that look alike. */

const ana = aPerson("Ana");
const bo = aPerson("Bo", { role: "worker" });
const mallory = aPerson("Mallory");

async function aLane() {
  const store = createFakeLaneStore();
  const clock = createFakeClock();
  const relay = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana));
  const other = joinLane(relay, anAdmission(bo));
  const forger = joinLane(relay, anAdmission(mallory));
  await rest();
  return { store, clock, relay, one, other, forger, rows: () => store.rows(sharedLane) };
}

const refusals = (client: LaneClient) =>
  client.told.flatMap((message) => (message.type === "refused" ? [message.kind] : []));
const step2FrameOf = (update: Uint8Array) => {
  const frame = updateFrameOf(update).slice();
  frame[1] = 1;
  return frame;
};
const bytesOf = (...parts: (number | string | Uint8Array)[]) =>
  encoding.encode((encoder) => {
    for (const part of parts) {
      if (typeof part === "string") encoding.writeVarString(encoder, part);
      else if (typeof part === "object") encoding.writeUint8Array(encoder, part);
      else encoding.writeVarUint(encoder, part);
    }
  });
/** An update with one struct that says nothing but that these clocks are gone. */
const goneFrom = (client: number, clock: number, length: number) => bytesOf(1, 1, client, clock, 0, length, 0);
const skipFrom = (client: number, clock: number, length: number) => bytesOf(1, 1, client, clock, 10, length, 0);
/** The first byte of a letter that names what stands left of it. */
const leftOf = new Uint8Array([0x84]);
/** A letter at a clock of a client, in a root of its own. */
const letterAt = (client: number, clock: number) => bytesOf(1, 1, client, clock, 4, 1, "words", "x", 0);
/** The same in a document that no client of the test writes to. */
const copyOf = (doc: Y.Doc) => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
};
const clockOf = (client: LaneClient, of = client) => Y.getState(client.doc.store, of.doc.clientID);

test("[R3] the first to show a client id owns it for good, also after a new start", async () => {
  const { store, clock, one, rows } = await aLane();
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(store.owners(sharedLane).get(one.doc.clientID)).toBe(ana.personId);
  const restarted = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const forger = joinLane(restarted, anAdmission(mallory));
  await rest();
  forger.sendFrame(updateFrameOf(letterAt(one.doc.clientID, clockOf(one))));
  await rest();
  expect(refusals(forger)).toEqual(["not-yours"]);
  expect(rows()).toHaveLength(1);
});

test("[R3] presence alone makes a client id its person's, and the store keeps it", async () => {
  const { store, one, forger, rows } = await aLane();
  one.sendFrame(presenceEntryOf(one.doc.clientID, 1, "{}"));
  await rest();
  expect(store.owners(sharedLane).get(one.doc.clientID)).toBe(ana.personId);
  forger.sendFrame(updateFrameOf(letterAt(one.doc.clientID, 0)));
  await rest();
  expect(refusals(forger)).toEqual(["not-yours"]);
  expect(rows()).toHaveLength(0);
});

test("[R3] a client id shown while the store fails is kept with its first update", async () => {
  const { store, clock, one } = await aLane();
  store.fails = "everything";
  one.sendFrame(presenceEntryOf(one.doc.clientID, 1, "{}"));
  await rest();
  expect(store.owners(sharedLane).size).toBe(0);
  store.fails = "nothing";
  one.write("garden", "I grow tomatoes");
  await clock.advance(1_000);
  expect(store.owners(sharedLane).get(one.doc.clientID)).toBe(ana.personId);
});

test.each<[string, (victim: number, clock: number) => Uint8Array, string]>([
  ["words in somebody else's name", letterAt, "not-yours"],
  ["the 16 bytes that would mute somebody", (victim, clock) => goneFrom(victim, clock, 1_000), "not-yours"],
  ["somebody's next clocks as gone, one too many", (victim, clock) => goneFrom(victim, clock - 1, 2), "not-yours"],
  ["a jump of somebody's clock", (victim, clock) => letterAt(victim, clock + 1_000), "not-yours"],
  ["a jump of its own clock", () => letterAt(4711, 1_000), "gap"],
  ["a hole in somebody's clocks", (victim, clock) => skipFrom(victim, clock, 1_000), "malformed"],
  ["a deletion of what is still to be written", (victim, clock) => bytesOf(0, 1, victim, 1, clock, 10), "gap"],
  ["what hangs on something that nobody has", () => bytesOf(1, 1, 4711, 0, leftOf, 99, 99, "x", 0), "gap"],
  ["structs that wait for each other", () => bytesOf(1, 1, 4711, 0, leftOf, 4711, 1, "x", 0), "malformed"],
  ["more than can be gone at once", () => goneFrom(4711, 0, 2 ** 40), "too-large"],
])(
  "[R3] %s reaches nobody and is not stored, its sender hears why, and all others go on",
  async (_what, forge, why) => {
    const { one, other, forger, rows } = await aLane();
    one.write("garden", "I grow tomatoes");
    await rest();
    // A forger that has answered all that it was asked: nothing excuses a gap.
    forger.sendFrame(updateFrameOf(forge(one.doc.clientID, clockOf(one))));
    await rest();
    expect(refusals(forger)).toEqual([why]);
    expect(rows()).toHaveLength(1);
    one.write("fence", "I mend fences");
    other.write("bike", "I can mend a bike");
    await rest();
    const all = { garden: "I grow tomatoes", fence: "I mend fences", bike: "I can mend a bike" };
    for (const client of [one, other]) {
      expect(client.words()).toEqual(all);
      expect(client.doc.store.pendingStructs).toBeNull();
      expect(client.acked()).toBe(client.sentCount());
    }
  },
);

test("[R3] at the third offence the socket is closed for good, and two leave it open", async () => {
  const { one, forger } = await aLane();
  one.write("garden", "I grow tomatoes");
  await rest();
  const forgery = updateFrameOf(letterAt(one.doc.clientID, clockOf(one)));
  for (let times = 0; times < limits.offences - 1; times++) forger.sendFrame(forgery);
  expect(forger.closedWith()).toBeUndefined();
  forger.sendFrame(forgery);
  expect(refusals(forger)).toEqual(["not-yours", "not-yours", "not-yours"]);
  expect(forger.closedWith()).toEqual({ code: 4408, reason: "refused" });
});

test("[R3] a stock client hears by an auth message why it was refused", async () => {
  const { relay, one } = await aLane();
  one.write("garden", "I grow tomatoes");
  const stock = joinLane(relay, anAdmission(mallory), { asksAcks: false });
  await rest();
  stock.sendFrame(updateFrameOf(letterAt(one.doc.clientID, clockOf(one))));
  expect(stock.denied).toEqual(["not-yours"]);
  expect(stock.frameTypes.every((type) => Number(type) < 100)).toBe(true);
});

test("[R3] presence in somebody else's name is an offence, what a stock client repeats of others is none", async () => {
  const { clock, relay, one, other, forger } = await aLane();
  one.awareness.setLocalState({ pointer: { x: 1 } });
  await clock.advance(100);
  other.awareness.setLocalState({ pointer: { x: 2 } });
  await clock.advance(100);
  // Each has repeated the other's by now, and would once more when it goes.
  one.awareness.setLocalState(null);
  await clock.advance(100);
  expect(relay.counts()["forged-presence"]).toBe(0);
  for (let times = 0; times < limits.offences; times++) {
    expect(forger.closedWith()).toBeUndefined();
    forger.sendFrame(presenceEntryOf(one.doc.clientID, 50 + times, '{"pointer":{"x":666}}'));
  }
  expect(forger.closedWith()?.code).toBe(4408);
  expect(other.closedWith()).toBeUndefined();
});

test("[R3] a person's changes from several old client ids come back at once, as after a long time without a connection", async () => {
  const { relay, store, other } = await aLane();
  const device = new Y.Doc();
  for (const [key, words] of [
    ["a", "from monday"],
    ["b", "from tuesday"],
    ["c", "from today"],
  ] as const) {
    const session = new Y.Doc();
    Y.applyUpdate(session, Y.encodeStateAsUpdate(device));
    session.getMap("cards").set(key, words);
    session.getMap("cards").set(`${key}-more`, words);
    Y.applyUpdate(device, Y.encodeStateAsUpdate(session));
  }
  const back = joinLane(relay, anAdmission(ana), { doc: device });
  await rest();
  expect(refusals(back)).toEqual([]);
  expect(Object.keys(other.words())).toHaveLength(6);
  expect(new Set(store.owners(sharedLane).values())).toEqual(new Set([ana.personId]));
  expect(store.owners(sharedLane).size).toBe(3);
  // And a device that knows all of them and writes on.
  back.write("d", "and now");
  await rest();
  expect(back.acked()).toBe(back.sentCount());
});

test("[R3] two devices of one person each have their client id, and neither may be used by anybody else", async () => {
  const { relay, store, one, forger } = await aLane();
  const phone = joinLane(relay, anAdmission(ana, { sessionTokenHash: "phone" }));
  await rest();
  one.write("garden", "I grow tomatoes");
  phone.write("fence", "I mend fences");
  await rest();
  for (const device of [one, phone]) {
    expect(store.owners(sharedLane).get(device.doc.clientID)).toBe(ana.personId);
    forger.sendFrame(updateFrameOf(letterAt(device.doc.clientID, clockOf(device))));
  }
  expect(refusals(forger)).toEqual(["not-yours", "not-yours"]);
});

test("[R1] updates that follow each other faster than the disk are all taken, in order", async () => {
  const { store, one, other } = await aLane();
  store.holds = "writing";
  const words = one.doc.getText("story");
  for (const letter of "tomatoes") words.insert(words.length, letter);
  one.doc.getText("story").delete(0, 2);
  await rest();
  expect(refusals(one)).toEqual([]);
  store.release();
  await rest();
  expect(other.doc.getText("story").toJSON()).toBe("matoes");
  expect(one.acked()).toBe(one.sentCount());
});

test("[R1] what hangs on an update that was lost is not passed on though it is written, and comes back with it", async () => {
  const { store, clock, relay, one, other, rows } = await aLane();
  store.holds = "writing";
  store.fails = "next";
  one.write("first", "lost on its way");
  one.write("second", "written without the first");
  await rest();
  store.release();
  await rest();
  expect(rows()).toHaveLength(1);
  expect(other.words()).toEqual({});
  expect(other.doc.store.pendingStructs).toBeNull();
  await clock.advance(2_000);
  const all = { first: "lost on its way", second: "written without the first" };
  expect(other.words()).toEqual(all);
  expect(one.acked()).toBe(one.sentCount());
  expect(refusals(one)).toEqual([]);
  // The written one stays in the log, and whoever starts from the log passes it over in the same way.
  const restarted = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const late = joinLane(restarted, anAdmission(bo));
  await rest();
  expect(late.words()).toEqual(all);
  expect(relay.counts().gaps + relay.counts()["refused-gap"]).toBe(0);
});

test("[R2] what somebody repeats of an update that is then lost is not acked before it is kept", async () => {
  const { store, clock, one, other } = await aLane();
  store.holds = "writing";
  store.fails = "next";
  const doc = new Y.Doc();
  doc.getMap("cards").set("garden", "I grow tomatoes");
  const frame = updateFrameOf(Y.encodeStateAsUpdate(doc));
  one.sendFrame(frame);
  one.sendFrame(frame);
  await rest();
  store.release();
  await rest();
  expect(one.acked()).toBe(1);
  expect(other.words()).toEqual({});
  await clock.advance(2_000);
  expect(store.rows(sharedLane)).toHaveLength(0);
});

test("[R3] a change made between the opening of a socket and its catching up is no gap of its sender's", async () => {
  const { relay, other } = await aLane();
  const device = new Y.Doc();
  device.getMap("cards").set("offline", "written without a connection");
  const back = joinLane(relay, anAdmission(ana), { doc: device });
  // The relay's question is on its way; what is written now hangs on what has not been sent.
  back.write("online", "written a moment later");
  await rest();
  expect(refusals(back)).toEqual([]);
  expect(other.words()).toEqual({ offline: "written without a connection", online: "written a moment later" });
  expect(back.acked()).toBe(back.sentCount());
});

test("[R3] a stock client that pasted too much at once is asked for it, and what it writes next is no offence", async () => {
  const { relay, other } = await aLane();
  const stock = joinLane(relay, anAdmission(ana), { asksAcks: false });
  await rest();
  stock.doc.getText("story").insert(0, "x".repeat(limits.updateBytes));
  for (const letter of "and on") stock.doc.getText("story").insert(0, letter);
  await rest();
  expect(stock.denied).toEqual(["too-large"]);
  expect(stock.closedWith()).toBeUndefined();
  expect(other.doc.getText("story").length).toBe(limits.updateBytes + 6);
});

test("[R8] what a reader's copy has deleted by itself is no write of theirs", async () => {
  const { relay, clock, one, other } = await aLane();
  // Two set the same field at once: every copy deletes the loser by itself, and no update ever says so.
  const [first, second] = [new Y.Doc(), new Y.Doc()];
  first.getMap("cards").set("garden", "tomatoes");
  second.getMap("cards").set("garden", "peppers");
  one.sendFrame(updateFrameOf(Y.encodeStateAsUpdate(first)));
  other.sendFrame(updateFrameOf(Y.encodeStateAsUpdate(second)));
  await rest();
  const copy = new Y.Doc();
  for (const doc of [first, second]) Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const reader = joinLane(relay, anAdmission(mallory, { access: "read" }), { doc: copy });
  await clock.advance(100);
  expect(refusals(reader)).toEqual([]);
  expect(reader.acked()).toBe(1);
  // But a reader who deletes is refused.
  copy.getMap("cards").delete("garden");
  await rest();
  expect(refusals(reader)).toEqual(["read-only"]);
});

// — after a restore of an older backup

test("[R3] after a restore, what people still hold comes back, marked as returned, and is nobody's that was not theirs", async () => {
  const { store, clock, one, other } = await aLane();
  one.write("garden", "I grow tomatoes");
  await rest();
  one.write("fence", "I mend fences");
  other.write("bike", "I can mend a bike");
  await rest();
  const all = { garden: "I grow tomatoes", fence: "I mend fences", bike: "I can mend a bike" };
  store.cutAfter(sharedLane, 1, clock.now() + 30 * 24 * 3_600_000);
  const restored = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  // Bo's stock client is the first to come, and brings Ana's too.
  const back = joinLane(restored, anAdmission(bo), { doc: copyOf(other.doc), asksAcks: false });
  await rest();
  expect(back.denied).toEqual([]);
  expect(store.rows(sharedLane).at(-1)).toMatchObject({ personId: bo.personId, returned: true });
  expect(store.owners(sharedLane).get(one.doc.clientID)).toBeUndefined();
  const anaBack = joinLane(restored, anAdmission(ana), { doc: one.doc });
  await rest();
  expect(anaBack.words()).toEqual(all);
  anaBack.write("choir", "Forty years in the choir");
  await rest();
  expect(refusals(anaBack)).toEqual([]);
  expect(back.words()).toHaveProperty("choir");
  expect(store.owners(sharedLane).get(one.doc.clientID)).toBe(ana.personId);
  expect(store.rows(sharedLane).at(-1)?.returned).toBe(false);
});

test("[R3] while things may be returned, nobody may write in another's name as they go, and afterwards nothing is returned", async () => {
  const { store, clock, one } = await aLane();
  one.write("garden", "I grow tomatoes");
  await rest();
  const until = clock.now() + 3_600_000;
  store.cutAfter(sharedLane, 1, until);
  await store.claimClientId?.(sharedLane, ana.personId, one.doc.clientID);
  const restored = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const forger = joinLane(restored, anAdmission(mallory));
  await rest();
  forger.sendFrame(updateFrameOf(letterAt(one.doc.clientID, clockOf(one))));
  expect(refusals(forger)).toEqual(["not-yours"]);
  const offline = copyOf(one.doc);
  offline.clientID = one.doc.clientID;
  offline.getMap("cards").set("fence", "never reached the restored log");
  const held = copyOf(offline);
  await clock.advance(3_600_000);
  const late = joinLane(restored, anAdmission(bo), { doc: held });
  await rest();
  expect(refusals(late)).toEqual(["not-yours"]);
});

// — R4: what is known to kill others

test("[R4] thousands of nested maps, and then their deletion, are refused and change nothing", async () => {
  const { one, other, forger, rows } = await aLane();
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  let inner = doc.getMap<unknown>("cards");
  for (let level = 0; level < 400; level++) {
    const next = new Y.Map<unknown>();
    inner.set("inside", next);
    inner = next;
  }
  const before = rows().length;
  for (const update of updates) {
    forger.sendFrame(updateFrameOf(update));
    await Promise.resolve();
  }
  await rest();
  expect(rows().length - before).toBe(limits.typeNesting);
  expect(forger.closedWith()?.code).toBe(4408);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toHaveProperty("garden");
});

test("[R4] 4,000 updates of 1 kB that wait for something end the socket, and are kept by nobody", async () => {
  const { one, other, forger, rows } = await aLane();
  const hanging = (client: number) => bytesOf(1, 1, client, 1, 4, 1, "words", "x".repeat(1_000), 0);
  for (let client = 1; client <= 4_000; client++) forger.sendFrame(updateFrameOf(hanging(client)));
  await rest();
  expect(refusals(forger)).toEqual(["gap", "gap", "gap"]);
  expect(forger.closedWith()?.code).toBe(4408);
  expect(rows()).toHaveLength(0);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
});

test.each<[string, Uint8Array, string]>([
  ["8 bytes that claim 30 million structs", bytesOf(1, 30_000_000, 77, 0, 0), "too-large"],
  ["a claim of 30 million clients", bytesOf(30_000_000, 1, 77), "malformed"],
  ["a string that claims a gigabyte", bytesOf(1, 1, 77, 0, 4, 1, "words", 2 ** 30), "malformed"],
  ["a delete set of thousands of stretches that nobody has", bytesOf(0, 1, 77, 3_000, ...stretches(3_000)), "gap"],
  ["a delete set beyond all bounds", bytesOf(0, 1, 77, 20_000, ...stretches(20_000)), "too-large"],
  ["a document within the document", bytesOf(1, 1, 77, 0, 9, 1, "cards", "guid", 118, 0, 0), "harmful"],
])("[R4] %s is refused, in a step 2 too, and everybody goes on", async (_what, update, why) => {
  const { one, other, forger, rows } = await aLane();
  forger.sendFrame(updateFrameOf(update));
  expect(refusals(forger)).toEqual([why]);
  forger.sendFrame(step2FrameOf(update));
  expect(refusals(forger)).toHaveLength(2);
  await rest();
  expect(rows()).toHaveLength(0);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
});

function stretches(count: number): number[] {
  return Array.from({ length: 2 * count }, (_, index) => (index % 2 === 0 ? index : 1));
}

test("[R4] every message type there is either means something or closes its socket alone", async () => {
  const meaningful = new Set([0, 1, 3]);
  const { relay, one, other } = await aLane();
  for (let type = 0; type < 256; type++) {
    const client = joinLane(relay, anAdmission(mallory), { silent: true });
    client.sendFrame(bytesOf(type));
    await rest();
    expect(client.closedWith()?.code, `type ${type}`).toBe(meaningful.has(type) && type === 3 ? undefined : 1002);
    client.hangUp();
  }
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
});

test("[R4] ten kilobytes of brackets as presence are ignored, and nobody hears of them", async () => {
  const { clock, relay, other, forger } = await aLane();
  const heard = other.framesReceived.length;
  forger.sendFrame(presenceEntryOf(forger.doc.clientID, 1, `${"[".repeat(5_000)}${"]".repeat(5_000)}`));
  await clock.advance(100);
  expect(relay.counts()["bad-presence"]).toBe(1);
  expect(other.framesReceived.length).toBe(heard);
});

test("[R4] stored updates that would not be taken today are left out when the lane is opened, and a snapshot is past them", async () => {
  const store = createFakeLaneStore();
  const doc = new Y.Doc();
  doc.getMap("cards").set("garden", "I grow tomatoes");
  const rows = [Y.encodeStateAsUpdate(doc), new Uint8Array([9, 9, 9]), letterAt(5, 100)];
  for (const bytes of rows) await store.append({ laneId: sharedLane, personId: ana.personId, at: 0, bytes }).written;
  const relay = createRelay({ store, clock: createFakeClock(), log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana));
  await rest();
  expect(one.words()).toEqual({ garden: "I grow tomatoes" });
  expect(one.doc.store.pendingStructs).toBeNull();
  expect(store.snapshot(sharedLane)?.upTo).toBe(3);
});

test("[R3] one update brings along as many client ids as weeks offline do, and not thousands", async () => {
  const { one, forger, rows } = await aLane();
  const lettersOf = (count: number, first: number) =>
    bytesOf(count, ...Array.from({ length: count }, (_, at) => letterAt(first - at, 0).slice(1, -1)), 0);
  forger.sendFrame(step2FrameOf(lettersOf(limits.newClientIds + 1, 2_000_000)));
  await rest();
  expect(refusals(forger)).toEqual(["too-large"]);
  expect(rows()).toHaveLength(0);
  one.sendFrame(step2FrameOf(lettersOf(limits.newClientIds, 1_000_000)));
  await rest();
  expect(refusals(one)).toEqual([]);
  expect(rows()).toHaveLength(1);
});

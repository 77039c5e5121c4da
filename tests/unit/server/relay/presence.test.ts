import * as decoding from "lib0/decoding";
import { expect, test } from "vitest";
import { encodeAwarenessUpdate } from "y-protocols/awareness";
import { limits } from "#shared/protocol/limits.ts";
import { messageTypes } from "#shared/protocol/messages.ts";
import { createRelay } from "../../../../server/relay/relay.ts";
import { roomDefaults } from "../../../../server/relay/room.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane, type LaneClient, presenceEntryOf, presenceFrameOf } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, sharedLane } from "../../../support/lane-people.ts";

const ana = aPerson("Ana");
const bo = aPerson("Bo", { role: "worker", colour: "ochre" });
const { tickMs } = roomDefaults;

async function anaAndBo(second = bo) {
  const clock = createFakeClock();
  const store = createFakeLaneStore();
  const relay = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana));
  const other = joinLane(relay, anAdmission(second, { sessionTokenHash: "session-2" }));
  await rest();
  return { clock, store, relay, one, other };
}

const seenOf = (who: LaneClient, by: LaneClient) => by.awareness.getStates().get(who.doc.clientID);
/** The client ids in all presence frames that this client was sent. */
const shownIn = (client: LaneClient) => {
  const ids = new Set<number>();
  for (const frame of client.framesReceived) {
    if (frame[0] !== messageTypes.presence && frame[0] !== messageTypes.moves) continue;
    const decoder = decoding.createDecoder(frame);
    decoding.readVarUint(decoder);
    const entries = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    for (let left = decoding.readVarUint(entries); left > 0; left--) {
      ids.add(decoding.readVarUint(entries));
      decoding.readVarUint(entries);
      decoding.readVarString(entries);
    }
  }
  return ids;
};
const pointer = { area: "home", time: "now", at: { x: 1, y: 2 } };

test("[R5] others see what a person is doing, with who it is from the relay", async () => {
  const { clock, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toEqual({
    pointer,
    person: { id: "person-ana", name: "Ana", role: "client", language: "en", colour: "teal" },
  });
});

test("[R5] a forged person or user is written over or removed", async () => {
  const { clock, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer, person: { id: "person-bo", name: "Bo", boss: true }, user: { name: "Bo" } });
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toEqual({
    pointer,
    person: { id: "person-ana", name: "Ana", role: "client", language: "en", colour: "teal" },
  });
});

test("[R5] presence is never stored and never echoed to who sent it", async () => {
  const { clock, store, one, other } = await anaAndBo();
  other.awareness.setLocalState({});
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  expect(shownIn(one)).toEqual(new Set([other.doc.clientID]));
  expect(shownIn(other)).toEqual(new Set([one.doc.clientID]));
  expect(store.rows(sharedLane)).toHaveLength(0);
});

test("[R5] many changes within a tick are passed on as the last of them, in one frame", async () => {
  const { clock, one, other } = await anaAndBo();
  const before = other.frameTypes.length;
  for (let x = 0; x < 20; x++) one.awareness.setLocalState({ pointer: { ...pointer, at: { x, y: 0 } } });
  await clock.advance(tickMs);
  expect(other.frameTypes.slice(before)).toEqual(["1"]);
  one.awareness.setLocalState({});
  await clock.advance(tickMs);
  expect(other.frameTypes.slice(before)).toEqual(["1", "103"]);
  one.awareness.setLocalState({ pointer: { ...pointer, at: { x: 19, y: 0 } } });
  await clock.advance(tickMs);
  expect(seenOf(one, other)?.pointer.at.x).toBe(19);
});

test("[R5] the client's own clock is passed on as it came", async () => {
  const { clock, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  one.awareness.setLocalState({});
  await clock.advance(tickMs);
  const clockOf = (by: LaneClient) => by.awareness.meta.get(one.doc.clientID)?.clock;
  expect(clockOf(other)).toBe(clockOf(one));
});

test("[R5] a person who closes is gone for the others at once, and can come back with the clock they had", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  one.hangUp();
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeUndefined();
  const back = joinLane(relay, anAdmission(ana), { doc: one.doc, silent: true });
  back.sendFrame(presenceFrameOf(encodeAwarenessUpdate(one.awareness, [one.doc.clientID])));
  await clock.advance(tickMs);
  expect(seenOf(one, other)?.pointer).toEqual(pointer);
});

test("[R5] who somebody is is said once to a client that asked for our messages, and always to a stock client", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  const stock = joinLane(relay, anAdmission(aPerson("Cy")), { asksAcks: false });
  await rest();
  const drag = async (from: number) => {
    for (let x = from; x < from + 60; x++) {
      one.awareness.setLocalState({ dragging: { cardId: "c0000000000000000000aa", ...pointer, at: { x, y: 100 } } });
      await clock.advance(1_000 / 60);
    }
    await clock.advance(tickMs);
  };
  await drag(0);
  const [heard, heardByStock] = [other.framesReceived.length, stock.framesReceived.length];
  await drag(100);
  for (const client of [other, stock]) {
    expect(seenOf(one, client)).toMatchObject({
      dragging: { at: { x: 159, y: 100 } },
      person: { id: "person-ana", name: "Ana" },
    });
  }
  const moves = other.framesReceived.slice(heard);
  expect(moves.every((frame) => frame[0] === messageTypes.moves)).toBe(true);
  // With the edit at its end, at most 1.5 kB [DESIGN §10].
  expect(moves.reduce((sum, frame) => sum + frame.length, 0)).toBeLessThan(1_350);
  expect(stock.framesReceived.slice(heardByStock).every((frame) => frame[0] === messageTypes.presence)).toBe(true);
  relay.personChanged({ ...ana, name: "Ana Lucía" });
  await clock.advance(tickMs);
  expect(seenOf(one, other)?.person.name).toBe("Ana Lucía");
});

test("[R5] a newcomer sees who is here", async () => {
  const { clock, relay, one } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  const late = joinLane(relay, anAdmission(bo));
  await rest();
  expect(seenOf(one, late)?.pointer).toEqual(pointer);
});

test("[R5] a connection has one client id: the first", async () => {
  const { clock, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  one.sendFrame(presenceEntryOf(4711, 1, "{}"));
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeDefined();
  expect(other.awareness.getStates().has(4711)).toBe(false);
});

test("[R5] nobody can show or end the presence of another person", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  const mallory = joinLane(relay, anAdmission(aPerson("Mallory")), { silent: true });
  mallory.sendFrame(presenceEntryOf(one.doc.clientID, 99, '{"pointer":null}'));
  mallory.sendFrame(presenceEntryOf(one.doc.clientID, 99, "null"));
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toMatchObject({ pointer, person: { id: "person-ana" } });
});

test("[R5] after somebody has left nobody else can take up their client id", async () => {
  const { clock, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  one.hangUp();
  other.sendFrame(presenceEntryOf(one.doc.clientID, 50, "{}"));
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeUndefined();
});

test("[R5] the same person's newer connection takes over, and the older one's end does not clear it", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  const again = joinLane(relay, anAdmission(ana), { silent: true });
  again.sendFrame(presenceEntryOf(one.doc.clientID, 2, '{"fresh":true}'));
  await clock.advance(tickMs);
  one.hangUp();
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toMatchObject({ fresh: true });
});

test("[R5] two devices of one person, each passing on what it hears of the other, both stay", async () => {
  const { clock, one, other } = await anaAndBo(ana);
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  other.awareness.setLocalState({});
  await clock.advance(tickMs);
  one.awareness.setLocalState({});
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeDefined();
  expect(seenOf(other, one)).toBeDefined();
});

test.each([
  ["too large", JSON.stringify({ words: "x".repeat(limits.presenceBytes) })],
  ["a list", "[]"],
  ["no JSON", "{"],
  ["nested too deep", `{"a":${"[".repeat(20)}${"]".repeat(20)}}`],
])("[R5] presence that is %s is ignored, and the socket stays until it is too often", async (_what, json) => {
  const { clock, relay, one, other } = await anaAndBo();
  one.sendFrame(presenceEntryOf(one.doc.clientID, 1, json));
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeUndefined();
  expect(relay.counts()["bad-presence"]).toBe(1);
  expect(one.closedWith()).toBeUndefined();
  for (let index = 0; index < 30; index++) one.sendFrame(presenceEntryOf(one.doc.clientID, 1, json));
  expect(one.closedWith()?.code).toBe(1002);
});

test("[R5] a clock past what a number holds ends its socket, and reaches nobody", async () => {
  const { clock, one, other } = await anaAndBo();
  const before = other.framesReceived.length;
  one.sendFrame(presenceEntryOf(one.doc.clientID, Number.MAX_SAFE_INTEGER, "{}"));
  await clock.advance(1_000);
  expect(one.closedWith()?.code).toBe(1002);
  expect(other.framesReceived.length).toBe(before);
});

test("[R5] __proto__ is dropped from presence", async () => {
  const { clock, one, other } = await anaAndBo();
  one.sendFrame(presenceEntryOf(one.doc.clientID, 1, '{"__proto__":{"role":"client"},"fine":1}'));
  await clock.advance(tickMs);
  expect(JSON.stringify(seenOf(one, other))).not.toContain("__proto__");
  expect(seenOf(one, other)).toMatchObject({ fine: 1 });
});

test("[R5] a changed name is shown at once to everyone, and everyone who asked is told that people changed", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  one.awareness.setLocalState({ pointer });
  await clock.advance(tickMs);
  relay.personChanged({ ...ana, name: "Ana Lucía" });
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toMatchObject({ pointer, person: { name: "Ana Lucía" } });
  for (const client of [one, other]) expect(client.told).toContainEqual({ type: "notice", kind: "people-changed" });
  one.awareness.setLocalState({ moved: true });
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toMatchObject({ moved: true, person: { name: "Ana Lucía" } });
});

test("[R6] a slow reader loses presence and keeps edits", async () => {
  const { clock, one, other } = await anaAndBo();
  other.setQueuedBytes(limits.queuedBytesBeforePresenceDrops + 1);
  one.awareness.setLocalState({ pointer });
  one.write("garden", "I grow tomatoes");
  await clock.advance(tickMs);
  expect(seenOf(one, other)).toBeUndefined();
  expect(other.words()).toEqual({ garden: "I grow tomatoes" });
  expect(other.closedWith()).toBeUndefined();
});

import { expect, test } from "vitest";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { createLaneWork, type LaneWork } from "../../../../server/relay/lane-work.ts";
import { createRelay, type RelayDeps } from "../../../../server/relay/relay.ts";
import type { NewAuditEntry } from "../../../../server/store/board-store.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane, type LaneClient, step1FrameOf } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, offersLane, sharedLane } from "../../../support/lane-people.ts";

/** How a lane comes to those who read it: whole, in part, in pieces, not at all. */

const log = { info: () => {}, warn: () => {} };
const ana = aPerson("Ana");
const bo = aPerson("Bo", { role: "worker" });

async function aLane(deps: Partial<RelayDeps> = {}) {
  const store = createFakeLaneStore();
  const clock = createFakeClock();
  const relay = createRelay({ store, clock, log, ...deps });
  const one = joinLane(relay, anAdmission(ana));
  await rest();
  return { store, clock, relay, one };
}

const copyOf = (doc: Y.Doc) => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
};
const syncBytes = (client: LaneClient) =>
  client.framesReceived.reduce(
    (sum, frame, at) => sum + (client.frameTypes[at]?.startsWith("0.") ? frame.length : 0),
    0,
  );
const isWhole = (client: LaneClient, as: LaneClient) =>
  Buffer.compare(Y.encodeStateAsUpdate(client.doc), Y.encodeStateAsUpdate(as.doc)) === 0;

/** Many records with a story each, so that the whole takes more than a frame. */
async function aLargeLane(deps: Partial<RelayDeps> = {}) {
  const world = await aLane(deps);
  for (let card = 0; card < 150; card++) {
    const fields = new Y.Map<unknown>([["story", new Y.Text(`${card} `.repeat(1_000))]]);
    world.one.doc.getMap("cards").set(`card-${card}`, fields);
  }
  await rest();
  return world;
}

test("[R6] a lane of several frames comes in pieces, the last of them as the answer, and no piece waits for another", async () => {
  const { relay, one } = await aLargeLane();
  const late = joinLane(relay, anAdmission(bo));
  await rest();
  expect(isWhole(late, one)).toBe(true);
  const sync = late.frameTypes.filter((type) => type === "0.1" || type === "0.2");
  expect(sync.length).toBeGreaterThan(4);
  expect(sync.indexOf("0.1")).toBe(sync.length - 1);
  const largest = Math.max(...late.framesReceived.map((frame) => frame.length));
  expect(largest).toBeLessThan(2 * limits.replyPieceBytes);
});

test("[R6] a slow reader gets the next piece when it has taken the last, and what others write meanwhile after them", async () => {
  const { clock, relay, one } = await aLargeLane();
  const slow = joinLane(relay, anAdmission(bo), { silent: true });
  await rest();
  const before = slow.framesReceived.length;
  slow.setQueuedBytes(limits.queuedBytesBeforePresenceDrops);
  slow.sendFrame(step1FrameOf(slow.doc));
  await clock.advance(5_000);
  expect(slow.framesReceived.length).toBe(before);
  one.doc.getMap("cards").set("meanwhile", "written while it waits");
  (one.doc.getMap("cards").get("card-3") as Y.Map<unknown>).set("meanwhile", "in a record that is still to come");
  await clock.advance(1_000);
  expect(slow.framesReceived.length).toBe(before);
  expect(slow.closedWith()).toBeUndefined();
  slow.setQueuedBytes(0);
  await clock.advance(1_000);
  expect(slow.doc.store.pendingStructs).toBeNull();
  expect(isWhole(slow, one)).toBe(true);
});

test("[R6] a reader who does not take its pieces while others write a megabyte starts again", async () => {
  const { clock, relay, one } = await aLargeLane();
  const stuck = joinLane(relay, anAdmission(bo), { silent: true });
  await rest();
  stuck.setQueuedBytes(limits.queuedBytesBeforePresenceDrops);
  stuck.sendFrame(step1FrameOf(stuck.doc));
  for (let times = 0; times < 25; times++) one.doc.getText("long").insert(0, "x".repeat(50_000));
  await clock.advance(1_000);
  expect(stuck.closedWith()).toEqual({ code: 1013, reason: "resync" });
  expect(one.acked()).toBe(one.sentCount());
});

test("[R7] nothing is passed on to somebody who has not asked yet, as the answer will hold it", async () => {
  const { relay, one } = await aLane();
  one.write("first", "before they came");
  await rest();
  const late = joinLane(relay, anAdmission(bo), { silent: true });
  await rest();
  one.write("second", "before they asked");
  await rest();
  expect(late.frameTypes.filter((type) => type === "0.2")).toEqual([]);
  late.sendFrame(step1FrameOf(late.doc));
  await rest();
  expect(late.words()).toEqual({ first: "before they came", second: "before they asked" });
});

test("[R7] who was away gets what they lack and no more, by rows when they have the snapshot and from a document when not", async () => {
  const { clock, relay, one } = await aLargeLane();
  await rest();
  await clock.advance(2_000);
  const wholeBytes = Y.encodeStateAsUpdate(one.doc).length;
  const [before, after] = [copyOf(one.doc), new Y.Doc()];
  for (let times = 0; times < 10; times++) one.write(`later-${times}`, "words");
  await rest();
  const byRows = joinLane(relay, anAdmission(bo), { doc: before });
  await rest();
  expect(isWhole(byRows, one)).toBe(true);
  expect(relay.counts().diffs).toBe(0);
  expect(syncBytes(byRows)).toBeLessThan(5_000);

  Y.applyUpdate(after, Y.encodeStateAsUpdate(one.doc));
  for (let times = 0; times < 200; times++) one.write(`later-${times}`, "other words");
  await rest();
  await clock.advance(2_000);
  const byDocument = joinLane(relay, anAdmission(bo), { doc: after });
  await rest();
  expect(isWhole(byDocument, one)).toBe(true);
  expect(relay.counts().diffs).toBe(1);
  expect(syncBytes(byDocument)).toBeLessThan(wholeBytes / 10);
});

test("[R7] who lacks nothing but deletions hears of them, though no state vector tells", async () => {
  const { relay, one } = await aLane();
  for (const key of ["garden", "fence", "bike"]) one.write(key, "words");
  await rest();
  const away = copyOf(one.doc);
  one.doc.getMap("cards").delete("fence");
  await rest();
  expect(Y.encodeStateVector(away)).toEqual(Y.encodeStateVector(one.doc));
  const back = joinLane(relay, anAdmission(bo), { doc: away });
  await rest();
  expect(Object.keys(back.words())).toEqual(["garden", "bike"]);
  expect(back.frameTypes).toContain("0.1");
});

test("[R7] an answer that is being made holds up nobody, and what is written meanwhile comes behind it", async () => {
  const here = createLaneWork();
  let finish = () => {};
  const slowWork: LaneWork = {
    fold: here.fold,
    diff: async (...asked) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return here.diff(...asked);
    },
  };
  const { clock, relay, one } = await aLane({ work: slowWork });
  one.write("first", "words");
  await rest();
  const away = copyOf(one.doc);
  for (let times = 0; times < 70; times++) one.write(`later-${times}`, "words");
  await rest();
  await clock.advance(2_000);
  const back = joinLane(relay, anAdmission(bo), { doc: away });
  const other = joinLane(relay, anAdmission(aPerson("Cy")));
  await rest();
  one.write("meanwhile", "words");
  await rest();
  expect(isWhole(other, one)).toBe(true);
  expect(back.words()).toEqual({ first: "words" });
  finish();
  await rest();
  expect(isWhole(back, one)).toBe(true);
  expect(back.doc.store.pendingStructs).toBeNull();
});

test("[R9] a damaged lane is not served, by no part of it, and the other lanes of the board go on", async () => {
  const { store, clock, relay, one } = await aLane();
  store.damage.set(offersLane, { lastGood: 3, lastGoodAt: 0, what: "row" });
  const doc = new Y.Doc();
  doc.getMap("cards").set("good", "what is proven");
  await store.append({ laneId: offersLane, personId: ana.personId, at: 0, bytes: Y.encodeStateAsUpdate(doc) }).written;
  const reader = joinLane(relay, anAdmission(bo, { laneId: offersLane }));
  const second = joinLane(relay, anAdmission(ana, { laneId: offersLane }));
  await rest();
  for (const client of [reader, second]) {
    expect(client.closedWith()).toEqual({ code: 4410, reason: "damaged" });
    expect(client.frameTypes.filter((type) => type.startsWith("0."))).toEqual([]);
  }
  expect(joinLane(relay, anAdmission(bo, { laneId: offersLane })).closedWith()?.code).toBe(4410);
  expect(relay.counts().damaged).toBe(1);
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(one.acked()).toBe(one.sentCount());

  // Somebody takes its last good state.
  store.damage.delete(offersLane);
  await relay.laneRecovered(offersLane);
  const back = joinLane(relay, anAdmission(bo, { laneId: offersLane }));
  await rest();
  expect(back.words()).toEqual({ good: "what is proven" });
  // Nobody left a room behind that would be closed twice.
  await clock.advance(60_000);
  expect(relay.counts().rooms).toBe(2);
});

test("[R9] a snapshot that cannot be read is damage too", async () => {
  const { store, relay } = await aLane();
  await store.writeSnapshot(offersLane, { upTo: 1, bytes: new Uint8Array([7, 7, 7]) });
  const reader = joinLane(relay, anAdmission(bo, { laneId: offersLane }));
  await rest();
  expect(reader.closedWith()).toEqual({ code: 4410, reason: "damaged" });
});

test("a lane that is recovered while people are on it is loaded anew, and they come back", async () => {
  const { relay, one, store } = await aLane();
  one.write("garden", "I grow tomatoes");
  await rest();
  await relay.laneRecovered(sharedLane);
  expect(one.closedWith()).toEqual({ code: 1013, reason: "resync" });
  expect(relay.counts().rooms).toBe(0);
  const back = joinLane(relay, anAdmission(ana), { doc: one.doc });
  await rest();
  back.write("fence", "I mend fences");
  await rest();
  expect(store.rows(sharedLane)).toHaveLength(2);
});

test("who opened a lane and who wrote what of it goes into the audit, when they leave and every ten minutes", async () => {
  const entries: NewAuditEntry[] = [];
  const { clock, relay, one } = await aLane({ audit: (entry) => void entries.push(entry) });
  const other = joinLane(relay, anAdmission(bo));
  await rest();
  expect(entries.map(({ personId, action, to }) => [personId, action, to])).toEqual([
    [ana.personId, "lane-opened", 0],
    [bo.personId, "lane-opened", 0],
  ]);
  one.write("garden", "I grow tomatoes");
  await rest();
  other.write("bike", "I can mend a bike");
  await rest();
  one.write("fence", "I mend fences");
  await rest();
  other.hangUp();
  expect(entries.slice(2)).toMatchObject([
    { personId: bo.personId, action: "lane-written", laneId: sharedLane, from: 2, to: 2 },
  ]);
  for (let times = 0; times < 24; times++) {
    await clock.advance(24_999);
    one.pong();
  }
  expect(entries).toHaveLength(3);
  await clock.advance(24);
  expect(entries.at(-1)).toMatchObject({ personId: ana.personId, action: "lane-written", from: 1, to: 3 });
});

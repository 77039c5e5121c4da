import { expect, test } from "vitest";
import { createRelay } from "../../../../server/relay/relay.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";
import { createFakeLaneStore } from "../../../support/fake-lane-store.ts";
import { joinLane } from "../../../support/lane-client.ts";
import { anAdmission, aPerson, offersLane, sharedLane } from "../../../support/lane-people.ts";

const ana = aPerson("Ana");
const bo = aPerson("Bo", { role: "worker" });

async function anaAndBo() {
  const clock = createFakeClock();
  const relay = createRelay({ store: createFakeLaneStore(), clock, log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana));
  const other = joinLane(relay, anAdmission(bo));
  await rest();
  return { clock, relay, one, other };
}

test("[R8] removing a person closes their sockets on every lane at once, and nobody else's", async () => {
  const { relay, one, other } = await anaAndBo();
  const onOffers = joinLane(relay, anAdmission(ana, { laneId: offersLane }));
  relay.closePerson(ana.personId, "removed");
  for (const client of [one, onOffers]) expect(client.closedWith()).toEqual({ code: 4403, reason: "removed" });
  expect(other.closedWith()).toBeUndefined();
  expect(relay.counts().connections).toBe(1);
});

test("[R8] what a closed socket still sends is not taken", async () => {
  const { relay, one, other } = await anaAndBo();
  relay.closePerson(ana.personId, "removed");
  one.write("garden", "I grow tomatoes");
  await rest();
  expect(other.words()).toEqual({});
});

test("[R8] an erased board's sockets close for good, and nothing of it is kept by a room that lives on", async () => {
  const clock = createFakeClock();
  const store = createFakeLaneStore();
  const relay = createRelay({ store, clock, log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana));
  const elsewhere = aPerson("Cy", { boardId: "board-2" as typeof ana.boardId });
  const other = joinLane(relay, anAdmission(elsewhere, { laneId: "lane-2" as typeof offersLane }));
  await rest();
  const since = relay.moment();
  store.holds = "writing";
  one.write("garden", "I grow tomatoes");
  let settled = false;
  const erased = relay.boardErased(ana.boardId).then(() => {
    settled = true;
  });
  expect(one.closedWith()).toEqual({ code: 4404, reason: "gone" });
  await rest();
  expect(settled).toBe(false); // What was on its way may still reach the store, and has to be taken away after that.
  store.release();
  await erased;
  expect(relay.counts().rooms).toBe(1);
  await clock.advance(120_000);
  expect(store.snapshot(sharedLane)).toBeUndefined();
  expect(joinLane(relay, anAdmission(ana), { since }).closedWith()?.code).toBe(4404);
  expect(other.closedWith()).toBeUndefined();
});

test("[R8] ending a session closes its sockets and leaves the person's other session", async () => {
  const { relay, one } = await anaAndBo();
  const phone = joinLane(relay, anAdmission(ana, { sessionTokenHash: "phone" }));
  relay.closeSession("phone", "signedOut");
  expect(phone.closedWith()).toEqual({ code: 4401, reason: "signedOut" });
  expect(one.closedWith()).toBeUndefined();
});

test("[R8] a session that comes to its end closes its sockets then, however far ahead that is", async () => {
  const { clock, relay, one } = await anaAndBo();
  const dayMs = 24 * 3_600_000;
  const phone = joinLane(relay, anAdmission(ana, { sessionLeftMs: 10_000 }));
  const tablet = joinLane(relay, anAdmission(bo, { sessionLeftMs: 40 * dayMs }));
  await clock.advance(9_999);
  expect(phone.closedWith()).toBeUndefined();
  await clock.advance(1);
  expect(phone.closedWith()).toEqual({ code: 4401, reason: "signedOut" });
  expect(one.closedWith()).toBeUndefined();
  expect(relay.socketsOf(anAdmission(bo).sessionTokenHash)).toBe(2);
  tablet.hangUp();
  expect(relay.socketsOf(anAdmission(bo).sessionTokenHash)).toBe(1);
});

test("[R8] the end of a session beyond the reach of one timer is not forgotten, nor early", async () => {
  const timers: { readonly delayMs: number; readonly run: () => void }[] = [];
  const clock = {
    now: () => 0,
    setTimer: (delayMs: number, run: () => void) => {
      timers.push({ delayMs, run });
      return () => {};
    },
  };
  const relay = createRelay({ store: createFakeLaneStore(), clock, log: { info: () => {}, warn: () => {} } });
  const one = joinLane(relay, anAdmission(ana, { sessionLeftMs: 3_000_000_000 }));
  const first = timers.find(({ delayMs }) => delayMs === 2_000_000_000);
  first?.run();
  expect(one.closedWith()).toBeUndefined();
  timers.find(({ delayMs }) => delayMs === 1_000_000_000)?.run();
  expect(one.closedWith()?.code).toBe(4401);
});

test("[R8] a change of access closes the socket on that lane, to be opened anew", async () => {
  const { relay, one, other } = await anaAndBo();
  const onOffers = joinLane(relay, anAdmission(ana, { laneId: offersLane }));
  relay.setAccess(ana.personId, anAdmission(ana).laneId, "read");
  expect(one.closedWith()).toEqual({ code: 4503, reason: "accessChanged" });
  expect(onOffers.closedWith()).toBeUndefined();
  expect(other.closedWith()).toBeUndefined();
});

test("[R8] somebody removed while the gate was letting them in is closed as soon as they are in", async () => {
  const { relay } = await anaAndBo();
  const since = relay.moment();
  relay.closePerson(ana.personId, "removed");
  expect(joinLane(relay, anAdmission(ana), { since }).closedWith()?.code).toBe(4403);
  expect(joinLane(relay, anAdmission(bo), { since }).closedWith()).toBeUndefined();
  expect(joinLane(relay, anAdmission(ana)).closedWith()).toBeUndefined();
});

test("[R8] access that changed to what the gate saw does not close the socket", async () => {
  const { relay } = await anaAndBo();
  const since = relay.moment();
  relay.setAccess(ana.personId, offersLane, "read");
  const seen = (access: "read" | "write") =>
    joinLane(relay, anAdmission(ana, { laneId: offersLane, access }), { since }).closedWith()?.code;
  expect(seen("write")).toBe(4503);
  expect(seen("read")).toBeUndefined();
});

test("[P6] a client that hears nothing for 20 s gets an empty presence frame, so a stock client does not hang up", async () => {
  const { clock, one } = await anaAndBo();
  for (let minute = 0; minute < 4; minute++) {
    const before = one.frameTypes.length;
    one.pong();
    await clock.advance(29_000);
    expect(one.frameTypes.slice(before)).toContain("1");
    expect(one.framesReceived.at(-1)).toEqual(new Uint8Array([1, 1, 0]));
  }
  expect(one.closedWith()).toBeUndefined();
});

test("[R6] a socket that no longer answers a ping is dropped, and one that answers stays", async () => {
  const { clock, relay, one, other } = await anaAndBo();
  await clock.advance(35_000);
  expect(one.pings()).toBe(1);
  other.pong();
  await clock.advance(35_000);
  expect(one.terminated()).toBe(true);
  expect(other.terminated()).toBe(false);
  expect(relay.counts().connections).toBe(1);
});

test("[R6] a closed socket whose other side never answers is dropped after its grace", async () => {
  const { clock, relay, one } = await anaAndBo();
  relay.closePerson(ana.personId, "removed");
  expect(one.terminated()).toBe(false);
  await clock.advance(5_000);
  expect(one.terminated()).toBe(true);
});

test("[P3] invited, approved or removed people are made known by a notice on every lane of the board, and no other board", async () => {
  const { relay, one, other } = await anaAndBo();
  const elsewhere = joinLane(
    relay,
    anAdmission(aPerson("Cy", { boardId: "board-2" as typeof ana.boardId }), { laneId: "lane-2" as typeof offersLane }),
  );
  relay.boardChanged(ana.boardId);
  for (const client of [one, other]) expect(client.told).toContainEqual({ type: "notice", kind: "people-changed" });
  expect(elsewhere.told).toEqual([]);
});

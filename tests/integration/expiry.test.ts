import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuditView, JoinReply, NewBoardReply } from "#shared/protocol/api.ts";
import { openStockClient, type StockClient } from "../support/stock-client.ts";
import { type Caller, type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let server: HttpServer;
let worker: Caller;
let board: NewBoardReply;
let ana: { readonly caller: Caller; readonly reply: JoinReply };
const devices: StockClient[] = [];

beforeEach(async () => {
  server = await startHttp();
  worker = await setUpBo(server);
  board = await makeBoard(worker);
  ana = await joinWith(server, board.invitation.url);
});
afterEach(async () => {
  for (const device of devices.splice(0)) device.close();
  await server.stop();
});

const path = (rest = "") => `/api/boards/${board.boardId}${rest}`;
const sharedLane = () => board.lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
/** A tick of the watch, and then some: the issue allows a second. */
const withinASecond = (check: () => void) => vi.waitFor(check, { timeout: 1_000, interval: 5 });
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

async function onBoard(token: string, laneId: string = sharedLane()): Promise<StockClient> {
  const device = openStockClient(server.url.replace("http", "ws"), token, { laneId, params: { ack: "1" } });
  devices.push(device);
  await until(() => expect(device.synced()).toBe(true));
  return device;
}
const bosSession = async (): Promise<JoinReply> => (await worker.call("POST", path("/enter"), {})).body;
const invited = async (body: object): Promise<{ readonly caller: Caller; readonly reply: JoinReply }> => {
  const made = await ana.caller.call("POST", path("/invitations"), { name: "Mere", language: "en", ...body });
  return joinWith(server, made.body.url);
};
const sessionOf = async (caller: Caller) => (await caller.call("GET", path("/session"))).body;
const renew = (caller: Caller) => caller.call("POST", "/api/session/renew", { boardId: board.boardId });
const actions = async (): Promise<readonly string[]> =>
  ((await ana.caller.call("GET", path("/audit"))).body as AuditView).entries.map(({ action }) => action);

describe("a session that nobody uses", () => {
  test("[R8] a client's ends after 15 minutes: the socket within a second, and HTTP and the gate agree", async () => {
    const phone = await onBoard(ana.reply.sessionToken);
    const tablet = await onBoard((await bosSession()).sessionToken);

    server.clock.now += 15 * minuteMs - 1;
    expect((await ana.caller.call("GET", path())).status).toBe(200);
    expect(phone.closeCodes).toEqual([]);
    server.clock.now += 1;
    await withinASecond(() => expect(phone.closeCodes).toEqual([4402]));
    expect((await ana.caller.call("GET", path())).body.error.kind).toBe("not-signed-in");
    expect((await server.as({ token: ana.reply.sessionToken }).call("GET", path())).status).toBe(401);
    expect(phone.provider.shouldConnect).toBe(false); // The code is final: a stock client does not come back by itself.
    expect(tablet.closeCodes).toEqual([]);

    server.clock.now += 15 * minuteMs; // A worker has half an hour.
    await withinASecond(() => expect(tablet.closeCodes).toEqual([4402]));
    expect((await worker.call("GET", path())).status).toBe(401);
  });

  test("[R8] a tap gives the quiet time anew, but never more than 8 hours in all", async () => {
    const phone = await onBoard(ana.reply.sessionToken);
    const began = server.clock.now;
    expect(await sessionOf(ana.caller)).toEqual({ quietLeftMs: 15 * minuteMs, leftMs: 8 * hourMs, ends: "session" });
    while (server.clock.now + 14 * minuteMs < began + 8 * hourMs) {
      server.clock.now += 14 * minuteMs;
      const renewed = await renew(ana.caller);
      expect(renewed.status).toBe(200);
      expect(renewed.body).toMatchObject({
        quietLeftMs: 15 * minuteMs,
        leftMs: began + 8 * hourMs - server.clock.now,
      });
    }
    expect(phone.closeCodes).toEqual([]);
    server.clock.now = began + 8 * hourMs;
    await withinASecond(() => expect(phone.closeCodes).toEqual([4402]));
    expect((await renew(ana.caller)).status).toBe(401);
  });

  test("[R8] an edit is a sign of its person; looking, asking and presence are none", async () => {
    const phone = await onBoard(ana.reply.sessionToken);
    server.clock.now += 10 * minuteMs;
    phone.write("card", "Bread");
    await until(() => expect(phone.ackedCount()).toBe(phone.sentCount()));
    await until(async () => expect((await sessionOf(ana.caller)).quietLeftMs).toBe(15 * minuteMs));

    server.clock.now += 10 * minuteMs;
    phone.provider.awareness.setLocalState({ doing: { view: "map" } });
    await ana.caller.call("GET", path());
    expect((await sessionOf(ana.caller)).quietLeftMs).toBe(5 * minuteMs);
    server.clock.now += 5 * minuteMs;
    await withinASecond(() => expect(phone.closeCodes).toEqual([4402]));
  });

  test("a call that changes something is a sign too, and the end is in the audit", async () => {
    server.clock.now += 14 * minuteMs;
    expect((await ana.caller.call("PATCH", path("/me"), { colour: "moss" })).status).toBe(200);
    expect((await sessionOf(ana.caller)).quietLeftMs).toBe(15 * minuteMs);

    const phone = await onBoard((await invited({ role: "supporter" })).reply.sessionToken);
    server.clock.now += 14 * minuteMs;
    await renew(ana.caller);
    server.clock.now += minuteMs;
    await withinASecond(() => expect(phone.closeCodes).toEqual([4402]));
    expect(await actions()).toContain("session-ended");
  });

  test("a worker's sign-in ends with half an hour of quiet, or else its boards would open again at a click", async () => {
    server.clock.now += 29 * minuteMs;
    expect(
      (await worker.call("POST", "/api/boards", { title: "B", owner: { name: "Bo", language: "en" } })).status,
    ).toBe(201);
    server.clock.now += 29 * minuteMs;
    expect((await worker.call("GET", "/api/home")).status).toBe(200);
    server.clock.now += 2 * minuteMs;
    expect((await worker.call("GET", "/api/home")).status).toBe(401);
    expect((await worker.call("POST", path("/enter"), {})).status).toBe(401);
    // It stays ended however long ago it was.
    server.clock.now += 3 * hourMs;
    expect((await worker.call("GET", "/api/home")).status).toBe(401);
  });
});

describe("an end time", () => {
  test("[R8] an interpreter's hour ends their sockets and calls within a second; the owner can give more", async () => {
    const { caller, reply } = await invited({
      role: "interpreter",
      until: new Date(server.clock.now + 10 * minuteMs).toISOString(),
    });
    expect(await sessionOf(caller)).toMatchObject({ leftMs: 10 * minuteMs, ends: "access" });
    const phone = await onBoard(reply.sessionToken);
    server.clock.now += 10 * minuteMs;
    await withinASecond(() => expect(phone.closeCodes).toEqual([4405]));
    expect((await caller.call("GET", path())).status).toBe(401);
    expect(await actions()).toContain("access-ended");

    const more = new Date(server.clock.now + hourMs).toISOString();
    const changed = await ana.caller.call("PATCH", path(`/people/${reply.personId}`), { until: more });
    expect(changed.body).toMatchObject({ name: "Mere", until: more });
    expect((await caller.call("GET", path())).status).toBe(200);
  });

  test("an invitation is of no use once its person's time is over, nor can one be made for the past", async () => {
    const ends = new Date(server.clock.now + minuteMs).toISOString();
    const body = { name: "Mere", role: "interpreter", language: "en", until: ends };
    const made = await ana.caller.call("POST", path("/invitations"), body);
    server.clock.now += minuteMs;
    await expect(joinWith(server, made.body.url)).rejects.toThrow("invitation-expired");
    expect((await ana.caller.call("POST", path("/invitations"), body)).status).toBe(400);
  });
});

describe("what somebody may do", () => {
  const change = (caller: Caller, personId: string, body: object) =>
    caller.call("PATCH", path(`/people/${personId}`), body);
  const shared = (access: "read" | "write") => ({ laneId: sharedLane(), access });

  test("[R8] narrowing closes the socket at once, and the next one only reads", async () => {
    const mere = await invited({ role: "supporter", lanes: [shared("write")] });
    const phone = await onBoard(mere.reply.sessionToken);
    phone.write("card", "Bread");
    await until(() => expect(phone.ackedCount()).toBe(phone.sentCount()));

    expect((await change(ana.caller, mere.reply.personId, { lanes: [shared("read")] })).status).toBe(200);
    await withinASecond(() => expect(phone.closeCodes).toEqual([4503]));
    await until(() => expect(phone.synced()).toBe(true));
    const mine = await onBoard(ana.reply.sessionToken);
    phone.write("card-2", "Not taken");
    await until(() => expect(phone.frameTypes).toContain(101));
    expect(mine.words()).toEqual({ card: "Bread" });

    // With no lane at all, the gate knows nothing of it any more.
    await change(ana.caller, mere.reply.personId, { lanes: [] });
    await withinASecond(() => expect(phone.closeCodes.length).toBeGreaterThan(1));
    expect((await mere.caller.call("GET", path())).body.lanes).toEqual([]);
    expect(await actions()).toContain("access-changed");
  });

  test("a new role brings its own lanes, and its own quiet time", async () => {
    const mere = await invited({ role: "worker" });
    expect((await sessionOf(mere.caller)).quietLeftMs).toBe(30 * minuteMs);
    expect((await change(ana.caller, mere.reply.personId, { role: "interpreter" })).body).toMatchObject({
      role: "interpreter",
      canWriteShared: false,
    });
    expect((await sessionOf(mere.caller)).quietLeftMs).toBe(15 * minuteMs);
    expect((await mere.caller.call("GET", path())).body.lanes).toEqual([
      { laneId: sharedLane(), kind: "shared", access: "read" },
    ]);
  });

  test("only the owner widens; a worker may take away, and not from the owner or a worker; nobody becomes owner", async () => {
    const mere = await invited({ role: "supporter", lanes: [shared("read")] });
    const bo = await bosSession();
    const { personId } = mere.reply;
    const ends = new Date(server.clock.now + hourMs).toISOString();
    expect((await change(worker, personId, { lanes: [shared("write")] })).status).toBe(403);
    expect((await change(worker, personId, { role: "advocate" })).status).toBe(403);
    expect((await change(worker, personId, { until: ends })).body.until).toBe(ends);
    expect((await change(worker, personId, { until: null })).status).toBe(403);
    expect((await change(worker, personId, { lanes: [] })).status).toBe(200);
    expect((await change(ana.caller, personId, { until: null, lanes: [shared("write")] })).status).toBe(200);

    expect((await change(worker, ana.reply.personId, { lanes: [] })).status).toBe(403);
    expect((await change(worker, bo.personId, { lanes: [] })).status).toBe(403);
    expect((await change(ana.caller, ana.reply.personId, { lanes: [] })).status).toBe(403);
    expect((await change(ana.caller, personId, { role: "client" })).body.error.kind).toBe("owner-exists");
    expect((await change(ana.caller, "nobody", { role: "worker" })).status).toBe(404);
    expect((await change(mere.caller, bo.personId, { lanes: [] })).status).toBe(403);
    expect((await change(ana.caller, personId, { until: "yesterday" })).status).toBe(400);
  });
});

test("[R8] each of 60 people removed from a board is off it within a second", async () => {
  const people = [];
  for (let each = 0; each < 60; each += 1) {
    const { reply } = await invited({ name: `Guest ${each}`, role: "supporter" });
    people.push({ personId: reply.personId, phone: await onBoard(reply.sessionToken) });
  }
  for (const { personId, phone } of people) {
    expect((await ana.caller.call("DELETE", path(`/people/${personId}`))).status).toBe(204);
    await withinASecond(() => expect(phone.closeCodes).toEqual([4403]));
  }
});

describe("the audit", () => {
  test("names who did what to whom, without a name or a word, and is the owner's alone", async () => {
    const mere = await invited({ role: "supporter" });
    await ana.caller.call("DELETE", path(`/people/${mere.reply.personId}`));
    const { entries } = (await ana.caller.call("GET", path("/audit"))).body as AuditView;
    expect(entries.map(({ n }) => n)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.slice(0, 5)).toMatchObject([
      { action: "board-made", about: ana.reply.personId },
      { action: "joined", personId: ana.reply.personId },
      { action: "invited", personId: ana.reply.personId, about: mere.reply.personId },
      { action: "joined", personId: mere.reply.personId },
      { action: "removed", personId: ana.reply.personId, about: mere.reply.personId },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/Mere|Ana|Bo Berg/);
    expect(entries.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);

    expect((await worker.call("GET", path("/audit"))).status).toBe(403);
    expect((await server.as().call("GET", path("/audit"))).status).toBe(401);
    expect((await ana.caller.call("GET", path("/audit?limit=2&after=1"))).body).toMatchObject({
      entries: [{ n: 2 }, { n: 3 }],
      more: true,
    });
    expect((await ana.caller.call("GET", path("/audit?limit=x"))).status).toBe(400);
    expect(await actions()).toContain("audit-read");
  });

  test("taking the board home is written down before it is handed out", async () => {
    expect((await ana.caller.call("GET", path("/file"))).status).toBe(200);
    expect(await actions()).toContain("exported");
  });
});

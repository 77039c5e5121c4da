import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { deriveKeys, worldRandom } from "../../server/access/keys.ts";
import { newApiToken } from "../../server/access/setup.ts";
import {
  type Caller,
  dayMs,
  type HttpServer,
  joinWith,
  makeBoard,
  quietConfig,
  secretOf,
  setUpBo,
  startHttp,
} from "./http-support.ts";

let server: HttpServer;
let worker: Caller;
let ana: Caller;
let boardId: BoardId;
let ownerLink: string;

const limits = {
  codes: { address: { refusedAttempts: 3, windowSeconds: 600 }, total: { refusedAttempts: 5, windowSeconds: 600 } },
  signIn: { address: { refusedAttempts: 4, windowSeconds: 600 }, account: { refusedAttempts: 2, windowSeconds: 600 } },
};

beforeEach(async () => {
  server = await startHttp({ limits });
  worker = await setUpBo(server);
  const made = await makeBoard(worker);
  boardId = made.boardId;
  ownerLink = made.invitation.url;
});
afterEach(() => server.stop());

const anaJoins = async () => {
  ana = (await joinWith(server, ownerLink)).caller;
};
const invite = (caller: Caller, more: object = {}) =>
  caller.call("POST", `/api/boards/${boardId}/invitations`, {
    name: "Mere",
    role: "supporter",
    language: "mi",
    ...more,
  });
const act = (caller: Caller, personId: PersonId, what: string) =>
  caller.call("POST", `/api/boards/${boardId}/invitations/${personId}/${what}`);
const look = (link: string) => server.as().call("POST", "/api/join/look", { secret: secretOf(link) });
const peopleSeenBy = async (caller: Caller) => (await caller.call("GET", `/api/boards/${boardId}`)).body.people;

describe("who may invite", () => {
  test("a worker invites at once until the owner has joined; then it waits for the owner's yes", async () => {
    expect((await invite(worker)).status).toBe(201);
    await anaJoins();
    const asked = await invite(worker, { name: "Koro" });
    expect(asked.status).toBe(202);
    expect(asked.body).toEqual({ personId: expect.any(String), pending: true });
    expect((await act(worker, asked.body.personId, "approve")).status).toBe(403);
    expect((await act(worker, asked.body.personId, "again")).body.error.kind).toBe("invitation-pending");

    const approved = await act(ana, asked.body.personId, "approve");
    expect(approved.status).toBe(200);
    expect((await look(approved.body.url)).body).toMatchObject({ name: "Koro", invitedBy: "Bo Berg" });
  });

  test("somebody who was declined is forgotten, name and all", async () => {
    await anaJoins();
    const { personId } = (await invite(worker, { name: "Krzysztof" })).body;
    expect((await act(ana, personId, "decline")).status).toBe(204);
    expect(JSON.stringify(await peopleSeenBy(ana))).not.toContain("Krzysztof");
    expect((await act(ana, personId, "approve")).status).toBe(404);
  });

  test("who waits for a yes is not shown to those who may not invite", async () => {
    await anaJoins();
    const guest = await joinWith(server, (await invite(ana)).body.url);
    await invite(worker, { name: "Koro" });
    expect((await peopleSeenBy(ana)).map((person: { name: string }) => person.name)).toContain("Koro");
    expect((await peopleSeenBy(guest.caller)).map((person: { name: string }) => person.name)).not.toContain("Koro");
  });

  test("a supporter may not invite, and a second owner is refused", async () => {
    await anaJoins();
    const guest = await joinWith(server, (await invite(ana)).body.url);
    expect((await invite(guest.caller)).status).toBe(403);
    expect((await invite(ana, { role: "client" })).body.error.kind).toBe("owner-exists");
  });

  test("an invitation names only the board's lanes, and never more than its maker has", async () => {
    const [shared, offers] = (await worker.call("GET", `/api/boards/${boardId}`)).body.lanes;
    const other = (await makeBoard(worker)).lanes[0];
    const withLane = (caller: Caller, laneId: LaneId, access: string) =>
      invite(caller, { lanes: [{ laneId, access }] });
    expect((await withLane(worker, other?.laneId as LaneId, "read")).status).toBe(400);
    expect((await withLane(worker, "nowhere" as LaneId, "read")).status).toBe(400);
    await anaJoins();
    const narrow = await invite(ana, { role: "advocate", lanes: [{ laneId: shared.laneId, access: "read" }] });
    const advocate = await joinWith(server, narrow.body.url);
    expect(advocate.reply.lanes).toEqual([{ laneId: shared.laneId, kind: "shared", access: "read" }]);
    expect((await withLane(advocate.caller, shared.laneId, "write")).status).toBe(403);
    expect((await withLane(advocate.caller, offers.laneId, "read")).status).toBe(400);
    // What a role usually gives is narrowed as well.
    const asked = (await invite(advocate.caller, { role: "worker" })).body;
    const approved = await act(ana, asked.personId, "approve");
    expect((await joinWith(server, approved.body.url)).reply.lanes).toEqual([
      { laneId: shared.laneId, kind: "shared", access: "read" },
    ]);
  });

  test("an API token starts a board and invites to it, at once only until the owner has joined", async () => {
    const parts = {
      store: server.store,
      keys: deriveKeys(quietConfig.key as Buffer),
      now: Date.now,
      random: worldRandom,
    };
    const token = await newApiToken(parts, "referrals");
    const program = server.as({ token: token.ok ? token.value : "" });
    const made = await makeBoard(program);
    boardId = made.boardId;
    expect((await invite(program)).status).toBe(201);
    expect((await program.call("GET", `/api/boards/${boardId}`)).status).toBe(401);
    const owner = await joinWith(server, made.invitation.url);
    expect((await invite(program, { name: "Koro" })).status).toBe(202);
    expect((await peopleSeenBy(owner.caller)).map((person: { role: string }) => person.role).sort()).toEqual([
      "client",
      "supporter",
      "supporter",
    ]);
  });
});

describe("an invitation's life", () => {
  test("used, expired, taken back and wrong are told apart", async () => {
    await anaJoins();
    expect((await look(ownerLink)).body.error.kind).toBe("invitation-used");
    const late = (await invite(ana, { expiresAt: new Date(server.clock.now + 60_000).toISOString() })).body;
    const taken = (await invite(ana)).body;
    expect((await act(ana, taken.personId, "revoke")).status).toBe(204);
    server.clock.now += 61_000;
    expect((await look(late.url)).body.error.kind).toBe("invitation-expired");
    expect((await look(taken.url)).body.error.kind).toBe("invitation-revoked");
    expect((await look(`${server.url}/join#${"A".repeat(22)}`)).body.error.kind).toBe("invitation-wrong");
    expect((await server.as().call("POST", "/api/join", { secret: secretOf(late.url) })).status).toBe(410);
  });

  test("its end lies ahead, at most 30 days", async () => {
    const until = (ms: number) => invite(worker, { expiresAt: new Date(server.clock.now + ms).toISOString() });
    expect((await until(-1)).status).toBe(400);
    expect((await until(31 * dayMs)).status).toBe(400);
    expect((await until(30 * dayMs)).status).toBe(201);
    expect((await invite(worker, { expiresAt: "tomorrow" })).status).toBe(400);
  });

  test("made again, it has a new link and code, and the old ones stop working", async () => {
    const first = (await invite(worker)).body;
    const second = (await act(worker, first.personId, "again")).body;
    expect((await look(first.url)).body.error.kind).toBe("invitation-wrong");
    expect((await server.as().call("POST", "/api/join/look", { code: first.code })).status).toBe(404);
    expect((await look(second.url)).body.name).toBe("Mere");
  });

  test("a worker may make the owner a new link, but none to act as anybody else who is here", async () => {
    const guest = (await invite(worker)).body;
    await joinWith(server, guest.url);
    await anaJoins();
    expect((await act(worker, guest.personId, "again")).status).toBe(403);
    const me = (await ana.call("GET", `/api/boards/${boardId}`)).body.me;
    expect((await act(worker, me, "again")).status).toBe(200);
    expect((await act(ana, guest.personId, "again")).status).toBe(200);
  });

  test("its code works for ten minutes and the link goes on", async () => {
    const { code, url } = (await invite(worker)).body;
    server.clock.now += 600_001;
    expect((await server.as().call("POST", "/api/join/look", { code })).body.error.kind).toBe("invitation-wrong");
    expect((await look(url)).status).toBe(200);
  });

  test("the store holds hashes of link and code only", async () => {
    const { personId, code, url } = (await invite(worker)).body;
    const stored = JSON.stringify(await server.store.invitationOf(personId));
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(secretOf(url));
  });
});

describe("throttles count what was refused", () => {
  const guess = (code: string) => server.as().call("POST", "/api/join/look", { code });

  test("after a few wrong codes even a right one has to wait, but links go on", async () => {
    const { code, url } = (await invite(worker)).body;
    for (const wrong of ["AAAAAA", "CCCCCC", "DDDDDD"]) expect((await guess(wrong)).status).toBe(404);
    const refused = await guess(code);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("600");
    expect((await look(url)).status).toBe(200);
  });

  test("a burst of guesses at once gets no more tries than one after the other", async () => {
    const codes = Array.from("ACDEFGHJKM", (letter) => letter.repeat(6));
    const statuses = (await Promise.all(codes.map(guess))).map((reply) => reply.status);
    expect(statuses.filter((status) => status === 404)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  test("honest people behind one address do not count, however many", async () => {
    const { code } = (await invite(worker)).body;
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => guess(code)))).map((reply) => reply.status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test("a wrong password and an unknown e-mail sound the same, and both run out", async () => {
    const signIn = (email: string, password: string) => server.as().call("POST", "/api/sign-in", { email, password });
    const wrong = await signIn("bo@example.org", "not the password");
    const unknown = await signIn("ana@example.org", "not the password");
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(unknown.body);
    await signIn("BO@example.org", "not the password");
    expect((await signIn("bo@example.org", "a long enough password")).status).toBe(429);
  });
});

test("a browser that is on the board as somebody else is told so before it joins, and a fresh one is not", async () => {
  await anaJoins();
  const path = `/api/boards/${boardId}/invitations`;
  const body = { name: "Mere", role: "supporter", language: "mi" };
  const invited = await ana.call("POST", path, body);
  const secret = secretOf(invited.body.url);
  expect((await ana.call("POST", "/api/join/look", { secret })).body.alreadyHereAs).toBe("Ana");
  expect((await worker.call("POST", "/api/join/look", { secret })).body.alreadyHereAs).toBe("Bo Berg");
  expect((await look(invited.body.url)).body).not.toHaveProperty("alreadyHereAs");
});

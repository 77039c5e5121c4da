import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  bo,
  dayMs,
  type HttpServer,
  joinWith,
  makeBoard,
  quietConfig,
  secretOf,
  setUpBo,
  startHttp,
} from "./http-support.ts";

const folders: string[] = [];
let server: HttpServer;
afterEach(async () => {
  await server.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const kinds = {
  memory: () => startHttp(),
  sqlite: async () => {
    const folder = await mkdtemp(join(tmpdir(), "alongside-http-"));
    folders.push(folder);
    return startHttp({ store: "sqlite", config: { ...quietConfig, dataDir: join(folder, "data") } });
  },
};

describe.each(Object.entries(kinds))("with the %s store", (_kind, start) => {
  test("a worker sets up, makes a board, invites; the client joins with the link, others by code", async () => {
    server = await start();
    const stranger = server.as();
    expect((await stranger.call("GET", "/api/hello")).body).toEqual({ needsSetup: true });

    const worker = await setUpBo(server);
    expect((await worker.call("GET", "/api/hello")).body).toEqual({ staff: { name: "Bo Berg" }, needsSetup: false });
    expect((await stranger.call("GET", "/api/hello")).body).toEqual({ needsSetup: false });

    const made = await makeBoard(worker);
    expect(made.lanes.map((lane) => lane.kind)).toEqual(["shared", "offers"]);
    expect(made.invitation.url).toMatch(new RegExp(`^${server.url}/join#[A-Za-z0-9_-]{22}$`));
    expect(made.invitation.code).toMatch(/^[34679ACDEFGHJKMNPQRTUVWXY]{6}$/);
    expect(Date.parse(made.invitation.expiresAt)).toBe(server.clock.now + 3 * dayMs);
    expect(Date.parse(made.invitation.codeExpiresAt)).toBe(server.clock.now + 600_000);
    expect((await worker.call("GET", "/api/home")).body).toEqual({
      name: "Bo Berg",
      boards: [{ boardId: made.boardId, title: "Ana's board", ownerJoined: false, people: 2 }],
    });

    const phone = server.as();
    const secret = secretOf(made.invitation.url);
    const look = await phone.call("POST", "/api/join/look", { secret });
    expect(look.body).toEqual({
      title: "Ana's board",
      name: "Ana",
      role: "client",
      language: "ar",
      invitedBy: "Bo Berg",
    });
    const joined = await phone.call("POST", "/api/join", { secret });
    expect(joined.status).toBe(200);
    expect(joined.body).toMatchObject({ boardId: made.boardId, role: "client", sessionToken: expect.any(String) });
    expect(joined.body.lanes.map((lane: { access: string }) => lane.access)).toEqual(["write", "write"]);
    const cookie = joined.headers.getSetCookie()[0];
    expect(cookie).toMatch(new RegExp(`^alongside-${made.boardId}=[A-Za-z0-9_-]{43}; Path=/;`));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toMatch(/Secure/);

    const view = await phone.call("GET", `/api/boards/${made.boardId}`);
    expect(view.body).toMatchObject({ title: "Ana's board", role: "client", me: joined.body.personId });
    expect(view.body.people).toHaveLength(2);
    expect(view.body.people.find((person: { role: string }) => person.role === "client")).toMatchObject({
      standing: "joined",
      named: false,
      canWriteShared: true,
    });
    const asProgram = server.as({ token: joined.body.sessionToken });
    expect((await asProgram.call("GET", `/api/boards/${made.boardId}`)).body).toEqual(view.body);

    const invited = await phone.call("POST", `/api/boards/${made.boardId}/invitations`, {
      name: "Aunt Mere",
      role: "supporter",
      language: "en",
    });
    expect(invited.status).toBe(201);
    const spoken = ` ${invited.body.code.slice(0, 3).toLowerCase()}-${invited.body.code.slice(3)}`;
    const byCode = await server.as().call("POST", "/api/join", { code: spoken });
    expect(byCode.body).toMatchObject({ role: "supporter", personId: invited.body.personId });
    expect(byCode.body.lanes.map((lane: { access: string }) => lane.access)).toEqual(["read", "write"]);
  });

  test("two devices spend one invitation at once: one comes in, the other hears that it is used", async () => {
    server = await start();
    const { invitation } = await makeBoard(await setUpBo(server));
    const body = { secret: secretOf(invitation.url) };
    const replies = await Promise.all(Array.from({ length: 5 }, () => server.as().call("POST", "/api/join", body)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 410, 410, 410, 410]);
    expect(replies.filter((reply) => reply.status === 410).map((reply) => reply.body.error.kind)).toEqual(
      Array(4).fill("invitation-used"),
    );
  });

  test("a set-up link works once, also when two open it at the same moment", async () => {
    server = await start();
    const token = secretOf(server.setupUrl ?? "");
    const replies = await Promise.all(
      ["ana", "bo"].map((name) =>
        server.as().call("POST", "/api/setup", { token, name, email: `${name}@example.org`, password: bo.password }),
      ),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 410]);
  });

  test("removal ends sessions; signing out ends what the sign-in opened", async () => {
    server = await start();
    const worker = await setUpBo(server);
    const { boardId, invitation } = await makeBoard(worker);
    const { caller: ana } = await joinWith(server, invitation.url);
    const guest = await ana.call("POST", `/api/boards/${boardId}/invitations`, {
      name: "Mere",
      role: "supporter",
      language: "en",
    });
    const { caller: mere } = await joinWith(server, guest.body.url);
    expect((await mere.call("DELETE", `/api/boards/${boardId}/people/${guest.body.personId}`)).status).toBe(403);
    expect((await ana.call("DELETE", `/api/boards/${boardId}/people/${guest.body.personId}`)).status).toBe(204);
    expect((await mere.call("GET", `/api/boards/${boardId}`)).body.error.kind).toBe("not-signed-in");
    const people = (await ana.call("GET", `/api/boards/${boardId}`)).body.people;
    expect(people.find((person: { name: string }) => person.name === "Mere")?.standing).toBe("gone");

    const entered = await worker.call("POST", `/api/boards/${boardId}/enter`);
    expect(entered.body).toMatchObject({ role: "worker", boardId });
    const asProgram = server.as({ token: entered.body.sessionToken });
    expect((await asProgram.call("GET", `/api/boards/${boardId}`)).status).toBe(200);
    expect((await worker.call("POST", "/api/sign-out")).status).toBe(204);
    expect((await asProgram.call("GET", `/api/boards/${boardId}`)).body.error.kind).toBe("not-signed-in");
    expect((await worker.call("GET", "/api/home")).body.error.kind).toBe("not-signed-in");
    expect((await worker.call("POST", "/api/sign-in", { email: bo.email, password: bo.password })).status).toBe(200);
    expect((await worker.call("GET", "/api/home")).body.boards).toHaveLength(1);
  });
});

test("[R8] signing out and removal close sockets that are open", async () => {
  server = await startHttp();
  const worker = await setUpBo(server);
  const { boardId, invitation } = await makeBoard(worker);
  const { caller: ana } = await joinWith(server, invitation.url);
  const entered = (await worker.call("POST", `/api/boards/${boardId}/enter`)).body;
  const guest = (
    await ana.call("POST", `/api/boards/${boardId}/invitations`, { name: "Mere", role: "supporter", language: "en" })
  ).body;
  const { reply: mere } = await joinWith(server, guest.url);
  const open = (token: string, laneId: string) =>
    new Promise<{ closed: Promise<number> }>((resolve, reject) => {
      const socket = new WebSocket(`${server.url.replace("http", "ws")}/sync/${laneId}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const closed = new Promise<number>((done) => socket.once("close", (code) => done(code)));
      socket.once("open", () => resolve({ closed }));
      socket.once("error", reject);
    });
  const workerSocket = await open(entered.sessionToken, entered.lanes[0].laneId);
  const mereSocket = await open(mere.sessionToken, entered.lanes[0].laneId);
  await worker.call("POST", "/api/sign-out");
  expect(await workerSocket.closed).toBe(4401);
  await ana.call("DELETE", `/api/boards/${boardId}/people/${guest.personId}`);
  expect(await mereSocket.closed).toBe(4403);
});

test("[R8] sockets without a session, on another's lane or from another site are refused before the upgrade", async () => {
  server = await startHttp();
  const worker = await setUpBo(server);
  const made = await makeBoard(worker);
  const other = await makeBoard(worker);
  const { reply } = await joinWith(server, made.invitation.url);
  const refusal = (laneId: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const socket = new WebSocket(`${server.url.replace("http", "ws")}/sync/${laneId}`, { headers });
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode);
      });
      socket.once("open", () => reject(new Error("It was let in.")));
      socket.on("error", () => {});
    });
  const own = made.lanes[0]?.laneId ?? "";
  const authorization = `Bearer ${reply.sessionToken}`;
  const cookie = `alongside-${made.boardId}=${reply.sessionToken}`;
  expect(await refusal(own, {})).toBe(401);
  expect(await refusal("nowhere", {})).toBe(401);
  expect(await refusal(own, { authorization: "Bearer wrong" })).toBe(401);
  expect(await refusal(other.lanes[0]?.laneId ?? "", { authorization })).toBe(404);
  expect(await refusal(other.lanes[0]?.laneId ?? "", { cookie })).toBe(404);
  expect(await refusal("nowhere", { cookie })).toBe(404);
  expect(await refusal(own, { authorization, origin: "https://evil.example" })).toBe(403);
});

import { connect } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BoardId } from "#shared/board/ids.ts";
import { errorTable } from "#shared/protocol/errors.ts";
import { fail } from "#shared/result.ts";
import type { BoardStore } from "../../server/store/board-store.ts";
import { createMemoryStore } from "../../server/store/memory-store.ts";
import {
  bo,
  type Caller,
  type HttpServer,
  joinWith,
  makeBoard,
  quietConfig,
  rawGet,
  setUpBo,
  startHttp,
} from "./http-support.ts";

let server: HttpServer;
let worker: Caller;
let boardId: BoardId;
let ana: Caller;

beforeAll(async () => {
  server = await startHttp();
  worker = await setUpBo(server);
  const made = await makeBoard(worker);
  boardId = made.boardId;
  ana = (await joinWith(server, made.invitation.url)).caller;
});
afterAll(() => server.stop());

describe("what bad input gets", () => {
  test.each([
    ["no body", undefined],
    ["broken JSON", '{"title": '],
    ["a list", "[]"],
    ["no title", { owner: { name: "Ana", language: "en" } }],
    ["an empty name", { title: "x", owner: { name: "  ", language: "en" } }],
    ["a name with a line break", { title: "x", owner: { name: "A\nna", language: "en" } }],
    ["a name that turns the text around", { title: "x", owner: { name: "A\u202ena", language: "en" } }],
    ["a name of letters that nobody sees", { title: "x", owner: { name: "\u200b\u2060\u3164", language: "en" } }],
    ["half a letter", { title: "x", owner: { name: "A\ud83d", language: "en" } }],
    ["a language that is none", { title: "x", owner: { name: "Ana", language: "no such language" } }],
    ["a title that is too long", { title: "x".repeat(121), owner: { name: "Ana", language: "en" } }],
    ["numbers for words", { title: 1, owner: 2 }],
  ])("%s: 400, a sentence, and no board", async (_what, body) => {
    const before = (await worker.call("GET", "/api/home")).body.boards.length;
    const reply = await worker.call("POST", "/api/boards", body);
    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({ error: { kind: "bad-request", message: errorTable["bad-request"].message } });
    expect((await worker.call("GET", "/api/home")).body.boards).toHaveLength(before);
  });

  test("a body that is too large: 413", async () => {
    const reply = await worker.call("POST", "/api/boards", { title: "x".repeat(70_000) });
    expect(reply.status).toBe(413);
    expect(reply.body.error.kind).toBe("too-large");
  });

  test("a body of another kind than JSON is not read", async () => {
    const body = JSON.stringify({ email: bo.email, password: bo.password });
    const reply = await server.as().call("POST", "/api/sign-in", body, { "content-type": "text/plain" });
    expect(reply.status).toBe(400);
  });

  test("unknown addresses below /api answer 404 in JSON, for any method", async () => {
    for (const [method, path] of [
      ["GET", "/api/nothing"],
      ["POST", "/api/auth/sign-up/email"],
      ["POST", "/api/auth/sign-in/email"],
      ["PUT", "/api/boards"],
      ["GET", "/api/boards/%E0%A4%A"],
    ] as const) {
      const reply = await server.as().call(method, path);
      expect([404, 400], path).toContain(reply.status);
      expect(reply.body.error.kind, path).toBeTypeOf("string");
    }
  });

  test("a board that is not mine is refused exactly as one that does not exist", async () => {
    const other = await makeBoard(worker);
    for (const caller of [ana, server.as()]) {
      const notMine = await caller.call("GET", `/api/boards/${other.boardId}`);
      const nowhere = await caller.call("GET", "/api/boards/nowhere");
      expect(notMine).toMatchObject({ status: nowhere.status, body: nowhere.body });
    }
    expect((await ana.call("GET", `/api/boards/${other.boardId}`)).status).toBe(404);
    expect((await server.as().call("GET", `/api/boards/${other.boardId}`)).status).toBe(401);
    expect((await worker.call("GET", "/api/boards/nowhere")).status).toBe(404);
  });

  test("a person of another board is unknown here", async () => {
    const other = await makeBoard(worker);
    const stranger = (await worker.call("GET", `/api/boards/${other.boardId}`)).body.me;
    for (const what of ["approve", "decline", "again", "revoke"]) {
      expect((await ana.call("POST", `/api/boards/${boardId}/invitations/${stranger}/${what}`)).status).toBe(404);
    }
    expect((await ana.call("DELETE", `/api/boards/${boardId}/people/${stranger}`)).status).toBe(404);
  });

  test("the owner cannot be removed", async () => {
    const { me } = (await ana.call("GET", `/api/boards/${boardId}`)).body;
    expect((await ana.call("DELETE", `/api/boards/${boardId}/people/${me}`)).body.error.kind).toBe("not-allowed");
  });
});

describe("changing oneself and the title", () => {
  test("a person says what to call them; the rest stays", async () => {
    const change = { name: " Ana H. ", language: "AR-sy", symbol: "boat", colour: "moss" };
    const reply = await ana.call("PATCH", `/api/boards/${boardId}/me`, change);
    expect(reply.body).toMatchObject({
      name: "Ana H.",
      language: "ar-SY",
      symbol: "boat",
      colour: "moss",
      named: true,
    });
    const cleared = await ana.call("PATCH", `/api/boards/${boardId}/me`, { symbol: null });
    expect(cleared.body).toMatchObject({ name: "Ana H.", colour: "moss" });
    expect(cleared.body.symbol).toBeUndefined();
    expect((await ana.call("PATCH", `/api/boards/${boardId}/me`, { colour: "neon" })).status).toBe(400);
  });

  test("only the owner renames the board", async () => {
    expect((await worker.call("PATCH", `/api/boards/${boardId}`, { title: "Mine" })).status).toBe(403);
    expect((await ana.call("PATCH", `/api/boards/${boardId}`, { title: "Our map" })).body.title).toBe("Our map");
  });

  test("leaving ends this device's session and takes its cookie away", async () => {
    const entered = server.as();
    await entered.call("POST", "/api/sign-in", { email: bo.email, password: bo.password });
    const { sessionToken } = (await entered.call("POST", `/api/boards/${boardId}/enter`)).body;
    expect(entered.who.cookies?.has(`alongside-${boardId}`)).toBe(true);
    expect((await entered.call("POST", `/api/boards/${boardId}/leave`)).status).toBe(204);
    expect(entered.who.cookies?.has(`alongside-${boardId}`)).toBe(false);
    expect((await server.as({ token: sessionToken }).call("GET", `/api/boards/${boardId}`)).status).toBe(401);
  });
});

describe("Host and Origin", () => {
  test("a page of another site can change nothing; our own page can", async () => {
    const leave = (origin: string) => ana.call("PATCH", `/api/boards/${boardId}/me`, { colour: "teal" }, { origin });
    expect((await leave("https://evil.example")).body.error.kind).toBe("wrong-origin");
    expect((await leave("null")).status).toBe(403);
    expect((await leave(`http://localhost:${server.port + 1}`)).status).toBe(403);
    expect((await leave(server.url)).status).toBe(200);
  });

  test("a name of somebody else's that points here gets nothing", async () => {
    for (const host of ["evil.example", `evil.example:${server.port}`, "localhost.evil.example", "user@localhost"]) {
      expect((await rawGet(server.port, "/api/hello", { host })).status, host).toBe(403);
    }
    for (const host of [`127.0.0.1:${server.port}`, "localhost", "board.local", "[::1]", "192.168.1.20:3000"]) {
      expect((await rawGet(server.port, "/api/hello", { host })).status, host).toBe(200);
    }
  });

  test("with PUBLIC_URL, links start there, its Origin is ours and cookies travel over TLS only", async () => {
    const publicUrl = new URL("https://board.example.org");
    const behind = await startHttp({ config: { ...quietConfig, publicUrl } });
    try {
      expect(behind.setupUrl).toMatch(/^https:\/\/board\.example\.org\/setup#/);
      const token = new URL(behind.setupUrl ?? "").hash.slice(1);
      const reply = await fetch(`http://localhost:${behind.port}/api/setup`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: "https://board.example.org" },
        body: JSON.stringify({ token, ...bo }),
      });
      expect(reply.status).toBe(201);
      const cookie = reply.headers.getSetCookie()[0] ?? "";
      for (const word of ["Secure", "HttpOnly", "SameSite=Strict"]) expect(cookie).toContain(word);
    } finally {
      await behind.stop();
    }
  });
});

describe("what every page and answer carries", () => {
  test("a strict policy, no referrer, no hint of what runs here", async () => {
    const { headers } = await server.as().call("GET", "/api/hello");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("script-src");
    expect(policy).toContain(`connect-src 'self' ws://localhost:${server.port} wss://localhost:${server.port}`);
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.has("x-powered-by")).toBe(false);
  });

  test("health, readiness and metrics", async () => {
    expect((await server.as().call("GET", "/healthz")).status).toBe(200);
    expect((await server.as().call("GET", "/readyz")).status).toBe(200);
    expect((await server.as().call("GET", "/metrics")).status).toBe(401);
  });

  test("metrics are open on a port of their own, and name nobody", async () => {
    const probe = await startHttp({ config: { ...quietConfig, metricsPort: 0 } });
    try {
      await makeBoard(await setUpBo(probe));
      const text = await (await fetch(`http://127.0.0.1:${probe.metricsPort}/metrics`)).text();
      for (const name of ["alongside_sockets 0", "alongside_rooms 0", "alongside_edits_total 0"]) {
        expect(text).toContain(name);
      }
      expect(text).not.toMatch(/Ana|Bo Berg/);
    } finally {
      await probe.stop();
    }
  });
});

test("[R2] a store that fails is told as such, changes nothing, and the server goes on", async () => {
  const opened = createMemoryStore();
  let failing = false;
  const failure = async () => fail({ kind: "store-failing" as const, why: "full" as const });
  const store = new Proxy(opened.store, {
    get: (target, name) =>
      failing && name !== "close" && name !== "append" ? failure : target[name as keyof BoardStore],
  });
  const sick = await startHttp({ store: { ...opened, store } });
  try {
    const caller = await setUpBo(sick);
    failing = true;
    const body = { title: "x", owner: { name: "Ana", language: "en" } };
    const refused = await caller.call("POST", "/api/boards", body);
    expect(refused.status).toBe(503);
    expect(refused.body.error.kind).toBe("not-storing");
    expect((await caller.call("GET", "/readyz")).status).toBe(503);
    expect((await caller.call("GET", "/healthz")).status).toBe(200);
    failing = false;
    expect((await caller.call("POST", "/api/boards", body)).status).toBe(201);
    sick.clock.now += 1_000;
    expect((await caller.call("GET", "/readyz")).status).toBe(200);
  } finally {
    await sick.stop();
  }
});

test("names in any script and with pictures are taken", async () => {
  for (const name of ["Ана", "آنا", "阿娜", "🌻", "Ana 🌻", "Zoë O’Neill-Łuk", "אנה"]) {
    const reply = await worker.call("POST", "/api/boards", { title: name, owner: { name, language: "en" } });
    expect(reply.status, name).toBe(201);
  }
});

const raw = (bytes: string): Promise<string> =>
  new Promise((done) => {
    let answer = "";
    const socket = connect(server.port, "127.0.0.1", () => socket.end(bytes));
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => done(answer));
  });

test("what is no HTTP, or too much of it, gets a sentence and does not end the server", async () => {
  for (const [bytes, status] of [
    ["\u0000\u0001 rubbish\r\n\r\n", 400],
    ["FLY /api/hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["GET /api/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    [`GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    [`GET /api/hello HTTP/1.1\r\nHost: localhost\r\nCookie: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    const answer = await raw(bytes);
    expect(answer.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.kind).toBe("bad-request");
  }
  expect((await server.as().call("GET", "/healthz")).status).toBe(200);
});

test("a log line tells what was called and how it went, and no id, name or secret", async () => {
  const lines: string[] = [];
  const quiet = await startHttp({ log: pino({ level: "debug" }, { write: (line) => void lines.push(line) }) });
  try {
    const made = await makeBoard(await setUpBo(quiet));
    const { caller, reply } = await joinWith(quiet, made.invitation.url);
    await caller.call("GET", `/api/boards/${made.boardId}?name=Ana`);
    const log = lines.join("");
    expect(log).toContain('"route":"/api/boards","status":200');
    for (const secret of [made.boardId, "Ana", "Bo", reply.sessionToken, reply.personId, bo.email, bo.password]) {
      expect(log).not.toContain(secret);
    }
  } finally {
    await quiet.stop();
  }
});

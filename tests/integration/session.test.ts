import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { BoardView, NewBoardReply } from "#shared/protocol/api.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { fail, ok } from "#shared/result.ts";
import type { BoardSession } from "../../client/session/board-session.ts";
import { openSession, type SessionWorld } from "../../client/session/open-session.ts";
import { createMemoryStore } from "../../server/store/memory-store.ts";
import { createFaultyStore, type Faults } from "../support/faulty-store.ts";
import { type Caller, type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

let server: HttpServer;
let faults: Faults;
let worker: Caller;
let made: NewBoardReply;
const sessions: BoardSession[] = [];

beforeEach(async () => {
  const { store: inner, accounts } = createMemoryStore();
  const faulty = createFaultyStore(inner);
  faults = faulty.faults;
  server = await startHttp({ store: { store: faulty.store, accounts } });
  worker = await setUpBo(server);
  made = await makeBoard(worker);
});
afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await server.stop();
});

/** One person's device: its own sockets and cookies, and a plug that can be pulled. */
interface Device {
  readonly session: BoardSession;
  readonly setPlugged: (plugged: boolean) => void;
}

async function open(caller: Caller, token: string): Promise<Device> {
  let plugged = true;
  const sockets = new Set<WebSocket>();
  class DeviceSocket extends WebSocket {
    constructor(url: string | URL) {
      // Port 1 answers nobody. Node's own WebSocket takes headers where a browser's takes protocols.
      super(plugged ? url : "ws://127.0.0.1:1", { headers: { authorization: `Bearer ${token}` } } as never);
      sockets.add(this);
    }
  }
  const call: SessionWorld["call"] = async <Reply>(method: string, path: string, body?: unknown) => {
    if (!plugged) return fail({ kind: "offline" as const });
    // As the client's own: no answer is no connection. A session asks once more while its server is already stopping.
    const reply = await caller.call(method, path, body).catch(() => undefined);
    if (!reply) return fail({ kind: "offline" as const });
    return reply.status < 400 ? ok(reply.body as Reply) : fail({ kind: reply.body.error.kind as ErrorKind });
  };
  const view: BoardView = (await caller.call("GET", `/api/boards/${made.boardId}`)).body;
  const session = openSession(view, {
    origin: server.url,
    WebSocket: DeviceSocket as never,
    call,
    now: Date.now,
    today: () => "2026-11-24",
    random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    schedule: (run) => queueMicrotask(run),
  });
  sessions.push(session);
  return {
    session,
    setPlugged: (next) => {
      plugged = next;
      if (!next) for (const socket of sockets) socket.close();
    },
  };
}

async function ana(): Promise<Device> {
  const { caller, reply } = await joinWith(server, made.invitation.url);
  return open(caller, reply.sessionToken);
}
async function bo(): Promise<Device> {
  const entered = await worker.call("POST", `/api/boards/${made.boardId}/enter`, {});
  return open(worker, entered.body.sessionToken);
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });
const saved = ({ session }: Device) => until(() => expect(session.saveState()).toEqual({ state: "saved" }));
const addCard = ({ session }: Device, words: string) => {
  const added = session.board.addCard({ kind: "strength", area: "home", time: "now", words });
  if (!added.ok) throw new Error(added.error.kind);
  return added.value;
};

test("[R2] a card reads saved on one device and stands on the other", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  const id = addCard(a, "Up at five");
  expect(a.session.saveState().state).not.toBe("saved");
  await saved(a);
  await until(() => expect(b.session.board.card(id)?.words.text).toBe("Up at five"));
  expect(b.session.board.card(id)?.language).toBe("ar");
  expect(b.session.status()).toEqual({ status: "live" });
});

test("[R5] each sees who the other is, as the relay says, and what they do", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  b.session.setDoing({ editing: { key: "card:1:words", since: 1 } });
  await until(() => {
    const [other] = a.session.others();
    expect(other?.presence.person).toMatchObject({ name: "Bo Berg", role: "worker" });
    expect(other?.presence.editing?.key).toBe("card:1:words");
  });
  b.session.setDoing({ editing: undefined });
  await until(() => expect(a.session.others()[0]?.presence.editing).toBeUndefined());
  b.session.close();
  await until(() => expect(a.session.others()).toEqual([]));
});

test("what is written without a connection is counted, and saved when it is back", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await until(() => expect(a.session.status().status).toBe("offline"));
  expect(a.session.saveState()).toEqual({ state: "not-saved", count: 0, storing: true });
  const ids = ["One", "Two"].map((words) => addCard(a, words));
  await until(() => expect(a.session.saveState()).toMatchObject({ state: "not-saved", storing: true }));
  expect(a.session.saveState()).toHaveProperty("count", 2);
  const theirs = addCard(b, "Three");
  a.setPlugged(true);
  await saved(a);
  await until(() => expect(ids.map((id) => b.session.board.card(id)?.words.text)).toEqual(["One", "Two"]));
  expect(a.session.board.card(theirs)?.words.text).toBe("Three");
});

test("[R2] a relay that cannot write is named as the cause, and what waited is saved when it heals", async () => {
  const a = await ana();
  await saved(a);
  faults.breakWrites("full");
  addCard(a, "Not yet");
  await until(() => expect(a.session.saveState()).toEqual({ state: "not-saved", count: 1, storing: false }));
  faults.heal();
  await saved(a);
});

test("[R8] somebody who is removed is told so, and the board stops", async () => {
  const { caller, reply } = await joinWith(server, made.invitation.url);
  const [a, b] = [await open(caller, reply.sessionToken), await bo()];
  await Promise.all([saved(a), saved(b)]);
  await caller.call("DELETE", `/api/boards/${made.boardId}/people/${b.session.view().me}`);
  await until(() => expect(b.session.status()).toEqual({ status: "refused", reason: "removed" }));
  // And whoever stays hears that the people changed.
  await until(() => expect(a.session.person(b.session.view().me)?.standing).toBe("gone"));
});

test("[R8] a change that the relay refuses never reads saved, and the board begins anew without it", async () => {
  const { caller, reply } = await joinWith(server, made.invitation.url);
  const asked = await caller.call("POST", `/api/boards/${made.boardId}/invitations`, {
    name: "Beryl",
    role: "supporter",
    language: "en",
  });
  const joined = await joinWith(server, asked.body.url);
  const beryl = await open(joined.caller, joined.reply.sessionToken);
  const a = await open(caller, reply.sessionToken);
  await Promise.all([saved(beryl), saved(a)]);
  // The board's own door would not let a reader write; a broken device might.
  beryl.session.awareness.doc.getMap("cards").set("forged", 1);
  await until(() => expect(beryl.session.refusal()).toBe("read-only"));
  expect(beryl.session.saveState()).toMatchObject({ state: "not-saved", count: 1 });
  expect(a.session.awareness.doc.getMap("cards").size).toBe(0);
  await until(() => expect(beryl.session.isSpent()).toBe(true));
  beryl.session.close();

  const again = await open(joined.caller, joined.reply.sessionToken);
  await saved(again);
  const [notTaken] = again.session.notTaken();
  expect(notTaken).toMatchObject({ kind: "read-only", items: [], unreadable: 1 });
  if (notTaken) await again.session.letGo(notTaken);
  expect(again.session.notTaken()).toEqual([]);
});

test("a board that cannot be reached on a device without a copy says so, and opens when it can", async () => {
  const { caller, reply } = await joinWith(server, made.invitation.url);
  const a = await open(caller, reply.sessionToken);
  a.setPlugged(false);
  await until(() => expect(a.session.status().status).toBe("unreachable"));
  expect(a.session.saveState().state).not.toBe("saved");
  a.setPlugged(true);
  await saved(a);
  expect(a.session.status()).toEqual({ status: "live" });
});

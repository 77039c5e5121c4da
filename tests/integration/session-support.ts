import { afterEach, beforeEach, expect, vi } from "vitest";
import type { BoardView, NewBoardReply } from "#shared/protocol/api.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { fail, ok } from "#shared/result.ts";
import type { BoardSession } from "../../client/session/board-session.ts";
import { openSession, type SessionWorld } from "../../client/session/open-session.ts";
import { createMemoryStore } from "../../server/store/memory-store.ts";
import { createFaultyStore, type Faults } from "../support/faulty-store.ts";
import { type Caller, type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

/** One person's device: its own sockets and cookies, and a plug that can be pulled. */
export interface Device {
  readonly session: BoardSession;
  readonly setPlugged: (plugged: boolean) => void;
  /** Bytes of every frame sent on any of its sockets, in order. */
  readonly sent: readonly number[];
}

/** A device with this person's session on a server, wherever that runs. */
export function openDevice(url: string, view: BoardView, token: string, callServer: SessionWorld["call"]): Device {
  let plugged = true;
  const sockets = new Set<WebSocket>();
  const sent: number[] = [];
  class DeviceSocket extends WebSocket {
    constructor(address: string | URL) {
      // Port 1 answers nobody. Node's own WebSocket takes headers where a browser's takes protocols.
      super(plugged ? address : "ws://127.0.0.1:1", { headers: { authorization: `Bearer ${token}` } } as never);
      sockets.add(this);
    }
    override send(data: never) {
      sent.push((data as Uint8Array).length);
      super.send(data);
    }
  }
  const call: SessionWorld["call"] = async (method, path, body) =>
    plugged ? callServer(method, path, body) : fail({ kind: "offline" as const });
  const session = openSession(view, {
    origin: url,
    WebSocket: DeviceSocket as never,
    call,
    now: Date.now,
    today: () => "2026-11-24",
    random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    schedule: (run) => queueMicrotask(run),
  });
  return {
    session,
    sent,
    setPlugged: (next) => {
      plugged = next;
      if (!next) for (const socket of sockets) socket.close();
    },
  };
}

export interface SessionTest {
  readonly server: () => HttpServer;
  readonly faults: () => Faults;
  readonly worker: () => Caller;
  readonly made: () => NewBoardReply;
  readonly open: (caller: Caller, token: string) => Promise<Device>;
  readonly ana: () => Promise<Device>;
  readonly bo: () => Promise<Device>;
}

/** A server with a board of Ana's, and sessions on it as a browser has them, each on a device of its own. */
export function sessionTest(): SessionTest {
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

  const open = async (caller: Caller, token: string): Promise<Device> => {
    // As the client's own: no answer is no connection. A session asks once more while its server is already stopping.
    const call: SessionWorld["call"] = async <Reply>(method: string, path: string, body?: unknown) => {
      const reply = await caller.call(method, path, body).catch(() => undefined);
      if (!reply) return fail({ kind: "offline" as const });
      return reply.status < 400 ? ok(reply.body as Reply) : fail({ kind: reply.body.error.kind as ErrorKind });
    };
    const view: BoardView = (await caller.call("GET", `/api/boards/${made.boardId}`)).body;
    const device = openDevice(server.url, view, token, call);
    sessions.push(device.session);
    return device;
  };

  return {
    server: () => server,
    faults: () => faults,
    worker: () => worker,
    made: () => made,
    open,
    ana: async () => {
      const { caller, reply } = await joinWith(server, made.invitation.url);
      return open(caller, reply.sessionToken);
    },
    bo: async () => {
      const entered = await worker.call("POST", `/api/boards/${made.boardId}/enter`, {});
      return open(worker, entered.body.sessionToken);
    },
  };
}

export const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });
export const saved = ({ session }: Device) => until(() => expect(session.saveState()).toEqual({ state: "saved" }));
export const addCard = ({ session }: Device, words: string) => {
  const added = session.board.addCard({ kind: "strength", area: "home", time: "now", words });
  if (!added.ok) throw new Error(added.error.kind);
  return added.value;
};

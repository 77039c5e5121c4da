import { randomFillSync } from "node:crypto";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { openBoard } from "#shared/board/open-board.ts";
import type { JoinReply } from "#shared/protocol/api.ts";

/** Calls the API of a running server. Throws what it answered when that was a failure. */
export async function callApi<Reply>(
  baseUrl: string,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: { origin: new URL(baseUrl).origin, "content-type": "application/json", ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as Reply;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Joins with the link of an invitation, as a program does: with a session token and no cookie. */
export function joinByLink(baseUrl: string, link: string): Promise<JoinReply> {
  return callApi<JoinReply>(baseUrl, "POST", "/api/join", { secret: new URL(link).hash.slice(1) });
}

/** The board as one person has it, over real sockets to a running server, outside of any browser. */
export interface RemoteBoard {
  readonly board: Board;
  readonly docs: readonly Y.Doc[];
  /** Until every lane has had the server's answer. */
  readonly synced: () => Promise<void>;
  /** Closes the sockets; the board can still be written and read. */
  readonly disconnect: () => void;
  readonly connect: () => void;
  readonly close: () => void;
}

export interface RemotePerson extends Pick<JoinReply, "personId" | "lanes" | "sessionToken"> {
  readonly language: string;
}

export function openRemoteBoard(
  baseUrl: string,
  person: RemotePerson,
  now: () => number = Date.now,
  random: (bytes: Uint8Array) => void = (bytes) => void randomFillSync(bytes),
): RemoteBoard {
  // Every provider listens for the end of the process; a story has more of them than Node's usual worry allows.
  process.setMaxListeners(1_000);
  const Socket = class extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols, { headers: { ...bearer(person.sessionToken), origin: new URL(baseUrl).origin } });
    }
  };
  const links = person.lanes.map((lane) => {
    const doc = new Y.Doc();
    keepMarks(doc);
    const provider = new WebsocketProvider(
      `${baseUrl.replace(/^http/, "ws").replace(/\/$/, "")}/sync`,
      lane.laneId,
      doc,
      {
        WebSocketPolyfill: Socket as unknown as typeof globalThis.WebSocket,
        disableBc: true,
        maxBackoffTime: 200,
      },
    );
    return { lane, doc, provider };
  });
  const board = openBoard(
    links.map(({ lane, doc }) => ({ ...lane, doc })),
    {
      me: person.personId,
      language: () => person.language,
      now,
      random,
      schedule: (run) => void setImmediate(run),
      today: () => new Date(now()).toISOString().slice(0, 10),
    },
  );
  return {
    board,
    docs: links.map(({ doc }) => doc),
    synced: async () => {
      await Promise.all(
        links.map(
          ({ provider }) =>
            new Promise<void>((done) => {
              if (provider.synced) return done();
              const onSync = (synced: boolean) => {
                if (!synced) return;
                provider.off("sync", onSync);
                done();
              };
              provider.on("sync", onSync);
            }),
        ),
      );
    },
    disconnect: () => {
      for (const { provider } of links) provider.disconnect();
    },
    connect: () => {
      for (const { provider } of links) provider.connect();
    },
    close: () => {
      board.close();
      for (const { provider, doc } of links) {
        provider.destroy();
        doc.destroy();
      }
    },
  };
}

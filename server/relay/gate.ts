import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type LaneId, parseId } from "#shared/board/ids.ts";
import { type ErrorBody, type ErrorKind, errorTable } from "#shared/protocol/errors.ts";
import { limits } from "#shared/protocol/limits.ts";
import { askAcksParam } from "#shared/protocol/messages.ts";
import type { Admit } from "../access/admission.ts";
import type { RelayLog } from "./ports.ts";
import type { Relay } from "./relay.ts";
import { createWsServer, listenTo, wsSocketPort } from "./ws-socket.ts";

export interface GateDeps {
  readonly relay: Relay;
  readonly admit: Admit;
  readonly log: RelayLog;
  /** Upgrades elsewhere than `/sync/…` belong to somebody else on this server (a development tool) and are left alone. */
  readonly leaveOthers?: boolean;
}

export interface Gate {
  /**
   * Lets nobody in any more. To be called after `relay.drain()`: gives those who were told to come back a second to hear
   * it, then drops who is left.
   */
  readonly close: () => Promise<void>;
}

const farewellMs = 1_000;

/**
 * The door of `/sync/:laneId` [R8]. Who is asking is settled on the HTTP upgrade: a refusal is an HTTP answer with a
 * JSON body (`ErrorBody`), and there is no socket that has not been let in. `?ack=1` asks for our message types.
 */
export function attachGate(httpServer: Server, { relay, admit, log, leaveOthers }: GateDeps): Gate {
  const wsServer = createWsServer();

  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const address = parseAddress(request.url);
    if (!address && leaveOthers) return;
    // Until ws has it, nobody else listens: a reset connection would end the process.
    const ignore = () => {};
    socket.on("error", ignore);
    if (!address) return refuse(socket, "not-found");
    if (relay.isDraining()) return refuse(socket, "not-storing");

    const since = relay.moment();
    const admitted = await admit(request, address.laneId).catch((error: unknown) => {
      log.warn({ error: error instanceof Error ? error.name : "unknown" }, "the gate could not tell who is asking");
      return { ok: false, error: { kind: "unexpected" } } as const;
    });
    if (socket.destroyed) return;
    if (!admitted.ok) return refuse(socket, admitted.error.kind);
    if (relay.socketsOf(admitted.value.sessionTokenHash) >= limits.socketsPerSession) {
      return refuse(socket, "too-many-tries");
    }
    socket.off("error", ignore);
    // Calls back before it returns, or answers a bad handshake itself: so the count above still holds in there.
    wsServer.handleUpgrade(request, socket, head, (webSocket) => {
      listenTo(
        webSocket,
        relay.connect({
          admission: admitted.value,
          socket: wsSocketPort(webSocket, socket),
          asksAcks: address.asksAcks,
          since,
        }),
      );
    });
  };
  const listener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void onUpgrade(request, socket, head);
  httpServer.on("upgrade", listener);

  return {
    close: () =>
      new Promise((resolve) => {
        httpServer.off("upgrade", listener);
        const dropping = setTimeout(() => {
          for (const client of wsServer.clients) client.terminate();
        }, farewellMs);
        wsServer.close(() => {
          clearTimeout(dropping);
          resolve();
        });
      }),
  };
}

function parseAddress(url: string | undefined): { readonly laneId: LaneId; readonly asksAcks: boolean } | undefined {
  const parsed = URL.parse(url ?? "", "http://gate.invalid");
  const laneId = parseId<LaneId>(parsed?.pathname.match(/^\/sync\/([^/]+)$/)?.[1]);
  if (!parsed || !laneId) return undefined;
  return { laneId, asksAcks: parsed.searchParams.get(askAcksParam) === "1" };
}

function refuse(socket: Duplex, kind: ErrorKind): void {
  const { status, message } = errorTable[kind];
  const body = JSON.stringify({ error: { kind, message } } satisfies ErrorBody);
  const lines = [
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? "Refused"}`,
    "Connection: close",
    "Cache-Control: no-store",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

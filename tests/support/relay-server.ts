import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { LaneId } from "#shared/board/ids.ts";
import { fail, ok } from "#shared/result.ts";
import type { Admission, Admit } from "../../server/access/admission.ts";
import { attachGate } from "../../server/relay/gate.ts";
import type { LaneStore } from "../../server/relay/ports.ts";
import { createRelay, type Relay } from "../../server/relay/relay.ts";
import type { RoomSettings } from "../../server/relay/room.ts";
import { systemClock } from "../../server/relay/system-clock.ts";
import { startWorkerLaneWork } from "../../server/relay/worker-lane-work.ts";
import { anAdmission, aPerson } from "./lane-people.ts";

export interface RelayServer {
  readonly relay: Relay;
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A relay on a real port, with a gate that believes `Authorization: Bearer <name>[:read]`. */
export async function startRelayServer(
  store: LaneStore,
  options: { readonly port?: number; readonly admit?: Admit; readonly rooms?: Partial<RoomSettings> } = {},
): Promise<RelayServer> {
  const log = { info: () => {}, warn: () => {} };
  const work = startWorkerLaneWork();
  const relay = createRelay({ store, clock: systemClock, log, work, rooms: options.rooms ?? {} });
  const http = createServer((_request, response) => response.writeHead(404).end());
  const gate = attachGate(http, { relay, admit: options.admit ?? believe, log });
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    relay,
    url: `ws://127.0.0.1:${port}`,
    port,
    close: async () => {
      await relay.drain();
      await gate.close();
      await work.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

export const believe: Admit = async (request: IncomingMessage, laneId: LaneId) => {
  const bearer = request.headers.authorization?.match(/^Bearer ([a-z]+)(:read)?$/);
  if (!bearer?.[1]) return fail({ kind: "not-signed-in" });
  if (laneId === "lane-of-others") return fail({ kind: "not-found" });
  const name = bearer[1][0]?.toUpperCase() + bearer[1].slice(1);
  const admission: Admission = anAdmission(aPerson(name), { laneId, access: bearer[2] ? "read" : "write" });
  return ok(admission);
};

import { type RequestHandler, Router } from "express";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Askers } from "../access/asker.ts";
import type { BoardStore } from "../store/board-store.ts";
import { sendError } from "./reply.ts";

/** What the relay counts about itself. Totals only grow; nothing here names a board, a lane or a person. */
export interface LiveCounts {
  readonly sockets: number;
  readonly rooms: number;
  readonly edits: number;
  /** Refused edits and refused sockets, by kind. */
  readonly refused: Readonly<Record<string, number>>;
}

/** How long one answer about the disk is good for, so that asking does not become a load of its own. */
const probeMs = 1_000;

/** `GET /healthz`: the process answers. `GET /readyz`: a write to the store has just worked. */
export function healthRoutes(store: Pick<BoardStore, "probe">, now: () => number): Router {
  const router = Router();
  let last: { readonly at: number; readonly works: Promise<boolean> } | undefined;
  router.get("/healthz", (_request, response) => {
    response.json({ alive: true });
  });
  router.get("/readyz", async (_request, response) => {
    if (!last || now() - last.at >= probeMs) {
      last = { at: now(), works: store.probe().then((result) => result.ok) };
    }
    if (await last.works) response.json({ ready: true });
    else sendError(response, "not-storing");
  });
  return router;
}

export interface Metrics {
  /** Prometheus text, for anybody who can reach it: only for a port of its own. */
  readonly open: RequestHandler;
  /** The same, for a bearer of an API token. */
  readonly withToken: (askers: Pick<Askers, "apiToken">) => RequestHandler;
}

export function createMetrics(read: () => LiveCounts | undefined): Metrics {
  const registry = new Registry();
  const counts = () => read() ?? { sockets: 0, rooms: 0, edits: 0, refused: {} };
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  gauge("alongside_sockets", "Open sockets.", () => counts().sockets);
  gauge("alongside_rooms", "Lanes that somebody is on.", () => counts().rooms);
  counter("alongside_edits_total", "Edits taken.", () => counts().edits);
  new Counter({
    name: "alongside_refused_total",
    help: "Edits and sockets refused, by kind.",
    labelNames: ["kind"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [kind, count] of Object.entries(counts().refused)) this.inc({ kind }, count);
    },
  });

  const open: RequestHandler = async (_request, response) => {
    response.set("Content-Type", registry.contentType).send(await registry.metrics());
  };
  return {
    open,
    withToken: (askers) => async (request, response, next) => {
      const token = await askers.apiToken(request);
      if (!token.ok) return sendError(response, token.error.kind);
      if (!token.value) return sendError(response, "not-signed-in");
      return open(request, response, next);
    },
  };
}

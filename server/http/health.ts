import { type RequestHandler, Router } from "express";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Askers } from "../access/asker.ts";
import type { BoardStore } from "../store/board-store.ts";
import { sendError } from "./reply.ts";

/** What the server counts about itself. Totals only grow; nothing here names a board, a lane or a person. */
export interface LiveCounts {
  readonly sockets: number;
  readonly rooms: number;
  /** Updates handed to the disk and not yet forced. */
  readonly waitingForDisk: number;
  /** Work that waits for its thread: documents of lanes, and of lanes' pasts. */
  readonly waitingWork: number;
  /** Everything else that the relay counts, by its own names. */
  readonly totals: Readonly<Record<string, number>>;
  /** Refused edits and refused sockets, by kind. */
  readonly refused: Readonly<Record<string, number>>;
  /** Sockets closed from this side, by reason. */
  readonly closed: Readonly<Record<string, number>>;
}

const nothingCounted: LiveCounts = {
  ...{ sockets: 0, rooms: 0, waitingForDisk: 0, waitingWork: 0 },
  ...{ totals: {}, refused: {}, closed: {} },
};

/** How the relay's own names read to who watches a server. What is not named here is not shown. */
const shownTotals: Readonly<Record<string, readonly [name: string, help: string]>> = {
  updates: ["alongside_edits_total", "Edits taken."],
  acks: ["alongside_acks_total", "Acks sent: each says that all edits up to one are forced to disk."],
  dropped: ["alongside_dropped_total", "Edits dropped while the store failed; their senders bring them again."],
  gaps: ["alongside_gaps_total", "Edits that hang on something that was not there yet, and were asked for."],
  returned: ["alongside_returned_total", "Edits that devices brought back after a restore or a power cut."],
  presence: ["alongside_presence_total", "Presence frames passed on."],
  loads: ["alongside_lane_loads_total", "Lanes loaded."],
  snapshots: ["alongside_snapshots_total", "Snapshots written."],
  diffs: ["alongside_diffs_total", "Joins for which a difference had to be worked out."],
  damaged: ["alongside_damaged_total", "Lanes found damaged when they were opened."],
  "work-failed": ["alongside_work_failed_total", "Work on a lane's document that failed."],
  "bytes-in": ["alongside_bytes_in_total", "Bytes of frames that came."],
  "bytes-out": ["alongside_bytes_out_total", "Bytes of frames that were sent."],
};

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
  /** How long an edit took to be written, and to be forced to disk. */
  readonly committed: (latency: { readonly writtenMs: number; readonly forcedMs: number }) => void;
}

const latencyBuckets = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5];

export function createMetrics(read: () => LiveCounts | undefined): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counts = () => read() ?? nothingCounted;
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
  const byLabel = (name: string, help: string, label: string, values: () => Readonly<Record<string, number>>) =>
    new Counter({
      ...{ name, help, registers, labelNames: [label] },
      collect() {
        this.reset();
        for (const [key, count] of Object.entries(values())) this.inc({ [label]: key }, count);
      },
    });
  const seconds = (name: string, help: string) => new Histogram({ name, help, registers, buckets: latencyBuckets });

  gauge("alongside_sockets", "Open sockets.", () => counts().sockets);
  gauge("alongside_rooms", "Lanes that somebody is on.", () => counts().rooms);
  gauge("alongside_waiting_for_disk", "Edits not yet forced to disk.", () => counts().waitingForDisk);
  gauge("alongside_waiting_work", "Work on documents that waits for its thread.", () => counts().waitingWork);
  for (const [key, [name, help]] of Object.entries(shownTotals)) {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(counts().totals[key] ?? 0);
      },
    });
  }
  byLabel("alongside_refused_total", "Edits and sockets refused, by kind.", "kind", () => counts().refused);
  byLabel("alongside_closed_total", "Sockets closed by the server, by reason.", "reason", () => counts().closed);
  const written = seconds("alongside_commit_written_seconds", "From an edit's arrival to its commit.");
  const forced = seconds("alongside_commit_forced_seconds", "From an edit's arrival until it is forced to disk.");

  const open: RequestHandler = async (_request, response) => {
    response.set("Content-Type", registry.contentType).send(await registry.metrics());
  };
  return {
    open,
    committed: ({ writtenMs, forcedMs }) => {
      written.observe(writtenMs / 1_000);
      forced.observe(forcedMs / 1_000);
    },
    withToken: (askers) => async (request, response, next) => {
      const token = await askers.apiToken(request);
      if (!token.ok) return sendError(response, token.error.kind);
      if (!token.value) return sendError(response, "not-signed-in");
      return open(request, response, next);
    },
  };
}

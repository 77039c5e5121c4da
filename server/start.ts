import type { Server, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Express, RequestHandler } from "express";
import { type Logger, pino } from "pino";
import type { RandomBytes } from "#shared/board/ids.ts";
import { errorTable } from "#shared/protocol/errors.ts";
import { ok, type Result } from "#shared/result.ts";
import { worldRandom } from "./access/keys.ts";
import type { ThrottleLimits } from "./access/throttle.ts";
import { openDoor } from "./admin/door.ts";
import { type CannotStart, type Config, cannotStart } from "./config.ts";
import { openFailureSentence, storeFileOf } from "./data-file.ts";
import { refuseBrokenCall } from "./http/broken-call.ts";
import { errorBody } from "./http/reply.ts";
import type { Inside } from "./inside.ts";
import { openMasterKey, reasonOf } from "./master-key.ts";
import { nodeHttp } from "./node-http.ts";
import type { BoardStore } from "./store/board-store.ts";
import type { OpenStore } from "./store/open-store.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import { swapData } from "./swap-data.ts";

export interface ServerOptions {
  readonly config: Config;
  /** `memory` keeps nothing and needs no data folder; for tests. Or one that a test has prepared. */
  readonly store?: "sqlite" | "memory" | OpenStore;
  /** Unix ms. Sockets and stored edits keep the machine's own time. */
  readonly now?: () => number;
  readonly random?: RandomBytes;
  readonly limits?: Partial<ThrottleLimits>;
  readonly log?: Logger;
  /** Where the built client lies; `client/dist` unless a test brings its own. */
  readonly clientFolder?: string;
  /** Instead of the built client; for development. Turns the content policy off. */
  readonly pages?: (server: Server) => Promise<RequestHandler>;
}

export interface RunningServer {
  /** Where a browser on this machine finds it: an origin. */
  readonly url: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** While no staff account exists. */
  readonly setupUrl: string | undefined;
  /** Another one after a backup was restored. */
  readonly store: BoardStore;
  /** Takes nothing new, keeps what it has got, then closes everything. May be called twice. */
  readonly stop: () => Promise<void>;
}

export const clientFolder: string = join(import.meta.dirname, "../client/dist");

/** Opens the data, builds the server and listens. What cannot work comes back as a sentence; nothing stays open then. */
export async function startServer(options: ServerOptions): Promise<Result<RunningServer, CannotStart>> {
  const { config, now = Date.now, random = worldRandom } = options;
  const log = options.log ?? createLog(config);
  // The store has a thread of its own, which gets its file ready while the rest of our code is read here.
  const [opened, { openInside }, { createMetrics }] = await Promise.all([
    openStore(options),
    import("./inside.ts"),
    import("./http/health.ts"),
  ]);
  if (!opened.ok) return opened;

  const server = nodeHttp.createServer();
  let inside: Inside | undefined;
  const metrics = createMetrics(() => inside?.counts());
  const parts = {
    ...{ config, server, log, metrics, now, random, limits: options.limits },
    clientFolder: options.clientFolder ?? clientFolder,
    pages: options.pages && (await options.pages(server)),
  };
  const first = await openInside(opened.value, parts);
  if (!first.ok) return first;
  inside = first.value;
  server.on("request", (request, response) => {
    if (inside) inside.app(request, response);
    else sayRestarting(response);
  });
  server.on("clientError", refuseBrokenCall);

  const metricsServer =
    config.metricsPort === undefined ? undefined : nodeHttp.createServer(await metricsApp(metrics.open));
  const listening = await listenAll([
    [server, config.port, config.host],
    ...(metricsServer ? [[metricsServer, config.metricsPort ?? 0, config.host] as const] : []),
  ]);
  if (!listening.ok) {
    await inside.close();
    return listening;
  }

  const port = portOf(server);
  const url = config.publicUrl?.origin ?? `http://${nameOf(config.host)}:${port}`;
  let stopping: Promise<void> | undefined;
  // Only who keeps the data in a folder of its own has a place for it.
  const isOnDisk = options.store === undefined || options.store === "sqlite";
  const door = isOnDisk
    ? await openDoor(config.dataDir, async (asked) => {
        if (asked.kind === "where") return { kind: "where", port };
        if (!inside || stopping) return { kind: "failed", why: "closed" };
        if (asked.kind === "erase") return inside.erase(asked.boardId);
        const before = inside;
        inside = undefined;
        const swapped = await swapData({
          ...{ file: storeFileOf(config.dataDir), name: asked.name, before, now, log },
          open: async () => {
            const again = await openStore(options);
            return again.ok ? openInside(again.value, parts) : again;
          },
        });
        inside = swapped.inside;
        return swapped.answered;
      })
    : undefined;
  if (isOnDisk && !door) log.info("no door for admin commands: to erase a board, stop the server first");
  const stop = async () => {
    await door?.close();
    // New calls are refused by the closed port; those under way end by themselves or with their connection.
    const closed = [server, metricsServer].flatMap((each) => (each ? [closeServer(each)] : []));
    await inside?.close();
    await Promise.all(closed);
  };
  const { setupToken } = inside;
  return ok({
    url,
    port,
    metricsPort: metricsServer && portOf(metricsServer),
    setupUrl: setupToken === undefined ? undefined : `${url}/setup#${setupToken}`,
    get store() {
      return (inside ?? first.value).store;
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  });
}

/** For the moment in which the data are changed for others: what is called then has not been done. */
function sayRestarting(response: ServerResponse): void {
  const { status } = errorTable["not-storing"];
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Retry-After": "2" });
  response.end(JSON.stringify(errorBody("not-storing")));
}

/** Logs go to standard error as JSON lines; standard output is for the person who started the server. */
export function createLog(config: Pick<Config, "logLevel">): Logger {
  return pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
}

/** Opens the data of `config`, for the server and for the admin commands, which work beside a running one. */
export async function openStore(
  { config, store = "sqlite" }: Pick<ServerOptions, "config" | "store">,
  beside = false,
): Promise<Result<OpenStore & { readonly master: Uint8Array }, CannotStart>> {
  if (store === "memory") {
    const { createMemoryStore } = await import("./store/memory-store.ts");
    return ok({ ...createMemoryStore(), master: config.key ?? new Uint8Array(32) });
  }
  if (store !== "sqlite") return ok({ ...store, master: config.key ?? new Uint8Array(32) });
  const key = openMasterKey(config);
  if (!key.ok) return key;
  const opened = await openSqliteStore({ file: storeFileOf(config.dataDir), masterKey: key.value.bytes, beside });
  return opened.ok ? ok({ ...opened.value, master: key.value.bytes }) : cannotStart(openFailureSentence(opened.error));
}

async function metricsApp(open: RequestHandler): Promise<Express> {
  const { default: express } = await import("express");
  const app = express();
  app.disable("x-powered-by");
  app.get("/metrics", open);
  return app;
}

type Listening = readonly [server: Server, port: number, host: string];

/** All of them, or none. */
async function listenAll(wanted: readonly Listening[]): Promise<Result<void, CannotStart>> {
  for (const [index, [server, port, host]] of wanted.entries()) {
    const refused = await listen(server, port, host);
    if (refused === undefined) continue;
    for (const [started] of wanted.slice(0, index)) started.close();
    return cannotStart(listenSentence(refused, port, host, index === 0 ? "PORT" : "METRICS_PORT"));
  }
  return ok(undefined);
}

function listen(server: Server, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: Error) => resolve(reasonOf(error));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve(undefined);
    });
  });
}

function listenSentence(reason: string, port: number, host: string, name: string): string {
  switch (reason) {
    case "EADDRINUSE":
      return `Port ${port} is taken by another program. Stop that program, or choose another port with ${name}.`;
    case "EACCES":
      return `Port ${port} is not open to this user. Choose another with ${name}, for example 3000.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${host} is not an address of this machine. Use 127.0.0.1 for this machine alone, or 0.0.0.0 for its network.`;
    default:
      return `The server could not listen on ${host}, port ${port} (${reason}). Check HOST and ${name}.`;
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // A page that is being sent has a moment; a client that never ends its call does not hold the stop up.
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** The name to open it by on this machine. */
function nameOf(host: string): string {
  if (["127.0.0.1", "0.0.0.0", "::", "::1", "localhost"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

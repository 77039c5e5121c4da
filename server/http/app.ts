import type { IncomingMessage, ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import type { OriginRules } from "../access/request-origin.ts";
import type { BoardStore } from "../store/board-store.ts";
import { boardRoutes } from "./board-routes.ts";
import { entryRoutes } from "./entry-routes.ts";
import { fileRoutes } from "./file-routes.ts";
import { healthRoutes, type Metrics } from "./health.ts";
import { laneRoutes } from "./lane-routes.ts";
import { peopleRoutes, sessionRoutes } from "./people-routes.ts";
import { sendError } from "./reply.ts";
import type { Routes } from "./routes.ts";

export interface AppOptions extends Routes {
  readonly store: Pick<BoardStore, "probe">;
  readonly metrics: Metrics;
  /** Answers everything outside `/api`: the built client, or Vite while developing. */
  readonly pages: RequestHandler;
  /** Vite needs scripts in the page itself, so the policy is off while developing, and only then. */
  readonly contentPolicy: boolean;
  readonly log: Logger;
  readonly now: () => number;
}

const largestBody = 64 * 1024;

/** The whole of HTTP: who may call at all, then the API, then the pages. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(logRequests(options.log));
  // Before the Host check: a probe calls by whatever name its network gives us, and these say nothing of boards.
  app.use(healthRoutes(options.store, options.now));
  app.use(refuseStrangers(options.origins));
  app.use(headers(options.origins, options.contentPolicy));
  app.get("/metrics", options.metrics.withToken(options.askers));

  const api = express.Router();
  api.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  api.use("/boards", fileRoutes(options));
  api.use(express.json({ limit: largestBody, type: "application/json" }));
  api.use(entryRoutes(options));
  api.use("/boards", boardRoutes(options));
  api.use("/boards", peopleRoutes(options));
  api.use("/boards", laneRoutes(options));
  api.use("/session", sessionRoutes(options));
  api.use((_request, response) => sendError(response, "not-found"));
  app.use("/api", api);

  app.use(options.pages);
  app.use((_request, response) => sendError(response, "not-found"));
  app.use(endInSentence(options.log));
  return app;
}

function refuseStrangers(origins: OriginRules): RequestHandler {
  return (request, response, next) => {
    const reads = request.method === "GET" || request.method === "HEAD";
    if (origins.hostIsOurs(request) && (reads || origins.originIsOurs(request))) next();
    else sendError(response, "wrong-origin");
  };
}

function headers(origins: OriginRules, contentPolicy: boolean): RequestHandler {
  // Older Safari does not count sockets of the same origin as 'self'. The Host has been checked by now.
  const ownSockets = (request: IncomingMessage, _response: ServerResponse) => {
    const { host } = new URL(origins.baseOf(request));
    return `ws://${host} wss://${host}`;
  };
  return helmet({
    contentSecurityPolicy: contentPolicy && {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "connect-src": ["'self'", ownSockets],
        "img-src": ["'self'", "data:", "blob:"],
        // The text editor places its own styles and other people's carets with style attributes.
        "style-src": ["'self'", "'unsafe-inline'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    frameguard: { action: "deny" },
    // Both only mean something over TLS, and on plain HTTP browsers complain about them.
    strictTransportSecurity: origins.secure,
    crossOriginOpenerPolicy: origins.secure,
    originAgentCluster: origins.secure,
  });
}

/** One line a request, at debug: method, the route's kind, status and time. Never an address with ids in it. */
function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once("finish", () => {
      const route = routeOf(request);
      log.debug({
        method: request.method,
        route,
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
      });
    });
    next();
  };
}

function endInSentence(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = typeof error === "object" && error !== null && "status" in error ? error.status : 500;
    if (status === 413) return sendError(response, "too-large");
    if (typeof status === "number" && status < 500) return sendError(response, "bad-request");
    // The stack names our own files and lines; the message could quote what was sent, so it stays out.
    const stack = error instanceof Error ? error.stack?.split("\n").filter((line) => /^\s+at /.test(line)) : undefined;
    log.error({ route: routeOf(request), error: error instanceof Error ? error.name : "?", stack }, "a call failed");
    return sendError(response, "unexpected");
  };
}

/** `/api/boards` of `/api/boards/<id>/me`: what was called, without whose. */
function routeOf(request: Request): string {
  const [path = ""] = request.originalUrl.split("?");
  return path.startsWith("/api/") ? path.split("/").slice(0, 3).join("/") : "page";
}

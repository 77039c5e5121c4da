import { request as httpRequest } from "node:http";
import { pino } from "pino";
import type { JoinReply, NewBoardReply } from "#shared/protocol/api.ts";
import type { Config } from "../../server/config.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../server/start.ts";

export const quietConfig: Config = {
  port: 0,
  host: "127.0.0.1",
  dataDir: "/nonexistent",
  publicUrl: undefined,
  key: Buffer.alloc(32, 7),
  logLevel: "silent",
  metricsPort: undefined,
};

export const dayMs = 24 * 3_600_000;

/** A server on a free port whose clock the test moves. */
export interface HttpServer extends RunningServer {
  readonly clock: { now: number };
  readonly as: (who?: Who) => Caller;
}

/** Cookies as a browser keeps them, or a bearer token. */
export interface Who {
  readonly cookies?: Map<string, string>;
  readonly token?: string;
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what came back is what the test is about
  readonly body: any;
  readonly headers: Headers;
}

export interface Caller {
  readonly who: Who;
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
}

export async function startHttp(options: Partial<ServerOptions> = {}): Promise<HttpServer> {
  const clock = { now: Date.parse("2026-11-24T10:00:00Z") };
  const started = await startServer({
    config: quietConfig,
    store: "memory",
    now: () => clock.now,
    log: pino({ level: "silent" }),
    ...options,
  });
  if (!started.ok) throw new Error(started.error.sentence);
  const { url } = started.value;
  return { ...started.value, clock, as: (who = { cookies: new Map() }) => createCaller(url, who) };
}

function createCaller(url: string, who: Who): Caller {
  return {
    who,
    call: async (method, path, body, headers = {}) => {
      const cookie = [...(who.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(new URL(path, url), {
        method,
        redirect: "manual",
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(cookie ? { cookie } : {}),
          ...(who.token ? { authorization: `Bearer ${who.token}` } : {}),
          ...headers,
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        const ended = /Max-Age=0\b/i.test(line) || /Expires=Thu, 01 Jan 1970/i.test(line);
        if (ended) who.cookies?.delete(name);
        else who.cookies?.set(name, value);
      }
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json");
      return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
    },
  };
}

/** A call with headers that `fetch` would not let us choose, such as Host. */
export function rawGet(
  port: number,
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

export const bo = { name: "Bo Berg", email: "bo@example.org", password: "a long enough password" };

/** Bo, the first worker, signed in. */
export async function setUpBo(server: HttpServer): Promise<Caller> {
  const caller = server.as();
  const token = new URL(server.setupUrl ?? "").hash.slice(1);
  const reply = await caller.call("POST", "/api/setup", { token, ...bo });
  if (reply.status !== 201) throw new Error(`Set-up answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return caller;
}

export const secretOf = (link: string): string => new URL(link).hash.slice(1);

/** Bo's board for Ana, who has not joined yet. */
export async function makeBoard(worker: Caller): Promise<NewBoardReply> {
  const reply = await worker.call("POST", "/api/boards", {
    title: "Ana's board",
    owner: { name: "Ana", language: "ar" },
  });
  if (reply.status !== 201) throw new Error(`The board was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Joins with a link, on a device of its own. */
export async function joinWith(
  server: HttpServer,
  link: string,
): Promise<{ readonly caller: Caller; readonly reply: JoinReply }> {
  const caller = server.as();
  const reply = await caller.call("POST", "/api/join", { secret: secretOf(link) });
  if (reply.status !== 200) throw new Error(`Joining answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return { caller, reply: reply.body };
}

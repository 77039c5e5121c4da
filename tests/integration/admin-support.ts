import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, vi } from "vitest";
import type { JoinReply, NewBoardReply } from "#shared/protocol/api.ts";
import { callApi, joinByLink } from "../../server/demo/demo-person.ts";
import { firstWorker, type RunningServer, type StaffSignIn, startServer } from "../support/start-server.ts";
import { openStockClient, type StockClient } from "../support/stock-client.ts";

const project = join(import.meta.dirname, "../..");

export interface AdminEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The real command, in a process of its own. `before`: a line of shell to run first in that process. */
export function admin(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  before?: string,
): Promise<AdminEnd> {
  const script = [process.execPath, join(project, "server/admin.ts"), ...words];
  const [command = "", ...rest] = before ? ["/bin/sh", "-c", `${before}; exec "$@"`, "sh", ...script] : script;
  const child = spawn(command, rest, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((done) => child.once("close", (code) => done({ code, out, err })));
}

/** A refusal: one sentence or a few, nothing on standard output, exit 2. */
export async function refused(answer: Promise<AdminEnd>): Promise<string> {
  const { code, out, err } = await answer;
  expect({ code, out }, err).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^[A-Z][^\n]*\.\n$/);
  return err;
}

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "admin-"));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function aServer(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const server = await startServer(env);
  opened.push(() => server.close());
  return server;
}

/** Ana's board on that server, joined by her. */
export interface AnasBoard extends NewBoardReply {
  readonly ana: JoinReply;
  readonly laneId: string;
}

const workers = new WeakMap<RunningServer, Promise<StaffSignIn>>();

export async function boardOf(server: RunningServer, name = "Ana"): Promise<AnasBoard> {
  const signedIn = workers.get(server) ?? firstWorker(server);
  workers.set(server, signedIn);
  const { headers } = await signedIn;
  const body = { title: `${name}'s board`, owner: { name, language: "en" } };
  const made = await callApi<NewBoardReply>(server.url, "POST", "/api/boards", body, headers);
  const ana = await joinByLink(server.url, made.invitation.url);
  const laneId = made.lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
  return { ...made, ana, laneId };
}

/** Ana's device on her board's shared lane. */
export async function device(server: RunningServer, board: AnasBoard): Promise<StockClient> {
  const client = openStockClient(server.url.replace("http", "ws"), board.ana.sessionToken, {
    laneId: board.laneId,
    params: { ack: "1" },
  });
  opened.push(client.close);
  await until(() => expect(client.synced()).toBe(true));
  return client;
}

export const saved = (client: StockClient): Promise<void> =>
  until(() => expect(client.ackedCount()).toBe(client.sentCount()));

export const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** Every file below a folder, in full. */
export function filesBelow(folder: string): readonly { readonly file: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ file, bytes: readFileSync(file) }));
}

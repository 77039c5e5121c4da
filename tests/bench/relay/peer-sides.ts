import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as encoding from "lib0/encoding";
import { startServerProcess } from "./server-process.ts";
import type { Seat, StartSide } from "./sides.ts";

const peersFolder = join(import.meta.dirname, "../peers");

/**
 * Brings the peers, as their lock file says, when they are not there. Without install scripts: LevelDB comes compiled
 * within its package, and nothing else that is used here needs compiling.
 */
export function installPeers(): void {
  const wanted = (JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8")) as Package).dependencies ?? {};
  if (Object.entries(wanted).every(([name, version]) => installedVersion(name) === version)) return;
  console.log("Installing the peers (once) …");
  execFileSync("npm", ["ci", "--prefix", peersFolder, "--ignore-scripts", "--no-audit", "--no-fund"], {
    stdio: "inherit",
  });
}

export function peerVersions(): Readonly<Record<string, string>> {
  const names = [
    "@hocuspocus/server",
    "@hocuspocus/extension-sqlite",
    "y-websocket",
    "y-leveldb",
    "leveldown",
    "yjs",
    "ws",
  ];
  return Object.fromEntries(names.map((name) => [name, installedVersion(name) ?? "missing"]));
}

interface Package {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function installedVersion(name: string): string | undefined {
  const file = join(peersFolder, "node_modules", name, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Package).version : undefined;
}

let boardsMade = 0;

/** y-websocket's own server with y-leveldb, started by its own program. */
export const startYWebsocket: StartSide = async ({ nodeFlags = [] } = {}) => {
  const server = await startServerProcess({
    nodeFlags,
    cwd: peersFolder,
    args: () => ["node_modules/y-websocket/bin/server.cjs"],
    env: (folder, port) => ({ HOST: "127.0.0.1", PORT: String(port), YPERSISTENCE: join(folder, "leveldb") }),
  });
  return {
    name: "y-websocket",
    server,
    makeBoards: async (boards, people) =>
      Array.from({ length: boards }, () => {
        const seat: Seat = {
          path: `/board-${boardsMade++}`,
          headers: {},
          address: new Uint8Array(),
          hello: [],
          acks: false,
        };
        return Array.from({ length: people }, () => seat);
      }),
  };
};

/** Hocuspocus with its SQLite extension; its client names the document in every message and shows a token first. */
export const startHocuspocus: StartSide = async ({ nodeFlags = [] } = {}) => {
  const server = await startServerProcess({
    nodeFlags,
    cwd: peersFolder,
    args: () => ["hocuspocus.js"],
    env: (folder, port) => ({ HOST: "127.0.0.1", PORT: String(port), DATA_DIR: folder }),
  });
  return {
    name: "hocuspocus",
    server,
    makeBoards: async (boards, people) =>
      Array.from({ length: boards }, () => {
        const address = encoding.encode((encoder) => encoding.writeVarString(encoder, `board-${boardsMade++}`));
        const showToken = encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, 2);
          encoding.writeVarUint(encoder, 0);
          encoding.writeVarString(encoder, "");
        });
        const seat: Seat = { path: "/", headers: {}, address, hello: [showToken], acks: false };
        return Array.from({ length: people }, () => seat);
      }),
  };
};

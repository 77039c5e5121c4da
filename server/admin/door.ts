import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import type { ErasedBoard } from "../store/board-store.ts";
import { isReadyName } from "./place-restored.ts";

/**
 * The way an admin command talks to the server that runs on the same data folder: a socket file in that folder, for its
 * owner alone. One JSON line asks, one answers. Whoever can open it could read and write the data file as well.
 */
export type Asked =
  | { readonly kind: "where" }
  | { readonly kind: "erase"; readonly boardId: BoardId }
  /** To put a restored copy in the place of the data file: its name in the data folder. */
  | { readonly kind: "take-in"; readonly name: string };

export type Answered =
  | { readonly kind: "where"; readonly port: number }
  /** `erased`: what it was, or `undefined` when there was no such board. `scrubbed`: none of its bytes is left. */
  | { readonly kind: "erase"; readonly erased: ErasedBoard | undefined; readonly scrubbed: boolean }
  /** `kept`: where the data that were there until now lie. */
  | { readonly kind: "taken-in"; readonly kept: string | undefined }
  /** All is as it was. `why`: a part of a sentence. */
  | { readonly kind: "not-taken-in"; readonly why: string }
  | { readonly kind: "failed"; readonly why: "full" | "read-only" | "failing" | "closed" };

export const doorFileOf = (dataDir: string): string => join(dataDir, "admin.sock");

const longestLine = 1_000;
const longestSilenceMs = 10_000;

/**
 * Opens the door. The caller holds the data folder's lock, so a socket file that lies there is a dead server's. `undefined`
 * where there can be none (Windows, a path that is too long, a disk without sockets): the server works without it.
 */
export async function openDoor(
  dataDir: string,
  answer: (asked: Asked) => Promise<Answered>,
): Promise<{ readonly close: () => Promise<void> } | undefined> {
  if (process.platform === "win32") return undefined;
  const file = doorFileOf(dataDir);
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => silent.delete(socket));
    socket.setTimeout(longestSilenceMs, () => socket.destroy());
    let line = "";
    const onData = (chunk: Buffer) => {
      line += chunk;
      const end = line.indexOf("\n");
      if (end < 0 && line.length <= longestLine) return;
      socket.off("data", onData);
      silent.delete(socket);
      socket.setTimeout(0); // The answer may take as long as it takes.
      const asked = parseAsked(line.slice(0, end));
      if (!asked) return socket.destroy();
      void answer(asked)
        .catch((): Answered => ({ kind: "failed", why: "failing" }))
        .then((answered) => socket.end(`${JSON.stringify(answered)}\n`));
    };
    socket.on("data", onData);
  });
  rmSync(file, { force: true });
  if (!(await listen(server, file))) return undefined;
  return {
    close: () =>
      new Promise((resolve) => {
        // What was asked is answered first.
        server.close(() => resolve());
        for (const socket of silent) socket.destroy();
        rmSync(file, { force: true });
      }),
  };
}

function listen(server: Server, file: string): Promise<boolean> {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    // Nobody else may open it, not even in the moment before its mode could be set. The file is made within this call.
    const before = process.umask(0o177);
    try {
      server.listen(shortest(file), () => resolve(true));
    } finally {
      process.umask(before);
    }
  });
}

/** What the server answered; `undefined` when nobody answers there. */
export function askAtDoor(dataDir: string, asked: Asked): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    const socket = connect(shortest(doorFileOf(dataDir)));
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
    createInterface({ input: socket })
      .on("error", () => {})
      .once("line", (line) => {
        resolve(parseAnswered(line));
        socket.destroy();
      });
    socket.write(`${JSON.stringify(asked)}\n`);
  });
}

/** The system allows about 100 bytes for such a path; from here it may be shorter than from the root. */
function shortest(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.length < file.length ? fromHere : file;
}

function parseAsked(line: string): Asked | undefined {
  const read = parseLine(line);
  if (read?.kind === "where") return { kind: "where" };
  if (read?.kind === "take-in" && typeof read.name === "string" && isReadyName(read.name)) {
    return { kind: "take-in", name: read.name };
  }
  const boardId = parseId<BoardId>(read?.boardId);
  return read?.kind === "erase" && boardId ? { kind: "erase", boardId } : undefined;
}

/** Both sides are of one version or the next: what is not understood counts as no answer. */
function parseAnswered(line: string): Answered | undefined {
  const read = parseLine(line);
  return read && ["where", "erase", "taken-in", "not-taken-in", "failed"].includes(String(read.kind))
    ? (read as unknown as Answered)
    : undefined;
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(line);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

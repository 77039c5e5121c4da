import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goFirst, onServerCore } from "./cores.ts";

export const projectFolder: string = join(import.meta.dirname, "../../..");

export interface Memory {
  /** Resident bytes of the whole process. */
  readonly rss: number;
  /** The main thread's heap and the buffers beside it, after a collection. */
  readonly held: number;
}

/** One server in a process of its own, on a core of its own, with a data folder that was empty when it began. */
export interface ServerProcess {
  readonly port: () => number;
  readonly pid: () => number;
  readonly folder: string;
  readonly output: () => string;
  readonly memory: () => Promise<Memory>;
  /** Resident bytes now, without asking the process. */
  readonly rssNow: () => number;
  /** Ends it, gently unless told otherwise, and starts it again on the same data and port. Says how long the start took. */
  readonly restart: (how?: "SIGTERM" | "SIGKILL") => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface ServerCommand {
  /** What `node` is given, after its own flags. */
  readonly args: (folder: string) => readonly string[];
  readonly cwd?: string;
  readonly env: (folder: string, port: number) => Readonly<Record<string, string>>;
  /** `node`'s own flags, for a profile. */
  readonly nodeFlags?: readonly string[];
}

/** Ended with us, however we end. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));

export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), "relay-bench-"));
  folders.add(folder);
  let child: ChildProcess | undefined;
  let output = "";
  let port = await freePort();

  const start = async (): Promise<number> => {
    const startedAt = performance.now();
    const inside = join(import.meta.dirname, "inside.ts");
    const words = [process.execPath, ...(command.nodeFlags ?? []), "--import", inside, ...command.args(folder)];
    const [program = "", ...args] = onServerCore(words);
    const started = spawn(program, args, {
      cwd: command.cwd ?? projectFolder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", ...command.env(folder, port) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A session of its own, which `goFirst` needs; so the terminal's Ctrl+C does not reach it, and we pass that on.
      detached: true,
    });
    child = started;
    running.add(started);
    started.once("exit", () => running.delete(started));
    if (started.pid !== undefined) goFirst(started.pid);
    started.stdout?.on("data", (chunk: Buffer) => {
      output = (output + chunk).slice(-100_000);
    });
    started.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk).slice(-100_000);
    });
    const ended = new Promise<never>((_, failed) => {
      started.once("error", failed);
      started.once("exit", (code, signal) => failed(new Error(`The server ended with ${code ?? signal}:\n${output}`)));
    });
    ended.catch(() => {});
    await Promise.race([ended, answers(port)]);
    return performance.now() - startedAt;
  };
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    await new Promise<void>((done) => {
      // Whoever does not end by itself in time is ended: a bench must not hang on the side it compares with.
      const force = setTimeout(() => ending.kill("SIGKILL"), 15_000);
      ending.once("exit", () => {
        clearTimeout(force);
        done();
      });
      ending.kill(signal);
    });
  };

  await start();
  return {
    port: () => port,
    pid: () => child?.pid ?? 0,
    folder,
    output: () => output,
    memory: () => askMemory(child),
    rssNow: () => residentBytes(child?.pid ?? 0),
    restart: async (how = "SIGTERM") => {
      await end(how);
      return start();
    },
    stop: async () => {
      await end("SIGTERM");
      port = 0;
      await rm(folder, { recursive: true, force: true });
      folders.delete(folder);
    },
  };
}

function askMemory(child: ChildProcess | undefined): Promise<Memory> {
  return new Promise((resolve, reject) => {
    if (!child?.connected) return reject(new Error("The server is gone."));
    child.once("message", (answer) => resolve(answer as Memory));
    child.send("memory");
  });
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Until somebody takes a connection there. */
async function answers(port: number): Promise<void> {
  const { connect } = await import("node:net");
  for (let tries = 0; tries < 6_000; tries += 1) {
    const taken = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (taken) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error("The server did not listen within 30 seconds.");
}

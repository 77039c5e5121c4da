import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, setPriority } from "node:os";

/** Where the server runs, and where all else does. */
export const serverCore = 0;
export const generatorCore = 1;

export const canPin: boolean = cpus().length > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["-c", "0", "true"]);
    return true;
  } catch {
    return false;
  }
}

/** Moves this process, all its threads, to the generator's core. Says whether it could. */
export function pinGenerator(): boolean {
  if (!canPin) return false;
  for (const thread of readdirSync("/proc/self/task")) {
    try {
      execFileSync("taskset", ["-cp", String(generatorCore), thread], { stdio: "ignore" });
    } catch (error) {
      // A thread that is only there for a moment may be gone by now; the first one is the process.
      if (thread === String(process.pid)) throw error;
    }
  }
  return true;
}

/**
 * Puts a session of processes (this one's, or that of `pid`) before others who want its core. Linux weighs sessions
 * against each other, and single processes only within theirs. Until this process ends. Says whether it might.
 */
export function goFirst(pid: number | "self" = "self"): boolean {
  try {
    setPriority(pid === "self" ? 0 : pid, first);
    writeFileSync(`/proc/${pid}/autogroup`, String(first));
    if (pid === "self") process.once("exit", () => writeFileSync("/proc/self/autogroup", "0"));
    return true;
  } catch {
    return false;
  }
}

/** Nearly as far before others as there is. */
const first = -15;

/** A command, started on the server's core. */
export function onServerCore(command: readonly string[]): readonly string[] {
  return canPin ? ["taskset", "-c", String(serverCore), ...command] : command;
}

/** A stretch of time as the kernel counted it. All in ms of CPU but `seconds`. */
export interface CoreUse {
  readonly seconds: number;
  /** Of the server's process, all its threads, user and system. */
  readonly serverMs: number;
  /** What others did on the server's core, as a share of it: 0.05 is one twentieth. The ticks' own blur is left out. */
  readonly others: number;
  /** The generator's own process, as a share of its core. */
  readonly generator: number;
}

const tickMs = 10;

interface Reading {
  readonly at: number;
  readonly serverMs: number;
  readonly busyMs: number;
  readonly generatorMs: number;
}

function read(pid: number): Reading {
  const own = process.cpuUsage();
  return {
    at: performance.now(),
    serverMs: processMs(pid),
    busyMs: coreBusyMs(serverCore),
    generatorMs: (own.user + own.system) / 1000,
  };
}

/** Starts to count; what comes back ends it. */
export function watchCores(pid: number): () => CoreUse {
  const from = read(pid);
  return () => {
    const to = read(pid);
    const elapsedMs = to.at - from.at;
    const serverMs = to.serverMs - from.serverMs;
    return {
      seconds: elapsedMs / 1000,
      serverMs,
      others: Math.max(0, (to.busyMs - from.busyMs - serverMs - 2 * tickMs) / elapsedMs),
      generator: (to.generatorMs - from.generatorMs) / elapsedMs,
    };
  };
}

/** User and system time of a process so far. */
export function processMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Everything but idling and waiting for a disk; what the machine below us took away counts as busy. */
function coreBusyMs(core: number): number {
  const line = readFileSync("/proc/stat", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = (line ?? "")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) * tickMs;
}

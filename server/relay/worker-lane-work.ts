import { Worker } from "node:worker_threads";
import type { Folded, LaneBytes, LaneWork } from "./lane-work.ts";

export type WorkAsked =
  | { readonly kind: "fold"; readonly lane: LaneBytes }
  | { readonly kind: "diff"; readonly lane: LaneBytes; readonly stateVector: Uint8Array };
export type WorkDone =
  | { readonly kind: "fold"; readonly folded: Folded | undefined }
  | { readonly kind: "diff"; readonly updates: readonly Uint8Array[] | undefined };

export interface WorkerLaneWork extends LaneWork {
  /** Starts the thread before somebody waits for it. */
  readonly warmUp: () => void;
  /** What still waits is not done any more. */
  readonly close: () => Promise<void>;
}

interface Task {
  readonly asked: WorkAsked;
  /** `undefined`: it could not be done. */
  readonly settle: (done: WorkDone | undefined) => void;
}

/** A lane that takes longer has done something to Yjs; everybody else's work is not to wait for it. */
const longestTaskMs = 20_000;

/**
 * Lane work in one thread for the whole process, so that no document ever holds up the relay. One task at a time, so that
 * the bytes of one lane at most are copied; answers, which somebody waits for, before foldings. A thread that ends or hangs
 * costs the task that it was at, and a new one goes on with the next.
 */
export function startWorkerLaneWork(
  options: { readonly file?: URL; readonly longestTaskMs?: number } = {},
): WorkerLaneWork {
  const answers: Task[] = [];
  const foldings: Task[] = [];
  let worker: Worker | undefined;
  let current: Task | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const finish = (done: WorkDone | undefined) => {
    clearTimeout(timer);
    const task = current;
    current = undefined;
    task?.settle(done);
    next();
  };

  const start = (): Worker => {
    const started = new Worker(options.file ?? new URL("./lane-worker.ts", import.meta.url), { name: "lanes" });
    const onGone = () => {
      if (worker !== started) return;
      worker = undefined;
      finish(undefined);
    };
    started.on("message", (done: WorkDone) => worker === started && finish(done));
    started.on("error", onGone);
    started.on("exit", onGone);
    // It does not keep the process alive: the listening server does.
    started.unref();
    return started;
  };

  const next = () => {
    if (current || closed) return;
    current = answers.shift() ?? foldings.shift();
    if (!current) return;
    worker ??= start();
    timer = setTimeout(() => {
      const hung = worker;
      worker = undefined;
      void hung?.terminate();
      finish(undefined);
    }, options.longestTaskMs ?? longestTaskMs);
    worker.postMessage(current.asked);
  };

  const ask = (line: Task[], asked: WorkAsked) =>
    new Promise<WorkDone | undefined>((settle) => {
      if (closed) return settle(undefined);
      line.push({ asked, settle });
      next();
    });

  return {
    fold: async (lane) => {
      const done = await ask(foldings, { kind: "fold", lane: lane });
      return done?.kind === "fold" ? done.folded : undefined;
    },
    diff: async (lane, stateVector) => {
      const done = await ask(answers, { kind: "diff", lane: lane, stateVector });
      return done?.kind === "diff" ? done.updates : undefined;
    },
    warmUp: () => {
      if (!closed) worker ??= start();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const waiting = [...(current ? [current] : []), ...answers.splice(0), ...foldings.splice(0)];
      current = undefined;
      for (const { settle } of waiting) settle(undefined);
      await worker?.terminate();
      worker = undefined;
    },
  };
}

import { Worker } from "node:worker_threads";
import { fail, ok, type Result } from "#shared/result.ts";
import type { HistoryAnswers, HistoryTask } from "./history-task.ts";

/** Why a task has no answer: too much work waits already, or it needed too long or too much memory. */
export type NoHistory = { readonly kind: "history-busy" } | { readonly kind: "history-too-large" };

/** Works on a lane's past in a thread of its own, one task after the other, so that nobody's edits wait for it. */
export interface HistoryThread {
  readonly run: <Kind extends HistoryTask["kind"]>(
    task: Extract<HistoryTask, { readonly kind: Kind }>,
  ) => Promise<Result<HistoryAnswers[Kind], NoHistory>>;
  /** Tasks under way or waiting. */
  readonly waiting: () => number;
  readonly close: () => Promise<void>;
}

const mostWaiting = 8;
const longestTaskMs = 30_000;
const idleMs = 60_000;
/** A lane of the largest size that is read takes about this much, tenfold its bytes. */
const memoryMb = 768;

export function createHistoryThread(): HistoryThread {
  let worker: Worker | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const end = async () => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  const start = (): Worker => {
    const made = new Worker(new URL("./history-worker.ts", import.meta.url), {
      name: "history",
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // Heard also while nobody waits for it: an error that nobody hears would end the server.
    made.on("error", () => {});
    made.on("exit", () => {
      if (worker === made) worker = undefined;
    });
    worker = made;
    return made;
  };
  const ask = async (task: HistoryTask): Promise<Result<unknown, NoHistory>> => {
    clearTimeout(idle);
    const asked = worker ?? start();
    const answer = await new Promise<Result<unknown, NoHistory>>((resolve) => {
      const done = (result: Result<unknown, NoHistory>) => {
        clearTimeout(deadline);
        asked.off("message", onMessage).off("error", onEnd).off("exit", onEnd);
        resolve(result);
      };
      const onMessage = (value: unknown) => done(ok(value));
      // Out of memory, as a rule. What went wrong could quote the lane, so nothing of it is kept.
      const onEnd = () => done(fail({ kind: "history-too-large" }));
      const deadline = setTimeout(onEnd, longestTaskMs);
      asked.once("message", onMessage).once("error", onEnd).once("exit", onEnd);
      asked.postMessage(task);
    });
    if (!answer.ok) await end();
    idle = setTimeout(() => void end(), idleMs).unref();
    return answer;
  };

  return {
    run: async (task) => {
      if (waiting >= mostWaiting) return fail({ kind: "history-busy" });
      waiting += 1;
      const answer = last.then(() => ask(task));
      last = answer.catch(() => {});
      try {
        return (await answer) as Awaited<ReturnType<HistoryThread["run"]>> as never;
      } finally {
        waiting -= 1;
      }
    },
    waiting: () => waiting,
    close: async () => {
      clearTimeout(idle);
      await end();
    },
  };
}

import type { StoreFailure } from "./board-store.ts";
import { type FromWorker, isWrite, type Outcome, type Task, type ToWorker } from "./sqlite-messages.ts";

/** A task with those who wait for it. `bytes` only for an append. */
export interface Asked {
  readonly task: Task;
  readonly bytes?: Uint8Array;
  readonly onWritten: (outcome: Outcome) => void;
  /** Called once, after `onWritten`, only for writes that were `done`. */
  readonly onForced: (why: StoreFailure["why"] | undefined) => void;
}

export interface GroupQueue {
  readonly add: (asked: Asked) => void;
  /** From here on only `addHeld` tasks are sent, until `release`: the accounts hold a transaction open. */
  readonly hold: () => void;
  readonly addHeld: (asked: Asked) => void;
  readonly release: () => void;
  readonly take: (message: Extract<FromWorker, { kind: "written" | "forced" | "not-forced" }>) => void;
  /** The worker is gone: fails all that waits. */
  readonly failAll: (why: StoreFailure["why"]) => void;
  /** Sends what waits without further delay. */
  readonly flush: () => void;
}

/**
 * Time between two groups of updates, and so the longest that one waits for company (DESIGN R1 allows 4). Measured with 100
 * boards: 4 ms cost 5.0 ms of processor a board and second, and an edit is seen after 3.9 ms (p50); 2 ms cost 5.8 and 2.8.
 */
const groupMs = 2;

/**
 * Puts tasks together into groups, in the order they came. Updates go at once when the last group left `groupMs` ago or
 * earlier, else then: somebody who writes alone waits for nobody, and a busy server pays for one commit, one message and
 * one sync for many (a group costs as much as three updates in it). What else is written, and what only reads, goes as
 * soon as the last group is written: somebody waits for each of these.
 */
export function createGroupQueue(post: (message: ToWorker, transfer: ArrayBuffer[]) => void): GroupQueue {
  let waiting: Asked[] = [];
  let lastGroup = 0;
  let isHeld = false;
  let isCutPlanned = false;
  let lastCutAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const unwritten = new Map<number, readonly Asked[]>();
  const unforced = new Map<number, readonly Asked[]>();

  const send = (group: readonly Asked[], held: boolean) => {
    lastGroup += 1;
    unwritten.set(lastGroup, group);
    const { tasks, bytes } = pack(group);
    post({ kind: "group", group: lastGroup, held, tasks, bytes }, bytes ? [bytes.buffer] : []);
  };

  const cut = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    lastCutAt = performance.now();
    const group = waiting;
    waiting = [];
    send(group, false);
  };

  const cutIfDue = () => {
    isCutPlanned = false;
    if (isHeld || waiting.length === 0) return;
    if (!waiting.some(({ task }) => isWrite(task))) return cut();
    // While a group is not even committed another one could not be: it would only queue where it can no longer grow.
    if (unwritten.size > 0) return;
    const waitMs = waiting.every(({ task }) => task.kind === "append") ? lastCutAt + groupMs - performance.now() : 0;
    if (waitMs <= 0) return cut();
    timer ??= setTimeout(() => {
      timer = undefined;
      cutIfDue();
    }, waitMs);
  };

  return {
    add: (asked) => {
      waiting.push(asked);
      // What is asked for in the same turn goes together.
      if (!isCutPlanned) queueMicrotask(cutIfDue);
      isCutPlanned = true;
    },
    hold: () => {
      if (!isHeld) cut();
      isHeld = true;
    },
    addHeld: (asked) => send([asked], true),
    release: () => {
      isHeld = false;
      cutIfDue();
    },
    flush: () => {
      if (!isHeld) cut();
    },
    take: (message) => {
      if (message.kind === "written") {
        const group = unwritten.get(message.group) ?? [];
        unwritten.delete(message.group);
        const toForce = group.filter(({ task }, index) => isWrite(task) && message.outcomes[index]?.kind === "done");
        if (toForce.length > 0) unforced.set(message.group, toForce);
        for (const [index, asked] of group.entries()) asked.onWritten(message.outcomes[index] as Outcome);
      } else {
        for (const [number, group] of unforced) {
          if (number > message.upTo) break;
          unforced.delete(number);
          for (const asked of group) asked.onForced(message.kind === "forced" ? undefined : message.why);
        }
      }
      cutIfDue();
    },
    failAll: (why) => {
      clearTimeout(timer);
      timer = undefined;
      const started = [...unforced.values()].flat();
      const notStarted = [...[...unwritten.values()].flat(), ...waiting];
      unforced.clear();
      unwritten.clear();
      waiting = [];
      for (const asked of started) asked.onForced(why);
      for (const asked of notStarted) {
        asked.onWritten({ kind: "disk", why: why === "closed" ? "failing" : why, detail: "the store's thread ended" });
      }
    },
  };
}

/**
 * Copies the bytes of all appends into one block that is handed over. The callers' own arrays stay theirs (the relay
 * passes the very same bytes on), and may be views of a larger pool, which a message would otherwise copy whole.
 */
function pack(group: readonly Asked[]): { tasks: Task[]; bytes: Uint8Array<ArrayBuffer> | undefined } {
  const length = group.reduce((sum, asked) => sum + (asked.bytes?.length ?? 0), 0);
  const hasBytes = group.some((asked) => asked.bytes);
  const block = hasBytes ? new Uint8Array(length) : undefined;
  let from = 0;
  const tasks = group.map((asked) => {
    if (asked.task.kind !== "append" || !asked.bytes) return asked.task;
    block?.set(asked.bytes, from);
    const task = { ...asked.task, from, length: asked.bytes.length };
    from += asked.bytes.length;
    return task;
  });
  return { tasks, bytes: block };
}

import type { LaneId } from "#shared/board/ids.ts";
import { fail, type Result } from "#shared/result.ts";
import type { NewUpdate, Seq, StoreFailure } from "../store/board-store.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";

/**
 * What becomes of one update: `written` or `lost`, in the order they were appended whatever the store answers first, and
 * after `written` at last `forced`.
 */
export interface UpdateFate {
  /** `again`: others have seen it before; it was stored anew because the disk had not forced it. */
  readonly written: (seq: Seq, again: boolean) => void;
  readonly lost: () => void;
  /** It and everything that was appended before it is forced to disk. */
  readonly forced: () => void;
}

/**
 * One lane's way to the disk [R1, R2]: hands updates to the store, says when each is written and when it is forced, in
 * the order they were appended. When the store fails it says so once, tries the store with a growing pause of at most a
 * second, and says when it is back.
 */
export interface LaneLog {
  /** May only be called while not `failing()`. */
  readonly append: (update: LaneUpdate, fate: UpdateFate) => void;
  /** Runs when all that was appended so far is forced (or lost): at once when there is nothing to wait for. */
  readonly whenForced: (run: () => void) => void;
  readonly failing: () => boolean;
  /** Another lane of the board has met the failure: act as if this one had. */
  readonly fail: () => void;
  /** Updates that wait to be forced, or to be written again. */
  readonly depth: () => number;
  /** Settles when the store has answered for all that was appended so far, well or badly. */
  readonly answered: () => Promise<void>;
  readonly close: () => void;
}

export type LaneUpdate = Pick<NewUpdate, "personId" | "bytes" | "claims" | "returned">;

interface Entry {
  readonly update: LaneUpdate;
  readonly fate: UpdateFate;
  readonly followers: (() => void)[];
  /** `unforced`: others have seen it but the disk would not force it, so it is appended again when the store is back. */
  state: "with-store" | "unforced" | "forced" | "lost";
  /** What the store answered, until its fate is told. */
  written: Result<Seq, StoreFailure> | undefined;
  isTold: boolean;
  answer: Promise<void>;
}

export interface CommitLatency {
  readonly writtenMs: number;
  readonly forcedMs: number;
}

const firstPauseMs = 100;
/** People are told within a second that edits are kept again, as they are told that they are not. */
const longestPauseMs = 1_000;

export function openLaneLog(
  laneId: LaneId,
  deps: { readonly store: LaneStore; readonly clock: Clock; readonly log: RelayLog },
  on: {
    readonly failing: () => void;
    readonly healed: () => void;
    /** How long the store took, in ms, for an update that went well. */
    readonly committed?: ((latency: CommitLatency) => void) | undefined;
  },
): LaneLog {
  const { store, clock, log } = deps;
  const waiting: Entry[] = [];
  let failing = false;
  let pauseMs = firstPauseMs;
  let closed = false;
  let cancelProbe = () => {};

  const settleInOrder = () => {
    for (let head = waiting[0]; head && (head.state === "forced" || head.state === "lost"); head = waiting[0]) {
      waiting.shift();
      if (head.state === "forced") head.fate.forced();
      for (const follower of head.followers) follower();
    }
  };

  /** Tells the fates of all at the head of the line that the store has answered for. */
  const tellInOrder = () => {
    for (const entry of waiting) {
      if (entry.isTold) continue;
      if (!entry.written) return;
      entry.isTold = true;
      if (entry.written.ok) entry.fate.written(entry.written.value, false);
      else entry.fate.lost();
    }
  };

  const handToStore = async (entry: Entry, again: boolean) => {
    entry.state = "with-store";
    const askedAt = clock.now();
    const appending = appendTo(store, { ...entry.update, laneId, at: askedAt });
    const forcing = outcome(appending.forced);
    const written = await outcome(appending.written);
    const writtenAt = clock.now();
    // Once others have seen it, it is the lane's: it may wait, but not be lost.
    if (again && written.ok) entry.fate.written(written.value, true);
    if (!again) {
      entry.written = written;
      if (!written.ok) entry.state = "lost";
      tellInOrder();
    }
    if (!written.ok && !again) noteFailure(written.error.why);
    else {
      const forced = written.ok ? await forcing : written;
      entry.state = forced.ok ? "forced" : "unforced";
      if (forced.ok) {
        pauseMs = firstPauseMs;
        on.committed?.({ writtenMs: writtenAt - askedAt, forcedMs: clock.now() - askedAt });
      } else noteFailure(forced.error.why);
    }
    settleInOrder();
  };

  const noteFailure = (why: string) => {
    if (failing || closed) return;
    failing = true;
    log.warn({ laneId, why }, "store failing: edits of this lane are neither kept nor passed on");
    on.failing();
    scheduleProbe();
  };

  const scheduleProbe = () => {
    cancelProbe = clock.setTimer(pauseMs, () => void probe());
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  };

  const probe = async () => {
    const result = await outcome(callStore(() => store.probe()));
    if (closed) return;
    if (!result.ok) return scheduleProbe();
    failing = false;
    log.info({ laneId }, "store is back");
    for (const entry of waiting) if (entry.state === "unforced") entry.answer = handToStore(entry, true);
    on.healed();
  };

  return {
    append: (update, fate) => {
      const entry: Entry = {
        ...{ update, fate, followers: [], state: "with-store", written: undefined, isTold: false },
        answer: settled,
      };
      waiting.push(entry);
      entry.answer = handToStore(entry, false);
    },
    whenForced: (run) => {
      const last = waiting.at(-1);
      if (last) last.followers.push(run);
      else run();
    },
    failing: () => failing,
    fail: () => noteFailure("sibling lane"),
    depth: () => waiting.length,
    answered: async () => {
      await Promise.all(waiting.map((entry) => entry.answer));
    },
    close: () => {
      closed = true;
      cancelProbe();
    },
  };
}

const settled = Promise.resolve();

type Failed = Result<never, StoreFailure>;
const brokenStore: Failed = fail({ kind: "store-failing", why: "failing" });

/** A store that throws is a store that fails: the relay's answer to people is the same. */
async function outcome<T>(call: Promise<Result<T, StoreFailure>>): Promise<Result<T, StoreFailure>> {
  try {
    return await call;
  } catch {
    return brokenStore;
  }
}

async function callStore<T>(call: () => Promise<Result<T, StoreFailure>>): Promise<Result<T, StoreFailure>> {
  return call();
}

function appendTo(store: LaneStore, update: Parameters<LaneStore["append"]>[0]): ReturnType<LaneStore["append"]> {
  try {
    return store.append(update);
  } catch {
    return { written: Promise.resolve(brokenStore), forced: Promise.resolve(brokenStore) };
  }
}

import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { fail, type Result } from "#shared/result.ts";
import type { Seq, StoreFailure } from "../store/board-store.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";

/** What becomes of one update: `written` or `lost`, and after `written` at last `forced`. */
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
  readonly append: (personId: PersonId, bytes: Uint8Array, fate: UpdateFate) => void;
  /** Runs when all that was appended so far is forced (or lost): at once when there is nothing to wait for. */
  readonly whenForced: (run: () => void) => void;
  readonly failing: () => boolean;
  /** Another lane of the board has met the failure: act as if this one had. */
  readonly fail: () => void;
  /** Nothing is waiting, not even to be written again. */
  readonly isEmpty: () => boolean;
  /** Settles when the store has answered for all that was appended so far, well or badly. */
  readonly answered: () => Promise<void>;
  readonly close: () => void;
}

interface Entry {
  readonly personId: PersonId;
  readonly bytes: Uint8Array;
  readonly fate: UpdateFate;
  readonly followers: (() => void)[];
  /** `unforced`: others have seen it but the disk would not force it, so it is appended again when the store is back. */
  state: "with-store" | "unforced" | "forced" | "lost";
  answer: Promise<void>;
}

const firstPauseMs = 100;
/** People are told within a second that edits are kept again, as they are told that they are not. */
const longestPauseMs = 1_000;

export function openLaneLog(
  laneId: LaneId,
  deps: { readonly store: LaneStore; readonly clock: Clock; readonly log: RelayLog },
  on: { readonly failing: () => void; readonly healed: () => void },
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

  const handToStore = async (entry: Entry, again: boolean) => {
    entry.state = "with-store";
    const appending = appendTo(store, { laneId, personId: entry.personId, at: clock.now(), bytes: entry.bytes });
    const forcing = outcome(appending.forced);
    const written = await outcome(appending.written);
    // Once others have seen it, it is the lane's: it may wait, but not be lost.
    if (!written.ok && !again) {
      entry.state = "lost";
      entry.fate.lost();
      noteFailure(written.error.why);
    } else {
      if (written.ok) entry.fate.written(written.value, again);
      const forced = written.ok ? await forcing : written;
      entry.state = forced.ok ? "forced" : "unforced";
      if (forced.ok) pauseMs = firstPauseMs;
      else noteFailure(forced.error.why);
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
    append: (personId, bytes, fate) => {
      const entry: Entry = { personId, bytes, fate, followers: [], state: "with-store", answer: Promise.resolve() };
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
    isEmpty: () => waiting.length === 0,
    answered: async () => {
      await Promise.all(waiting.map((entry) => entry.answer));
    },
    close: () => {
      closed = true;
      cancelProbe();
    },
  };
}

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

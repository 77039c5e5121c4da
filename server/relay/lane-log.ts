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
export class LaneLog {
  readonly #laneId: LaneId;
  readonly #deps: LaneLogDeps;
  readonly #on: LaneLogEvents;
  #waiting: Entry[] = [];
  #failing = false;
  #pauseMs = firstPauseMs;
  #closed = false;
  #cancelProbe: (() => void) | undefined;

  constructor(laneId: LaneId, deps: LaneLogDeps, on: LaneLogEvents) {
    this.#laneId = laneId;
    this.#deps = deps;
    this.#on = on;
  }

  /** May only be called while not `failing()`. */
  append(update: LaneUpdate, fate: UpdateFate): void {
    const entry: Entry = {
      ...{ update, fate, followers: [], state: "with-store", written: undefined, isTold: false },
      answer: settled,
    };
    this.#waiting.push(entry);
    entry.answer = this.#handToStore(entry, false);
  }

  /** Runs when all that was appended so far is forced (or lost): at once when there is nothing to wait for. */
  whenForced(run: () => void): void {
    const last = this.#waiting.at(-1);
    if (last) last.followers.push(run);
    else run();
  }

  failing(): boolean {
    return this.#failing;
  }

  /** Another lane of the board has met the failure: act as if this one had. */
  fail(): void {
    this.#noteFailure("sibling lane");
  }

  /** Updates that wait to be forced, or to be written again. */
  depth(): number {
    return this.#waiting.length;
  }

  /** Settles when the store has answered for all that was appended so far, well or badly. */
  async answered(): Promise<void> {
    await Promise.all(this.#waiting.map((entry) => entry.answer));
  }

  close(): void {
    this.#closed = true;
    this.#cancelProbe?.();
  }

  #settleInOrder(): void {
    const waiting = this.#waiting;
    for (let head = waiting[0]; head && (head.state === "forced" || head.state === "lost"); head = waiting[0]) {
      waiting.shift();
      if (head.state === "forced") head.fate.forced();
      for (const follower of head.followers) follower();
    }
  }

  /** Tells the fates of all at the head of the line that the store has answered for. */
  #tellInOrder(): void {
    for (const entry of this.#waiting) {
      if (entry.isTold) continue;
      if (!entry.written) return;
      entry.isTold = true;
      if (entry.written.ok) entry.fate.written(entry.written.value, false);
      else entry.fate.lost();
    }
  }

  async #handToStore(entry: Entry, again: boolean): Promise<void> {
    const { store, clock } = this.#deps;
    entry.state = "with-store";
    const askedAt = clock.now();
    const appending = appendTo(store, { ...entry.update, laneId: this.#laneId, at: askedAt });
    const forcing = outcome(appending.forced);
    const written = await outcome(appending.written);
    const writtenAt = clock.now();
    // Once others have seen it, it is the lane's: it may wait, but not be lost.
    if (again && written.ok) entry.fate.written(written.value, true);
    if (!again) {
      entry.written = written;
      if (!written.ok) entry.state = "lost";
      this.#tellInOrder();
    }
    if (!written.ok && !again) this.#noteFailure(written.error.why);
    else {
      const forced = written.ok ? await forcing : written;
      entry.state = forced.ok ? "forced" : "unforced";
      if (forced.ok) {
        this.#pauseMs = firstPauseMs;
        this.#on.committed?.({ writtenMs: writtenAt - askedAt, forcedMs: clock.now() - askedAt });
      } else this.#noteFailure(forced.error.why);
    }
    this.#settleInOrder();
  }

  #noteFailure(why: string): void {
    if (this.#failing || this.#closed) return;
    this.#failing = true;
    const { log } = this.#deps;
    log.warn({ laneId: this.#laneId, why }, "store failing: edits of this lane are neither kept nor passed on");
    this.#on.failing();
    this.#scheduleProbe();
  }

  #scheduleProbe(): void {
    this.#cancelProbe = this.#deps.clock.setTimer(this.#pauseMs, () => void this.#probe());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }

  async #probe(): Promise<void> {
    const { store, log } = this.#deps;
    const result = await outcome(callStore(() => store.probe()));
    if (this.#closed) return;
    if (!result.ok) return this.#scheduleProbe();
    this.#failing = false;
    log.info({ laneId: this.#laneId }, "store is back");
    for (const entry of this.#waiting) {
      if (entry.state === "unforced") entry.answer = this.#handToStore(entry, true);
    }
    this.#on.healed();
  }
}

export interface LaneLogDeps {
  readonly store: LaneStore;
  readonly clock: Clock;
  readonly log: RelayLog;
}

export interface LaneLogEvents {
  readonly failing: () => void;
  readonly healed: () => void;
  /** How long the store took, in ms, for an update that went well. */
  readonly committed?: ((latency: CommitLatency) => void) | undefined;
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

import type { SessionView } from "#shared/protocol/api.ts";
import type { Result } from "#shared/result.ts";

/** What is coming in a minute: the end of the quiet time, of the session, or of the person's time on the board. */
export type ComingEnd = "quiet" | SessionView["ends"];

export interface StayWorld {
  /** Asks how long there is left; changes nothing. */
  readonly look: () => Promise<Result<SessionView, unknown>>;
  /** The tap: says that somebody is here. */
  readonly renew: () => Promise<Result<SessionView, unknown>>;
  readonly now: () => number;
  readonly later: (run: () => void, ms: number) => () => void;
  readonly onComing: (coming: ComingEnd | undefined) => void;
}

export interface StayClock {
  /** Somebody touched the page, or typed. */
  readonly active: () => void;
  /** Somebody answered that they are here. */
  readonly stay: () => Promise<void>;
  readonly close: () => void;
}

/** One calm minute to answer in. */
export const warnMs = 60_000;
/** While the question stands: another device or window of theirs may have answered. */
const askAgainMs = 5_000;
/** Taps are told to the relay at most this often: edits tell it by themselves. */
const tellEveryMs = 60_000;
const longestTimerMs = 2_000_000_000;

/**
 * Follows when this device's session ends, by the relay's count, and says so a minute before. What people do on the page
 * renews the quiet time by itself, so that only who has put the device down is ever asked.
 */
export function startStayClock({ look, renew, now, later, onComing }: StayWorld): StayClock {
  let ends: { readonly quietAt: number; readonly at: number; readonly what: SessionView["ends"] } | undefined;
  let coming: ComingEnd | undefined;
  let toldAt = now();
  let closed = false;
  let cancel = () => {};

  const wait = (run: () => void, ms: number) => {
    cancel();
    if (!closed) cancel = later(run, Math.min(Math.max(0, ms), longestTimerMs));
  };
  const say = (next: ComingEnd | undefined) => {
    if (next === coming || closed) return;
    coming = next;
    onComing(coming);
  };
  const judge = () => {
    if (closed || !ends) return;
    const leftMs = Math.min(ends.quietAt, ends.at) - now();
    if (leftMs > warnMs) {
      say(undefined);
      wait(ask, leftMs - warnMs);
    } else {
      say(ends.at <= ends.quietAt ? ends.what : "quiet");
      wait(ask, askAgainMs);
    }
  };
  const take = (view: SessionView) => {
    const at = now();
    ends = { quietAt: at + view.quietLeftMs, at: at + view.leftMs, what: view.ends };
  };
  /** What the relay says counts; without a connection, what it said last. */
  async function ask() {
    const view = await look();
    if (view.ok) take(view.value);
    judge();
  }
  const tell = async () => {
    toldAt = now();
    const view = await renew();
    if (view.ok) take(view.value);
    judge();
  };

  ask();
  return {
    active: () => {
      if (coming === undefined && now() - toldAt >= tellEveryMs) tell();
    },
    stay: tell,
    close: () => {
      closed = true;
      cancel();
    },
  };
}

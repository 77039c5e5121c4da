import { RateLimiterMemory } from "rate-limiter-flexible";
import { fail, type Result } from "#shared/result.ts";
import type { Refusal } from "./answer.ts";

export interface ThrottleLimit {
  /** Refused attempts after which the next ones are not even looked at. */
  readonly refusedAttempts: number;
  readonly windowSeconds: number;
}

export interface Throttle<Key extends string> {
  /**
   * Runs `attempt` unless one of its keys has failed too often; counts it against all of them if `counts` says that it
   * failed. Honest attempts cost nothing, however many come from one address.
   */
  readonly attempt: <T>(
    keys: Readonly<Record<Key, string>>,
    attempt: () => Promise<Result<T, Refusal>>,
    counts: (refusal: Refusal) => boolean,
  ) => Promise<Result<T, Refusal>>;
  /**
   * For secrets that nobody can guess: looks at every attempt, at once, and only answers those that fail too often with
   * `too-many-tries`. So nobody is kept from their own link by others who call from the same address.
   */
  readonly countFailures: Throttle<Key>["attempt"];
}

/** Waiting attempts past this are turned away, so that a flood cannot hold memory. */
const longestQueue = 200;

/** One throttle with several counters, for example per address and in total. Forgets everything at a restart. */
export function createThrottle<Key extends string>(limits: Readonly<Record<Key, ThrottleLimit>>): Throttle<Key> {
  const counters = (Object.keys(limits) as Key[]).map((key) => ({
    key,
    most: limits[key].refusedAttempts,
    counter: new RateLimiterMemory({ points: 1_000_000_000, duration: limits[key].windowSeconds, keyPrefix: key }),
  }));
  // One at a time: otherwise a thousand guesses at once would all pass the check before the first of them is counted.
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const isSpent = async (keys: Readonly<Record<Key, string>>) => {
    for (const { key, most, counter } of counters) {
      const counted = await counter.get(keys[key]);
      if (counted && counted.consumedPoints >= most) return true;
    }
    return false;
  };
  const consume = async (keys: Readonly<Record<Key, string>>) => {
    for (const { key, counter } of counters) await counter.consume(keys[key]);
  };
  return {
    countFailures: async (keys, attempt, counts) => {
      const result = await attempt();
      if (result.ok || !counts(result.error)) return result;
      if (await isSpent(keys)) return fail({ kind: "too-many-tries" });
      await consume(keys);
      return result;
    },
    attempt: (keys, attempt, counts) => {
      if (waiting >= longestQueue) return Promise.resolve(fail({ kind: "too-many-tries" }));
      waiting += 1;
      const run = last.then(async () => {
        if (await isSpent(keys)) return fail({ kind: "too-many-tries" as const });
        const result = await attempt();
        if (!result.ok && counts(result.error)) await consume(keys);
        return result;
      });
      last = run.then(
        () => {
          waiting -= 1;
        },
        () => {
          waiting -= 1;
        },
      );
      return run;
    },
  };
}

export interface ThrottleLimits {
  readonly codes: Readonly<Record<"address" | "total", ThrottleLimit>>;
  readonly links: Readonly<Record<"address", ThrottleLimit>>;
  readonly signIn: Readonly<Record<"address" | "account", ThrottleLimit>>;
}

const tenMinutes = 600;
export const usualLimits: ThrottleLimits = {
  // 25^6 codes and 300 wrong guesses in ten minutes: with 50 codes alive at once, one chance in 16,000.
  codes: {
    address: { refusedAttempts: 10, windowSeconds: tenMinutes },
    total: { refusedAttempts: 300, windowSeconds: tenMinutes },
  },
  // Nobody guesses 128 bits; this only keeps a broken script from running on.
  links: { address: { refusedAttempts: 100, windowSeconds: tenMinutes } },
  signIn: {
    address: { refusedAttempts: 20, windowSeconds: tenMinutes },
    account: { refusedAttempts: 10, windowSeconds: tenMinutes },
  },
};

import type { RandomBytes } from "#shared/board/ids.ts";

/** Randomness that a seed repeats exactly. */
export interface Seeded {
  /** 0 ≤ n < `below`, whole. */
  readonly whole: (below: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly bytes: RandomBytes;
  /** A source of its own that this one's later numbers do not disturb. */
  readonly fork: () => Seeded;
}

/** Small and good enough for tests (a Weyl sequence through an integer hash); not for secrets. */
export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const whole = (below: number) => Math.floor((next() / 2 ** 32) * below);
  return {
    whole,
    chance: (share) => next() / 2 ** 32 < share,
    pick: (from) => {
      if (from.length === 0) throw new Error("Bug: nothing to pick from");
      return from[whole(from.length)] as (typeof from)[number];
    },
    bytes: (bytes) => {
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = next() & 255;
    },
    fork: () => createSeeded(next()),
  };
}

/** The same source as numbers from a range, for runs that print their seed. */
export interface SeededRange {
  readonly seed: number;
  /** From 0 up to, not including, 1. */
  readonly next: () => number;
  /** A whole number from `from` to `to`, both included. */
  readonly whole: (from: number, to: number) => number;
}

export function seeded(seed: number): SeededRange {
  const source = createSeeded(seed);
  const fine = 2 ** 30;
  return {
    seed,
    next: () => source.whole(fine) / fine,
    whole: (from, to) => from + source.whole(to - from + 1),
  };
}

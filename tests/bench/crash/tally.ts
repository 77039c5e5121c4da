/** What was promised on one board, and what became of it. An edit is a client id and a clock. */
export interface Tally {
  readonly nextBoard: () => void;
  readonly wrote: () => void;
  readonly acked: (clientId: number, clock: number) => void;
  /** Clocks `from` up to, not including, `to` came to somebody else's screen. */
  readonly sawRange: (clientId: number, from: number, to: number) => void;
  /** Whether nothing that was acked or seen is missing of what the server has, as `compare` takes it. */
  readonly isAllIn: (kept: ReadonlyMap<number, number>) => boolean;
  /** Up to which clock of each client the server still has everything. Counts what is missing, each edit once. */
  readonly compare: (kept: ReadonlyMap<number, number>) => void;
  readonly totals: () => Totals;
}

type Totals = Readonly<Record<"written" | "acked" | "seen" | "acked and lost" | "seen and lost", number>>;

export function createTally(): Tally {
  let written = 0;
  let ackedCount = 0;
  let seenCount = 0;
  let ackedLost = 0;
  let seenLost = 0;
  /** Clocks by client id: of this board alone, and without those that are known to be lost. */
  let acked = new Map<number, Set<number>>();
  let seen = new Map<number, Set<number>>();
  const note = (into: Map<number, Set<number>>, clientId: number, clock: number): boolean => {
    const clocks = into.get(clientId) ?? new Set();
    into.set(clientId, clocks);
    if (clocks.has(clock)) return false;
    clocks.add(clock);
    return true;
  };
  const dropMissing = (from: Map<number, Set<number>>, kept: ReadonlyMap<number, number>): number => {
    let missing = 0;
    for (const [clientId, clocks] of from) {
      for (const clock of clocks) {
        if (clock < (kept.get(clientId) ?? 0)) continue;
        clocks.delete(clock);
        missing += 1;
      }
    }
    return missing;
  };
  return {
    nextBoard: () => {
      acked = new Map();
      seen = new Map();
    },
    wrote: () => {
      written += 1;
    },
    acked: (clientId, clock) => {
      if (note(acked, clientId, clock)) ackedCount += 1;
    },
    sawRange: (clientId, from, to) => {
      for (let clock = from; clock < to; clock += 1) if (note(seen, clientId, clock)) seenCount += 1;
    },
    isAllIn: (kept) =>
      [acked, seen].every((promised) =>
        [...promised].every(
          ([clientId, clocks]) => clocks.size === 0 || Math.max(...clocks) < (kept.get(clientId) ?? 0),
        ),
      ),
    compare: (kept) => {
      ackedLost += dropMissing(acked, kept);
      seenLost += dropMissing(seen, kept);
    },
    totals: () => ({
      written,
      acked: ackedCount,
      seen: seenCount,
      "acked and lost": ackedLost,
      "seen and lost": seenLost,
    }),
  };
}

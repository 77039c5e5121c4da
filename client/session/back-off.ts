/** Longest wait between two tries to connect. */
const longestMs = 5_000;
const firstMs = 200;

/**
 * How long to wait before the `tries`th try in a row (from 1): twice as long each time, and for everybody a while of their
 * own, since a relay that comes back after a restart meets all who were on it. `chance` is in [0, 1).
 */
export function reconnectPauseMs(tries: number, chance: number): number {
  const most = Math.min(longestMs, firstMs * 2 ** (Math.max(1, tries) - 1));
  return most * (0.25 + 0.75 * chance);
}

export const loadTakeHome = () => import("./TakeHomeDialog.tsx").then((file) => ({ default: file.TakeHomeDialog }));

/** After the page has settled: the code is not to compete with the board. */
const settledMs = 3_000;

/**
 * Fetches the code before it is asked for, so that a copy can be taken home without a connection also where the browser
 * keeps no files of ours (no TLS, the first minutes). Returns what calls it off.
 */
export function loadTakeHomeSoon(): () => void {
  const timer = setTimeout(() => void loadTakeHome().catch(() => undefined), settledMs);
  return () => clearTimeout(timer);
}

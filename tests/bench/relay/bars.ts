import type { SideName } from "./sides.ts";

/** Medians of one figure, by side. */
export type BySide = Readonly<Partial<Record<SideName, number>>>;

export interface Bar {
  readonly figure: string;
  /** As the design (§10) or the relay's issue says it. */
  readonly says: string;
  /** `undefined` when a side that it needs was not run. */
  readonly isMet: (values: BySide) => boolean | undefined;
}

const atMost = (figure: string, limit: number, unit = ""): Bar => ({
  figure,
  says: `≤ ${limit}${unit}`,
  isMet: ({ ours }) => (ours === undefined ? undefined : ours <= limit),
});

const atLeast = (figure: string, limit: number): Bar => ({
  figure,
  says: `≥ ${limit}`,
  isMet: ({ ours }) => (ours === undefined ? undefined : ours >= limit),
});

const shareOf = (figure: string, shares: Partial<Record<"y-websocket" | "hocuspocus", number>>): Bar => ({
  figure,
  says: Object.entries(shares)
    .map(([side, share]) => `≤ ${share} × ${side}`)
    .join(", "),
  isMet: (values) => {
    const { ours } = values;
    const peers = Object.entries(shares) as [SideName, number][];
    if (ours === undefined || peers.some(([side]) => values[side] === undefined)) return undefined;
    return peers.every(([side, share]) => ours <= share * (values[side] ?? 0));
  },
});

export const bars: readonly Bar[] = [
  ...[30, 60, 100].map((boards) =>
    shareOf(`${boards} boards: CPU ms per board·s`, { "y-websocket": 0.45, hocuspocus: 0.2 }),
  ),
  atMost("100 boards: seen p50", 3, " ms"),
  atMost("100 boards: seen p99", 15, " ms"),
  atMost("100 boards: acked p50", 8, " ms"),
  atMost("100 boards: acked p99", 100, " ms"),
  atLeast("boards sustained", 400),
  shareOf("4 boards of 25: CPU ms per board·s", { "y-websocket": 0.3 }),
  atMost("999 back, warm: all in sync", 400, " ms"),
  atMost("999 back, after a restart: all in sync", 1_000, " ms"),
  atMost("restart until the first board is in sync", 500, " ms"),
  atMost("200 cards: complete", 12, " ms"),
  atMost("2,000 cards: complete", 40, " ms"),
  atMost("200 cards + 20,000 edits: complete", 40, " ms"),
  atMost("first replies that were empty", 0),
  atMost("memory of an open board over 1.3 × its bytes", 4_096, " B"),
  atMost("memory left per board, 35 s after the last person", 4_096, " B"),
  atMost("a drag: bytes to each peer", 1_500, " B"),
  atMost("a drag: bytes back to who drags", 0, " B"),
  atMost("slow reader: memory growth", 8 * 1024 * 1024, " B"),
  atMost("slow reader: others' p99 later by", 2, " ms"),
];

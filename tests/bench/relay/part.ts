import type { Side, StartSide } from "./sides.ts";

/** One question put to one server: what it was asked, and its answers as figures with names. */
export interface Part {
  readonly name: string;
  /** What is done, in a line, for the reader of the table. */
  readonly title: string;
  /** For what is the same each time. */
  readonly mostRepetitions?: number;
  readonly run: (context: PartContext) => Promise<PartRun>;
}

export interface PartContext {
  readonly start: StartSide;
  /** Fewer boards and shorter looks, to see whether everything works. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

export interface PartRun {
  readonly figures: Readonly<Record<string, number>>;
  /** The largest share of the server's core that others took while something was measured. */
  readonly others: number;
  /** What the reader should know besides: refusals, a generator at its limit. */
  readonly notes: readonly string[];
}

/** A server for as long as `use` needs it. */
export async function withSide<T>(start: StartSide, use: (side: Side) => Promise<T>): Promise<T> {
  const side = await start();
  try {
    return await use(side);
  } finally {
    await side.server.stop();
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

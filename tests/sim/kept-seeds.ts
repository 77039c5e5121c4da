import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "kept-seeds.json");

/** Seeds that failed once: they are played before all others. */
export const keptSeeds = (): readonly number[] => JSON.parse(readFileSync(file, "utf8")) as number[];

export function keepFailingSeed(seed: number): void {
  const seeds = keptSeeds();
  if (!seeds.includes(seed)) writeFileSync(file, `${JSON.stringify([...seeds, seed])}\n`);
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createSeeded } from "../support/seeded.ts";
import { playRun, type Run, randomRun } from "./board-run.ts";

/**
 * `ALONGSIDE_RUNS=5000 npx vitest run tests/property` plays more; `ALONGSIDE_SEED=7` starts elsewhere. A failing run is
 * shortened, printed, and kept in `regressions/`, where it is replayed first from then on.
 */
const runs = Number(process.env.ALONGSIDE_RUNS ?? 200);
const firstSeed = Number(process.env.ALONGSIDE_SEED ?? 1);
const regressions = join(import.meta.dirname, "regressions");

function failureOf(run: Run): Error | undefined {
  try {
    playRun(run);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Leaves out ever smaller pieces while the run still fails. */
function shorten(run: Run): Run {
  let shortest = run;
  for (let size = Math.ceil(run.actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < shortest.actions.length; ) {
      const without = { ...shortest, actions: shortest.actions.toSpliced(from, size) };
      if (failureOf(without)) shortest = without;
      else from += size;
    }
  }
  return shortest;
}

describe("several people on one board", () => {
  const kept = readdirSync(regressions).filter((name) => name.endsWith(".json"));
  test.each(kept)("what once went wrong stays right: %s", (name) => {
    playRun(JSON.parse(readFileSync(join(regressions, name), "utf8")) as Run);
  });

  test("[B5] [B20] [B21] [B22] after any edits, undo, drop-outs and reorderings all see the same valid board, and no undo takes another's words", () => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const seeded = createSeeded(seed);
      const run = randomRun(seeded, seed, 20 + seeded.whole(140));
      const failure = failureOf(run);
      if (!failure) continue;
      const short = shorten(run);
      mkdirSync(regressions, { recursive: true });
      writeFileSync(join(regressions, `board-${seed}.json`), `${JSON.stringify(short)}\n`);
      const steps = short.actions.map((action) => JSON.stringify(action)).join("\n");
      expect.fail(`seed ${seed}: ${failureOf(short)?.message ?? failure.message}\n${short.people} people\n${steps}`);
    }
  });
});

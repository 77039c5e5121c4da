import { keepFailingSeed, keptSeeds } from "./kept-seeds.ts";
import { simulate } from "./simulate.ts";

/**
 * `npm run sim -- [--runs 10000] [--from 1] [--seed N]`: many seeded runs of the relay's core. Seeds that failed are
 * printed, kept in `kept-seeds.json` and played first from then on. With `--seed` one run is told step by step. Ends with 1
 * when a promise was broken.
 */
const option = (name: string): number | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? undefined : Number(process.argv[at + 1]);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
    console.error(`--${name} takes a whole number. Nothing was run.`);
    process.exit(2);
  }
  return value;
};

const oneSeed = option("seed");
if (oneSeed !== undefined) {
  const run = await simulate(oneSeed, (atMs, what, number) => console.log(`${atMs} ms  ${what} ${number || ""}`));
  console.log(run.wrong ?? `seed ${oneSeed}: every promise held, in ${run.steps} steps`);
  process.exit(run.wrong ? 1 : 0);
}

const from = option("from") ?? 1;
const runs = option("runs") ?? 10_000;
const startedAt = performance.now();
const figures: Record<string, number> = {};
let steps = 0;
let failed = 0;
const seeds = [...keptSeeds(), ...Array.from({ length: runs }, (_, index) => from + index)];
for (const [index, seed] of seeds.entries()) {
  const run = await simulate(seed);
  steps += run.steps;
  for (const [what, times] of Object.entries(run.figures)) figures[what] = (figures[what] ?? 0) + times;
  if (run.wrong) {
    failed++;
    keepFailingSeed(seed);
    console.log(`seed ${seed}: ${run.wrong}`);
  }
  if ((index + 1) % 1_000 === 0) console.error(`${index + 1} of ${seeds.length} runs, ${failed} failed`);
}
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(`${seeds.length} runs, ${steps} steps, ${failed} failed, ${seconds} s`);
console.log(
  Object.entries(figures)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${what} ${times}`)
    .join(" · "),
);
process.exit(failed > 0 ? 1 : 0);

import { expect, test } from "vitest";
import { keptSeeds } from "./kept-seeds.ts";
import { simulate } from "./simulate.ts";

/** Enough to meet every kind of mishap many times over; `npm run sim` goes through ten thousand. */
const runs = 200;

test("[R10] the relay keeps every promise in 200 seeded runs of broken wires, failing disks, kills and power cuts", async () => {
  const figures: Record<string, number> = {};
  for (const seed of [...keptSeeds(), ...Array.from({ length: runs }, (_, index) => index + 1)]) {
    const run = await simulate(seed);
    expect(run.wrong, `npm run sim -- --seed ${seed}`).toBeUndefined();
    for (const [what, times] of Object.entries(run.figures)) figures[what] = (figures[what] ?? 0) + times;
  }
  // A run in which nothing goes wrong proves nothing.
  for (const mishap of ["wire cut", "process killed or started", "power cut", "disk: forcing", "forged frame"]) {
    expect(figures[mishap], mishap).toBeGreaterThan(20);
  }
});

test("[R10] a seed is the same run every time, step by step", async () => {
  for (const seed of [3, 5, 8]) {
    const [first, second] = [await simulate(seed), await simulate(seed)];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(second.steps).toBe(first.steps);
  }
});

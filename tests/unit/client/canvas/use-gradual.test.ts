import { describe, expect, test } from "vitest";
import { createPace } from "../../../../client/canvas/use-gradual.ts";

/** A list of `count` items as `useGradual` draws it. */
function aList(pace: ReturnType<typeof createPace>, count: number) {
  let shown = pace.take(count);
  const drawn = () => Math.min(shown, count);
  if (shown !== Number.POSITIVE_INFINITY) {
    pace.whenIdle((most) => {
      const more = Math.min(most, count - shown);
      shown += more;
      return more;
    });
  }
  return drawn;
}

describe("a long list", () => {
  test("is drawn from its top at once, and to its end in parts, in order", () => {
    const runs: (() => void)[] = [];
    const pace = createPace((run) => runs.push(run));
    const lists = [4, 30, 25].map((count) => aList(pace, count));
    const drawn = () => lists.map((list) => list());
    expect(drawn()).toEqual([4, 6, 0]);
    const steps: number[][] = [];
    for (let run = runs.shift(); run; run = runs.shift()) {
      run();
      steps.push(drawn());
    }
    expect(steps).toEqual([
      [4, 22, 0],
      [4, 30, 8],
      [4, 30, 24],
      [4, 30, 25],
    ]);
  });

  test("of a list that has gone, nothing is drawn any more", () => {
    const runs: (() => void)[] = [];
    const pace = createPace((run) => runs.push(run));
    pace.take(100);
    let grown = 0;
    const stop = pace.whenIdle((most) => {
      grown += most;
      return most;
    });
    runs.shift()?.();
    stop();
    for (let run = runs.shift(); run; run = runs.shift()) run();
    expect(grown).toBe(16);
  });
});

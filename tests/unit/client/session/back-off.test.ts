import { expect, test } from "vitest";
import { reconnectPauseMs } from "../../../../client/session/back-off.ts";

test("a thousand who lost the relay at once do not come back at once", () => {
  const first = Array.from({ length: 1_000 }, (_, index) => reconnectPauseMs(1, index / 1_000));
  expect(Math.min(...first)).toBe(50);
  expect(Math.max(...first)).toBeLessThanOrEqual(200);
  const tenths = Map.groupBy(first, (ms) => Math.floor((ms - 50) / 15));
  for (const together of tenths.values()) expect(together.length).toBeLessThanOrEqual(101);
});

test("the pause doubles with each try, to five seconds and no further", () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((tries) => reconnectPauseMs(tries, 1))).toEqual([
    200, 400, 800, 1_600, 3_200, 5_000, 5_000,
  ]);
});

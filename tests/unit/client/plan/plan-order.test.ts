import { expect, test } from "vitest";
import { isAlreadyAt, neighbourPlace, placeNumber } from "../../../../client/plan/plan-order.ts";

const groups = [
  { group: "today", ids: ["a", "b", "c"] },
  { group: "this-week", ids: [] as string[] },
  { group: "later", ids: ["d"] },
] as const;

test("up goes before the one above, down goes behind the one below", () => {
  expect(neighbourPlace(groups, "b", -1)).toEqual({ group: "today", before: "a" });
  expect(neighbourPlace(groups, "a", 1)).toEqual({ group: "today", before: "c" });
  expect(neighbourPlace(groups, "b", 1)).toEqual({ group: "today", before: "end" });
});

test("over the border a step lands in the next group, also in an empty one", () => {
  expect(neighbourPlace(groups, "c", 1)).toEqual({ group: "this-week", before: "end" });
  expect(neighbourPlace(groups, "d", -1)).toEqual({ group: "this-week", before: "end" });
});

test("at the very ends, and for one that is gone, there is nowhere to go", () => {
  expect(neighbourPlace(groups, "a", -1)).toBeUndefined();
  expect(neighbourPlace(groups, "d", 1)).toBeUndefined();
  expect(neighbourPlace(groups, "gone", 1)).toBeUndefined();
});

test("a drop where the step stands already is no move", () => {
  expect(isAlreadyAt(groups, "b", { group: "today", before: "c" })).toBe(true);
  expect(isAlreadyAt(groups, "b", { group: "today", before: "b" })).toBe(true);
  expect(isAlreadyAt(groups, "c", { group: "today", before: "end" })).toBe(true);
  expect(isAlreadyAt(groups, "b", { group: "today", before: "a" })).toBe(false);
  expect(isAlreadyAt(groups, "d", { group: "today", before: "end" })).toBe(false);
});

test("the place that is said is counted among the new neighbours", () => {
  expect(placeNumber(groups, "c", { group: "today", before: "a" })).toBe(1);
  expect(placeNumber(groups, "a", { group: "today", before: "c" })).toBe(2);
  expect(placeNumber(groups, "d", { group: "today", before: "end" })).toBe(4);
});

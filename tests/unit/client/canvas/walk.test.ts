import { expect, test } from "vitest";
import { directionOfKey, letterOf, nearestInDirection } from "../../../../client/canvas/walk.ts";

const cards = [
  { cardId: "beside", x: 204, y: 0 },
  { cardId: "below", x: 0, y: 124 },
  { cardId: "far-below", x: 0, y: 900 },
  { cardId: "next-column", x: 432, y: 20 },
];
const here = { x: 0, y: 0 };

test("an arrow goes to the nearest card on its side", () => {
  expect(nearestInDirection(here, cards, "end")).toBe("beside");
  expect(nearestInDirection(here, cards, "down")).toBe("below");
});

test("a walk keeps to its row before it leaves it", () => {
  expect(nearestInDirection({ x: 204, y: 0 }, cards, "end")).toBe("next-column");
});

test("at the edge of the map an arrow goes nowhere", () => {
  expect(nearestInDirection(here, cards, "up")).toBeUndefined();
  expect(nearestInDirection(here, cards, "start")).toBeUndefined();
});

test("left and right mean the other way round to right-to-left readers", () => {
  expect(directionOfKey("ArrowLeft", false)).toBe("start");
  expect(directionOfKey("ArrowLeft", true)).toBe("end");
  expect(directionOfKey("ArrowDown", true)).toBe("down");
  expect(directionOfKey("a", false)).toBeUndefined();
});

test("a letter is found by its place on a keyboard of another script", () => {
  expect(letterOf({ key: "N", code: "KeyN" })).toBe("n");
  expect(letterOf({ key: "ى", code: "KeyN" })).toBe("n");
  expect(letterOf({ key: "Enter", code: "Enter" })).toBeUndefined();
});

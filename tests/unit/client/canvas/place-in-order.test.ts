import { expect, test } from "vitest";
import { pointAfter } from "../../../../client/canvas/place-in-order.ts";

const inReadingOrder = (points: readonly { x: number; y: number }[]) =>
  [...points].sort((a, b) => (a.y !== b.y ? a.y - b.y : a.x - b.x));

const grid = [
  { x: 12, y: 12 },
  { x: 216, y: 12 },
  { x: 12, y: 148 },
];

test("the first card of an empty cell stands at its first spot", () => {
  expect(pointAfter([], -1)).toEqual({ x: 12, y: 12 });
});

test("a card asked for last takes the next free spot", () => {
  expect(pointAfter(grid, 2)).toEqual({ x: 216, y: 148 });
});

test.each([-1, 0, 1, 2])("after card %i of a full grid, a card reads just there", (index) => {
  const point = pointAfter(grid, index);
  const order = inReadingOrder([...grid, point]);
  expect(order.indexOf(point)).toBe(index + 1);
});

test("a gap between two cards is used before any overlap", () => {
  expect(pointAfter([grid[0], { x: 12, y: 284 }] as typeof grid, 0)).toEqual({ x: 216, y: 12 });
});

test("a card asked for last is last, though there is a gap further up", () => {
  const gappy = [
    { x: 216, y: 12 },
    { x: 12, y: 148 },
    { x: 216, y: 148 },
  ];
  const point = pointAfter(gappy, 2);
  expect(inReadingOrder([...gappy, point]).at(-1)).toEqual(point);
});

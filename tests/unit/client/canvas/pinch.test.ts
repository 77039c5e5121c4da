import { expect, test } from "vitest";
import { maxZoom, minZoom } from "../../../../client/canvas/camera.ts";
import { movePinch, startPinch, wheelZoom } from "../../../../client/canvas/pinch.ts";

const fingers = (ax: number, ay: number, bx: number, by: number) => ({ a: { x: ax, y: ay }, b: { x: bx, y: by } });
const view = { x: 500, y: 1_000, z: 1 };

test("fingers that part bring the map nearer, by as much as they part", () => {
  const pinch = startPinch(fingers(100, 200, 200, 200), view);
  expect(movePinch(pinch, fingers(50, 200, 250, 200)).z).toBeCloseTo(2);
});

test("what was between the fingers stays between them", () => {
  const pinch = startPinch(fingers(100, 200, 200, 200), view);
  const now = movePinch(pinch, fingers(180, 300, 380, 300));
  expect(now.x + 280 / now.z).toBeCloseTo(500 + 150);
  expect(now.y + 300 / now.z).toBeCloseTo(1_000 + 200);
});

test("two fingers that move together pan", () => {
  const pinch = startPinch(fingers(100, 200, 200, 200), view);
  expect(movePinch(pinch, fingers(130, 160, 230, 160))).toEqual({ x: 470, y: 1_040, z: 1 });
});

test("a pinch and a wheel stay within the zooms there are", () => {
  const pinch = startPinch(fingers(100, 200, 101, 200), view);
  expect(movePinch(pinch, fingers(0, 0, 900, 900)).z).toBe(maxZoom);
  expect(wheelZoom(minZoom, 5_000, 0)).toBe(minZoom);
});

test("a wheel that turns back comes back to the same zoom", () => {
  expect(wheelZoom(wheelZoom(1, 100, 0), -100, 0)).toBeCloseTo(1);
  expect(wheelZoom(1, 3, 1)).toBeCloseTo(wheelZoom(1, 48, 0));
});

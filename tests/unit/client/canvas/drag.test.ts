import { expect, test } from "vitest";
import type { CardId } from "#shared/board/ids.ts";
import { type DragEvent, type DragState, edgePush, stepDrag } from "../../../../client/canvas/drag.ts";

const cardId = "ana-card" as CardId;
const at = (clientX: number, clientY: number) => ({ clientX, clientY });
const press = (byTouch: boolean, pointerId = 1): DragEvent => ({
  type: "press",
  cardId,
  pointerId,
  byTouch,
  at: at(100, 100),
});
const move = (x: number, y: number, pointerId = 1): DragEvent => ({ type: "move", pointerId, at: at(x, y) });
const release = (x: number, y: number): DragEvent => ({ type: "release", pointerId: 1, at: at(x, y) });

const run = (...events: DragEvent[]): DragState =>
  events.reduce<DragState>((state, event) => stepDrag(state, event), { phase: "idle" });

test("a mouse that goes down and up on a card taps it, though the hand trembled", () => {
  expect(run(press(false), move(102, 101), release(102, 101))).toEqual({ phase: "tapped", cardId });
});

test("a mouse takes a card by moving, and drops it where it is let go", () => {
  expect(run(press(false), move(120, 100)).phase).toBe("dragging");
  expect(run(press(false), move(120, 100), move(300, 220), release(310, 230))).toEqual({
    phase: "dropped",
    cardId,
    from: at(100, 100),
    at: at(310, 230),
  });
});

test("a finger that moves at once scrolls the map and takes nothing", () => {
  expect(run(press(true), move(100, 130))).toEqual({ phase: "idle" });
  expect(run(press(true), move(100, 130), { type: "hold" }, release(100, 300))).toEqual({ phase: "idle" });
});

test("a finger that rests on a card takes it, then moves it", () => {
  expect(run(press(true), { type: "hold" })).toMatchObject({ phase: "dragging", at: at(100, 100) });
  expect(run(press(true), { type: "hold" }, move(40, 50), release(40, 50))).toMatchObject({
    phase: "dropped",
    at: at(40, 50),
  });
});

test("a mouse that rests on a card has not taken it", () => {
  expect(run(press(false), { type: "hold" }).phase).toBe("pressed");
});

test("Escape puts a dragged card back", () => {
  expect(run(press(false), move(200, 200), { type: "cancel" })).toEqual({ phase: "cancelled", cardId });
});

test("a second finger ends a press quietly and a drag by putting the card back", () => {
  expect(run(press(true), press(true, 2))).toEqual({ phase: "idle" });
  expect(run(press(true), { type: "hold" }, press(true, 2))).toEqual({ phase: "cancelled", cardId });
});

test("another pointer's moves do not carry the card", () => {
  expect(run(press(false), move(200, 200), move(900, 900, 2))).toMatchObject({ phase: "dragging", at: at(200, 200) });
});

test("a card near an edge pushes the map towards what is beyond it, faster further out", () => {
  expect(edgePush(500, 0, 1000)).toBe(0);
  expect(edgePush(10, 0, 1000)).toBeLessThan(edgePush(40, 0, 1000));
  expect(edgePush(40, 0, 1000)).toBeLessThan(0);
  expect(edgePush(990, 0, 1000)).toBeGreaterThan(0);
});

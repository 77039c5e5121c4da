import fc from "fast-check";
import { expect, test } from "vitest";
import { type DragState, type Measured, reorderDrag, targetAt } from "../../../../client/plan/reorder-drag.ts";

type State = DragState<string, string>;
const idle = { status: "idle" } as State;
const measured: Measured<string, string> = [
  {
    group: "today",
    top: 0,
    rows: [
      { id: "a", middle: 50 },
      { id: "b", middle: 100 },
    ],
  },
  { group: "later", top: 150, rows: [{ id: "c", middle: 200 }] },
];
const press = { type: "press", id: "a", pointerId: 1, y: 50 } as const;
const moveTo = (y: number, pointerId = 1) => ({ type: "move", pointerId, y, scrolled: 0, measured }) as const;

test("a press that hardly moves is no drag, and lets go of nothing", () => {
  const pressed = reorderDrag(reorderDrag(idle, press), moveTo(53));
  expect(pressed.status).toBe("pressed");
  expect(reorderDrag(pressed, { type: "release", pointerId: 1 })).toEqual(idle);
});

test("a row carried over another group's row drops before it", () => {
  const carried = reorderDrag(reorderDrag(idle, press), moveTo(180));
  expect(carried).toMatchObject({ status: "dragging", by: 130, over: { group: "later", before: "c" } });
  expect(reorderDrag(carried, { type: "release", pointerId: 1 })).toEqual({
    status: "dropped",
    id: "a",
    to: { group: "later", before: "c" },
  });
});

test("scrolling under a still finger carries the row along", () => {
  const carried = reorderDrag(reorderDrag(idle, press), { ...moveTo(50), scrolled: 80 });
  expect(carried).toMatchObject({ status: "dragging", by: 80 });
});

test("Escape ends a drag without a drop", () => {
  const carried = reorderDrag(reorderDrag(idle, press), moveTo(180));
  expect(reorderDrag(carried, { type: "cancel" })).toEqual(idle);
});

test("a second finger neither moves nor drops what the first one carries", () => {
  const carried = reorderDrag(reorderDrag(idle, press), moveTo(180));
  expect(reorderDrag(carried, { ...press, id: "b", pointerId: 2 })).toBe(carried);
  expect(reorderDrag(carried, moveTo(10, 2))).toBe(carried);
  expect(reorderDrag(carried, { type: "release", pointerId: 2 })).toBe(carried);
});

test("a place is found behind the last row, above the first group, and never before the row itself", () => {
  expect(targetAt(measured, "a", 140)).toEqual({ group: "today", before: "end" });
  expect(targetAt(measured, "c", -20)).toEqual({ group: "today", before: "a" });
  expect(targetAt(measured, "a", 40)).toEqual({ group: "today", before: "b" });
  expect(targetAt([], "a", 40)).toBeUndefined();
});

test("whatever happens, only a drag that was let go drops, and only the row that was pressed", () => {
  const event = fc.oneof(
    fc.record({
      type: fc.constant("press" as const),
      id: fc.constantFrom("a", "b", "c"),
      pointerId: fc.constantFrom(1, 2),
      y: fc.integer({ min: 0, max: 250 }),
    }),
    fc.record({ pointerId: fc.constantFrom(1, 2), y: fc.integer({ min: 0, max: 250 }) }).map((at) => ({
      type: "move" as const,
      ...at,
      scrolled: 0,
      measured,
    })),
    fc.constantFrom(1, 2).map((pointerId) => ({ type: "release" as const, pointerId })),
    fc.constant({ type: "cancel" as const }),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let state: State = { status: "idle" };
      for (const next of events) {
        const before = state;
        state = reorderDrag(state, next);
        if (state.status !== "dropped" || before.status === "dropped") continue;
        expect(before.status).toBe("dragging");
        expect(before.status === "dragging" && before.id).toBe(state.id);
        expect(next.type).toBe("release");
      }
    }),
  );
});

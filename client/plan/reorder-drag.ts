import type { Target } from "./plan-order.ts";

/** Rows of a list as they were measured, in reading order; `top` and `middle` in client pixels. */
export type Measured<Id, Group> = readonly {
  readonly group: Group;
  readonly top: number;
  readonly rows: readonly { readonly id: Id; readonly middle: number }[];
}[];

export type DragState<Id, Group> =
  | { readonly status: "idle" }
  | { readonly status: "pressed"; readonly id: Id; readonly pointerId: number; readonly fromY: number }
  | {
      readonly status: "dragging";
      readonly id: Id;
      readonly pointerId: number;
      readonly fromY: number;
      /** How far the row is carried from where it was taken, scrolling included. */
      readonly by: number;
      readonly over: Target<Id, Group> | undefined;
    }
  | { readonly status: "dropped"; readonly id: Id; readonly to: Target<Id, Group> };

export type DragEvent<Id, Group> =
  | { readonly type: "press"; readonly id: Id; readonly pointerId: number; readonly y: number }
  | {
      readonly type: "move";
      readonly pointerId: number;
      readonly y: number;
      /** How far the list was scrolled since the press. */
      readonly scrolled: number;
      readonly measured: Measured<Id, Group>;
    }
  | { readonly type: "release"; readonly pointerId: number }
  | { readonly type: "cancel" };

/** Movement below which a press is still a press, so that a shaking hand does not reorder a plan. */
const slopPx = 6;

/**
 * The drag of a row by its handle, from press to drop, without a browser. `dropped` is left by the next press. A second
 * finger changes nothing; Escape and a lost pointer are `cancel`.
 */
export function reorderDrag<Id, Group>(state: DragState<Id, Group>, event: DragEvent<Id, Group>): DragState<Id, Group> {
  switch (event.type) {
    case "press":
      if (state.status === "pressed" || state.status === "dragging") return state;
      return { status: "pressed", id: event.id, pointerId: event.pointerId, fromY: event.y };
    case "move": {
      if (state.status !== "pressed" && state.status !== "dragging") return state;
      if (state.pointerId !== event.pointerId) return state;
      const by = event.y - state.fromY + event.scrolled;
      if (state.status === "pressed" && Math.abs(by) < slopPx) return state;
      const { id, pointerId, fromY } = state;
      return { status: "dragging", id, pointerId, fromY, by, over: targetAt(event.measured, id, event.y) };
    }
    case "release":
      if (state.status !== "pressed" && state.status !== "dragging") return state;
      if (state.pointerId !== event.pointerId) return state;
      return state.status === "dragging" && state.over
        ? { status: "dropped", id: state.id, to: state.over }
        : { status: "idle" };
    case "cancel":
      return { status: "idle" };
  }
}

/** Before the first other row whose middle lies below the pointer, in the last group that begins above it. */
export function targetAt<Id, Group>(measured: Measured<Id, Group>, id: Id, y: number): Target<Id, Group> | undefined {
  const group = measured.findLast(({ top }) => top <= y) ?? measured[0];
  if (!group) return undefined;
  const below = group.rows.find((row) => row.id !== id && y < row.middle);
  return { group: group.group, before: below?.id ?? "end" };
}

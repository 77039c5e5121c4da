import { type PointerEvent, type RefObject, useEffect, useReducer, useRef } from "react";
import type { Target } from "./plan-order.ts";
import { type DragEvent, type DragState, type Measured, reorderDrag } from "./reorder-drag.ts";

/** Pixels from the edge of what scrolls within which a drag scrolls it, and how fast. */
const edgePx = 56;
const scrollPx = 14;

export interface Row {
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly style: { readonly transform: string; readonly zIndex: number; readonly position: "relative" } | undefined;
}

export interface Handle {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: () => void;
}

/**
 * Wires the pure drag to pointers. `kind` names the attributes by which the list is measured: `data-<kind>-group` on each
 * group, `data-<kind>-row` on each row. `onDrop` is called once, when a row was let go over a place.
 */
export function useReorder<Id extends string, Group extends string>(
  kind: string,
  list: RefObject<HTMLElement | null>,
  onDrop: (id: Id, target: Target<Id, Group>) => void,
) {
  const [state, send] = useReducer<DragState<Id, Group>, [DragEvent<Id, Group>]>(reorderDrag, { status: "idle" });
  const scrollFrom = useRef({ top: 0, scroller: undefined as Element | undefined });
  const latestDrop = useRef(onDrop);
  latestDrop.current = onDrop;

  useEffect(() => {
    if (state.status !== "dropped") return;
    latestDrop.current(state.id, state.to);
    send({ type: "cancel" });
  }, [state]);

  useEffect(() => {
    if (state.status !== "dragging") return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") send({ type: "cancel" });
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [state.status]);

  const measure = (): Measured<Id, Group> =>
    [...(list.current?.parentElement?.querySelectorAll(`[data-${kind}-group]`) ?? [])].map((group) => ({
      group: group.getAttribute(`data-${kind}-group`) as Group,
      top: group.getBoundingClientRect().top,
      rows: [...group.querySelectorAll(`[data-${kind}-row]`)].map((row) => {
        const box = row.getBoundingClientRect();
        return { id: row.getAttribute(`data-${kind}-row`) as Id, middle: box.top + box.height / 2 };
      }),
    }));

  const handleOf = (id: Id): Handle => ({
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const scroller = scrollerOf(event.currentTarget);
      scrollFrom.current = { top: scroller.scrollTop, scroller };
      send({ type: "press", id, pointerId: event.pointerId, y: event.clientY });
    },
    onPointerMove: (event) => {
      if (state.status !== "pressed" && state.status !== "dragging") return;
      const { scroller, top } = scrollFrom.current;
      if (scroller && state.status === "dragging") scrollNearEdge(scroller, event.clientY);
      const scrolled = (scroller?.scrollTop ?? 0) - top;
      send({ type: "move", pointerId: event.pointerId, y: event.clientY, scrolled, measured: measure() });
    },
    onPointerUp: (event) => send({ type: "release", pointerId: event.pointerId }),
    onPointerCancel: () => send({ type: "cancel" }),
  });

  const rowOf = (id: Id): Row => {
    const carried = state.status === "dragging" && state.id === id;
    return {
      attributes: { [`data-${kind}-row`]: id, "data-carried": carried ? "" : undefined },
      style: carried ? { transform: `translateY(${state.by}px)`, zIndex: 2, position: "relative" } : undefined,
    };
  };

  /** Whether the line that shows where the row would land stands before this row, or at the group's end. */
  const dropAt = (group: Group, before: Id | "end"): boolean =>
    state.status === "dragging" && state.over?.group === group && state.over.before === before;

  return { rowOf, handleOf, dropAt, isDragging: state.status === "dragging" };
}

function scrollerOf(element: Element): Element {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent);
    if ((overflowY === "auto" || overflowY === "scroll") && parent.scrollHeight > parent.clientHeight) return parent;
  }
  return document.scrollingElement ?? document.documentElement;
}

function scrollNearEdge(scroller: Element, y: number): void {
  const isPage = scroller === document.scrollingElement;
  const box = scroller.getBoundingClientRect();
  const top = isPage ? 0 : box.top;
  const bottom = isPage ? window.innerHeight : box.bottom;
  if (y < top + edgePx) scroller.scrollBy({ top: -scrollPx });
  else if (y > bottom - edgePx) scroller.scrollBy({ top: scrollPx });
}

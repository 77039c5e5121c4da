import type { CardId } from "#shared/board/ids.ts";

/** A pointer in client pixels. */
export interface PointerPoint {
  readonly clientX: number;
  readonly clientY: number;
}

export type DragState =
  | { readonly phase: "idle" }
  /** Down on a card, and neither a tap nor a drag yet. */
  | {
      readonly phase: "pressed";
      readonly cardId: CardId;
      readonly pointerId: number;
      readonly byTouch: boolean;
      readonly from: PointerPoint;
    }
  | {
      readonly phase: "dragging";
      readonly cardId: CardId;
      readonly pointerId: number;
      readonly from: PointerPoint;
      readonly at: PointerPoint;
    }
  /** Over, with something to do about it; the next event leaves it. */
  | { readonly phase: "tapped"; readonly cardId: CardId }
  | { readonly phase: "dropped"; readonly cardId: CardId; readonly from: PointerPoint; readonly at: PointerPoint }
  | { readonly phase: "cancelled"; readonly cardId: CardId };

export type DragEvent =
  | {
      readonly type: "press";
      readonly cardId: CardId;
      readonly pointerId: number;
      readonly byTouch: boolean;
      readonly at: PointerPoint;
    }
  /** A finger stayed where it was for `holdMs`. */
  | { readonly type: "hold" }
  | { readonly type: "move"; readonly pointerId: number; readonly at: PointerPoint }
  | { readonly type: "release"; readonly pointerId: number; readonly at: PointerPoint }
  /** The browser took the pointer (it scrolls), a second finger came, Escape, or the card went away. */
  | { readonly type: "cancel" };

/** How long a finger rests on a card before it takes it; before that, moving scrolls the map. */
export const holdMs = 280;
/** Further than this a press is no tap any more, in pixels. */
const mouseSlop = 4;
const touchSlop = 10;

const idle: DragState = { phase: "idle" };

/** Taking a card with a pointer, as a pure step. A mouse or pen takes it by moving, a finger by resting on it first. */
export function stepDrag(state: DragState, event: DragEvent): DragState {
  if (event.type === "press") {
    // A second finger belongs to a pinch: whatever was under way is over.
    if (state.phase === "pressed") return idle;
    if (state.phase === "dragging") return { phase: "cancelled", cardId: state.cardId };
    const { cardId, pointerId, byTouch, at } = event;
    return { phase: "pressed", cardId, pointerId, byTouch, from: at };
  }
  switch (state.phase) {
    case "pressed": {
      if (event.type === "cancel") return idle;
      if (event.type === "hold") {
        if (!state.byTouch) return state;
        return { ...taken(state), at: state.from };
      }
      if (event.pointerId !== state.pointerId) return state;
      if (event.type === "release") return { phase: "tapped", cardId: state.cardId };
      const far = distance(state.from, event.at) > (state.byTouch ? touchSlop : mouseSlop);
      if (!far) return state;
      return state.byTouch ? idle : { ...taken(state), at: event.at };
    }
    case "dragging": {
      if (event.type === "cancel") return { phase: "cancelled", cardId: state.cardId };
      if (event.type === "hold" || event.pointerId !== state.pointerId) return state;
      if (event.type === "move") return { ...state, at: event.at };
      return { phase: "dropped", cardId: state.cardId, from: state.from, at: event.at };
    }
    default:
      return idle;
  }
}

function taken(state: Extract<DragState, { phase: "pressed" }>) {
  return { phase: "dragging", cardId: state.cardId, pointerId: state.pointerId, from: state.from } as const;
}

function distance(a: PointerPoint, b: PointerPoint): number {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

/** Pixels to scroll in one frame while something is dragged this near to an edge: none inside, faster further out. */
export function edgePush(at: number, start: number, end: number): number {
  const zone = 56;
  const fastest = 18;
  if (at < start + zone) return -fastest * Math.min(1, (start + zone - at) / zone);
  if (at > end - zone) return fastest * Math.min(1, (at - (end - zone)) / zone);
  return 0;
}

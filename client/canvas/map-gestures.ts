import { flushSync } from "react-dom";
import type { Board, CardPlace } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { cardHeight, cardWidth, placeAt } from "#shared/geometry/map-layout.ts";
import type { BoardSession } from "../session/board-session.ts";
import { type Camera, writableZoom } from "./camera.ts";
import type { Desk } from "./desk.ts";
import { type DragEvent, type DragState, edgePush, holdMs, type PointerPoint, stepDrag } from "./drag.ts";
import type { MapModel } from "./map-model.ts";
import { type Fingers, movePinch, type Pinch, startPinch, wheelZoom } from "./pinch.ts";

interface GestureParts {
  readonly scroller: HTMLElement;
  readonly board: Board;
  readonly session: BoardSession;
  readonly camera: Camera;
  readonly model: MapModel;
  readonly desk: Desk;
  readonly isRtl: () => boolean;
  /** Puts up, moves and takes down the lifted card; `corner` is its start-top corner in client pixels. */
  readonly lift: (cardId: CardId | undefined, corner?: PointerPoint) => void;
}

/** Below this a card cannot be read. */
export const farZoom = 0.4;
/** What is used, not carried or panned by. */
const controls = "button, textarea, input, select, a, label";

/** Wires pointers, wheel and fingers on the map to the reducers of drag and pinch. Gives back its undoing. */
export function attachMapGestures(parts: GestureParts): () => void {
  const { scroller, board, session, camera, model, desk, isRtl, lift } = parts;
  let drag: DragState = { phase: "idle" };
  /** From the pointer to the card's start-top corner, in client pixels. */
  let grip = { clientX: 0, clientY: 0 };
  let holdTimer: ReturnType<typeof setTimeout> | undefined;
  let pushFrame = 0;
  let spaceDown = false;
  let pannedAt = 0;
  let tappedCard: CardId | undefined;

  const cardIdAt = (target: EventTarget | null): CardId | undefined =>
    target instanceof Element
      ? ((target.closest("[data-card-id]")?.getAttribute("data-card-id") as CardId | null) ?? undefined)
      : undefined;

  const cornerAt = (at: PointerPoint): PointerPoint => ({
    clientX: at.clientX + grip.clientX,
    clientY: at.clientY + grip.clientY,
  });
  const placeUnder = (at: PointerPoint): CardPlace => {
    const corner = cornerAt(at);
    return placeAt(model.layout(), camera.boardPointAt(corner.clientX, corner.clientY));
  };
  let mapBox = scroller.getBoundingClientRect();
  const goalUnder = ({ clientX, clientY }: PointerPoint): HTMLElement | undefined => {
    // Goals are beside the map, so over it nothing has to be looked for.
    const { left, right, top, bottom } = mapBox;
    if (clientX > left && clientX < right && clientY > top && clientY < bottom) return undefined;
    const under = document.elementsFromPoint(clientX, clientY);
    return (
      under.map((element) => element.closest<HTMLElement>("[data-goal-id]")).find((goal) => goal !== null) ?? undefined
    );
  };

  let marked: Element | undefined;
  const mark = (element: Element | undefined) => {
    if (marked === element) return;
    marked?.removeAttribute("data-drop");
    element?.setAttribute("data-drop", "over");
    marked = element;
  };

  const follow = (cardId: CardId, at: PointerPoint) => {
    lift(cardId, cornerAt(at));
    const goal = goalUnder(at);
    const place = placeUnder(at);
    mark(goal ?? scroller.querySelector(`[data-cell="${place.area}/${place.time}"]`) ?? undefined);
    session.setDoing({ dragging: { cardId, ...place } });
  };

  const push = () => {
    pushFrame = 0;
    if (drag.phase !== "dragging") return;
    const { clientX, clientY } = drag.at;
    const across = edgePush(clientX, mapBox.left, mapBox.right);
    const down = edgePush(clientY, mapBox.top, mapBox.bottom);
    if ((across !== 0 || down !== 0) && !goalUnder(drag.at)) {
      camera.panBy(isRtl() ? -across : across, down);
      follow(drag.cardId, drag.at);
    }
    pushFrame = requestAnimationFrame(push);
  };

  const end = () => {
    clearTimeout(holdTimer);
    cancelAnimationFrame(pushFrame);
    pushFrame = 0;
    mark(undefined);
    lift(undefined);
    session.setDoing({ dragging: undefined });
  };

  const send = (event: DragEvent) => {
    const before = drag;
    drag = stepDrag(before, event);
    if (drag === before) return;
    if (before.phase === "pressed" && drag.phase !== "pressed") clearTimeout(holdTimer);
    switch (drag.phase) {
      case "dragging":
        if (before.phase === "pressed") {
          scroller.setPointerCapture(drag.pointerId);
          mapBox = scroller.getBoundingClientRect();
          desk.stopEditing({ focus: false });
          if (before.byTouch) navigator.vibrate?.(8);
          pushFrame = requestAnimationFrame(push);
        }
        follow(drag.cardId, drag.at);
        break;
      case "dropped": {
        const { cardId, at } = drag;
        const goal = goalUnder(at)?.getAttribute("data-goal-id");
        const place = placeUnder(at);
        drag = { phase: "idle" };
        end();
        if (goal) desk.connect(cardId, goal, true);
        else desk.place(cardId, place);
        break;
      }
      case "cancelled":
        drag = { phase: "idle" };
        end();
        break;
      case "tapped": {
        // Done at the click that follows: an editor that came up sooner would be under the finger, and get the click.
        tappedCard = drag.cardId;
        drag = { phase: "idle" };
        break;
      }
      case "pressed": {
        const corner = model.pointOf(drag.cardId);
        if (corner) {
          const client = camera.clientPointOf(corner);
          grip = { clientX: client.clientX - drag.from.clientX, clientY: client.clientY - drag.from.clientY };
        }
        if (drag.byTouch) holdTimer = setTimeout(() => send({ type: "hold" }), holdMs);
        break;
      }
      case "idle":
        break;
    }
  };

  // ---- panning with a mouse: on empty ground, with the middle button, or with Space held
  let pan: { pointerId: number; at: PointerPoint; moved: boolean } | undefined;

  const onPointerDown = (event: PointerEvent) => {
    const mouse = event.pointerType === "mouse";
    if (mouse && (event.button === 1 || (event.button === 0 && spaceDown))) {
      event.preventDefault();
      pan = { pointerId: event.pointerId, at: pointOf(event), moved: false };
      return;
    }
    tappedCard = undefined;
    if (event.button !== 0) return;
    if (event.target instanceof Element && event.target.closest(controls)) return;
    const cardId = cardIdAt(event.target);
    if (cardId) {
      if (desk.state().editing === cardId) return;
      const card = board.card(cardId);
      const byTouch = event.pointerType === "touch";
      if (card && !board.canWrite(card.laneId)) return;
      send({ type: "press", cardId, pointerId: event.pointerId, byTouch, at: pointOf(event) });
      return;
    }
    if (drag.phase !== "idle") send({ type: "cancel" });
    // A press on a scrollbar lands on the scroller, outside its content.
    if (mouse && event.target !== scroller) {
      pan = { pointerId: event.pointerId, at: pointOf(event), moved: false };
    }
  };

  const onPointerMove = (event: PointerEvent) => {
    if (pan && pan.pointerId === event.pointerId) {
      const across = event.clientX - pan.at.clientX;
      const down = event.clientY - pan.at.clientY;
      if (!pan.moved && Math.hypot(across, down) < 3) return;
      // Captured only now: a captured click would not be told where it fell.
      if (!pan.moved) scroller.setPointerCapture(event.pointerId);
      scroller.dataset.panning = "";
      camera.panBy(isRtl() ? across : -across, -down);
      pan = { ...pan, at: pointOf(event), moved: true };
      pannedAt = performance.now();
      return;
    }
    if (drag.phase !== "idle") send({ type: "move", pointerId: event.pointerId, at: pointOf(event) });
  };

  const onPointerUp = (event: PointerEvent) => {
    if (pan?.pointerId === event.pointerId) {
      pan = undefined;
      delete scroller.dataset.panning;
      return;
    }
    if (drag.phase !== "idle") send({ type: "release", pointerId: event.pointerId, at: pointOf(event) });
  };
  const onPointerCancel = (event: PointerEvent) => {
    if (pan?.pointerId === event.pointerId) {
      pan = undefined;
      delete scroller.dataset.panning;
    }
    if ("pointerId" in drag && drag.pointerId === event.pointerId) send({ type: "cancel" });
  };

  /** A tap on a card writes in it. From far away a tap comes nearer; cards are too small there to be worked with. A click ends a pan, too. */
  const onClick = (event: MouseEvent) => {
    const tapped = tappedCard;
    tappedCard = undefined;
    if (tapped && cardIdAt(event.target) === tapped) {
      flushSync(() => desk.edit(tapped));
      return;
    }
    const still = performance.now() - pannedAt > 300;
    if (!still || camera.view().z >= farZoom) return;
    if (event.target instanceof Element && event.target.closest(`${controls}, [data-card-id]`)) return;
    camera.zoomTo(writableZoom, event);
  };

  const onDoubleClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest(`${controls}, [data-card-id]`)) return;
    if (!event.target.closest("[data-cell]")) return;
    const point = camera.boardPointAt(event.clientX, event.clientY);
    const place = placeAt(model.layout(), { x: point.x - cardWidth / 2, y: point.y - cardHeight / 2 });
    desk.add(place.area, place.time, place.at);
  };

  // ---- wheel and pinch
  const onWheel = (event: WheelEvent) => {
    // A trackpad's pinch arrives as a wheel with Ctrl.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const now = camera.view();
    const z = wheelZoom(now.z, event.deltaY, event.deltaMode);
    const point = camera.boardPointAt(event.clientX, event.clientY);
    camera.gesture({ x: point.x - ((point.x - now.x) * now.z) / z, y: point.y - ((point.y - now.y) * now.z) / z, z });
  };

  let pinch: Pinch | undefined;
  const fingersOf = (touches: TouchList): Fingers | undefined => {
    const [a, b] = [touches[0], touches[1]];
    if (!a || !b) return undefined;
    const box = scroller.getBoundingClientRect();
    const place = (touch: Touch) => ({
      x: isRtl() ? box.right - touch.clientX : touch.clientX - box.left,
      y: touch.clientY - box.top,
    });
    return { a: place(a), b: place(b) };
  };
  const onTouchStart = (event: TouchEvent) => {
    if (event.touches.length !== 2) return;
    const fingers = fingersOf(event.touches);
    if (!fingers) return;
    if (event.cancelable) event.preventDefault();
    send({ type: "cancel" });
    pinch = startPinch(fingers, camera.view());
  };
  const onTouchMove = (event: TouchEvent) => {
    // A card is held: the finger moves it, and the map stays.
    if (drag.phase === "dragging" && event.cancelable) event.preventDefault();
    if (!pinch) return;
    const fingers = fingersOf(event.touches);
    if (!fingers) return;
    if (event.cancelable) event.preventDefault();
    camera.gesture(movePinch(pinch, fingers));
  };
  const onTouchEnd = (event: TouchEvent) => {
    if (!pinch || event.touches.length >= 2) return;
    pinch = undefined;
    camera.settle();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && drag.phase !== "idle") {
      event.stopPropagation();
      send({ type: "cancel" });
    }
    const typing = event.target instanceof Element && event.target.closest(controls) !== null;
    if (event.code === "Space" && !typing) {
      spaceDown = event.type === "keydown";
      if (scroller.contains(document.activeElement)) event.preventDefault();
    }
  };
  // A finger that rests on a card would also open the browser's own menu.
  const onContextMenu = (event: Event) => {
    if (drag.phase !== "idle") event.preventDefault();
  };

  // ---- my pointer, for others; a finger has none to show
  const fine = matchMedia("(pointer: fine)");
  const onHover = (event: PointerEvent) => {
    if (!fine.matches || event.pointerType !== "mouse" || drag.phase === "dragging") return;
    const point = camera.boardPointAt(event.clientX, event.clientY);
    const { area, time } = placeAt(model.layout(), { x: point.x - cardWidth / 2, y: point.y - cardHeight / 2 });
    const cell = model.boardPointOf({ area, time, at: { x: 0, y: 0 } });
    session.setDoing({
      pointer: { area, time, at: { x: Math.round(point.x - cell.x), y: Math.round(point.y - cell.y) } },
    });
  };
  const onLeave = () => session.setDoing({ pointer: undefined });

  scroller.addEventListener("pointerdown", onPointerDown);
  window.addEventListener("pointermove", onPointerMove);
  window.addEventListener("pointerup", onPointerUp);
  window.addEventListener("pointercancel", onPointerCancel);
  scroller.addEventListener("pointermove", onHover, { passive: true });
  scroller.addEventListener("pointerleave", onLeave, { passive: true });
  scroller.addEventListener("click", onClick);
  scroller.addEventListener("dblclick", onDoubleClick);
  scroller.addEventListener("contextmenu", onContextMenu);
  // Not passive: they have to keep the browser from zooming the page. Only the first event of a scroll waits for them.
  scroller.addEventListener("wheel", onWheel, { passive: false });
  scroller.addEventListener("touchstart", onTouchStart, { passive: false });
  scroller.addEventListener("touchmove", onTouchMove, { passive: false });
  scroller.addEventListener("touchend", onTouchEnd, { passive: true });
  scroller.addEventListener("touchcancel", onTouchEnd, { passive: true });
  window.addEventListener("keydown", onKey, { capture: true });
  window.addEventListener("keyup", onKey, { capture: true });

  return () => {
    end();
    onLeave();
    scroller.removeEventListener("pointerdown", onPointerDown);
    window.removeEventListener("pointermove", onPointerMove);
    window.removeEventListener("pointerup", onPointerUp);
    window.removeEventListener("pointercancel", onPointerCancel);
    scroller.removeEventListener("pointermove", onHover);
    scroller.removeEventListener("pointerleave", onLeave);
    scroller.removeEventListener("click", onClick);
    scroller.removeEventListener("dblclick", onDoubleClick);
    scroller.removeEventListener("contextmenu", onContextMenu);
    scroller.removeEventListener("wheel", onWheel);
    scroller.removeEventListener("touchstart", onTouchStart);
    scroller.removeEventListener("touchmove", onTouchMove);
    scroller.removeEventListener("touchend", onTouchEnd);
    scroller.removeEventListener("touchcancel", onTouchEnd);
    window.removeEventListener("keydown", onKey, { capture: true });
    window.removeEventListener("keyup", onKey, { capture: true });
  };
}

function pointOf({ clientX, clientY }: PointerPoint): PointerPoint {
  return { clientX, clientY };
}

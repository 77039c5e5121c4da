import type { Camera } from "./camera.ts";

/** The map has come to rest when it has not moved for so long. */
const restMs = 100;

/**
 * Keeps the pointer off the cards while the map moves under it. Otherwise the browser looks through every card for what
 * is under a mouse that lies still, each frame (0.3–0.7 ms of its main thread with 60–250 cards), and cards light up as
 * they pass. `guard` lies over the whole map, inside what scrolls, so that a wheel still turns the map.
 *
 * A mouse that moves ends it at once. One that presses without having moved since is passed on to what lies there.
 */
export function attachHoverGuard(scroller: HTMLElement, guard: HTMLElement, camera: Camera): () => void {
  let isUp = false;
  /** Fingers hover over nothing, so a board that is only touched needs no guard. */
  let hasMouse = false;
  let pressedThrough = false;
  /** Between press and release the guard stays away: a release on it would take the click from what was pressed. */
  let isPressed = false;
  let movedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let mouse = { x: Number.NaN, y: Number.NaN };

  const lower = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!isUp) return;
    isUp = false;
    guard.style.pointerEvents = "none";
  };
  const whenAtRest = () => {
    const still = performance.now() - movedAt;
    // One timer that looks again, since a new one for each frame would cost more than the looking.
    if (still < restMs) timer = setTimeout(whenAtRest, restMs - still);
    else lower();
  };
  const onView = () => {
    movedAt = performance.now();
    if (!hasMouse || isUp || isPressed) return;
    isUp = true;
    guard.style.pointerEvents = "auto";
    timer ??= setTimeout(whenAtRest, restMs);
  };

  const onOver = (event: PointerEvent) => {
    hasMouse = event.pointerType === "mouse";
  };
  const onMove = (event: PointerEvent) => {
    hasMouse = event.pointerType === "mouse";
    if (event.clientX === mouse.x && event.clientY === mouse.y) return;
    mouse = { x: event.clientX, y: event.clientY };
    // With a button down it carries a card or the map, and hovers over nothing.
    if (event.buttons === 0) lower();
  };
  /** Says the event again to whoever lies under the guard. */
  const passOn = (event: PointerEvent | MouseEvent): boolean => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (!under || !scroller.contains(under)) return false;
    event.stopImmediatePropagation();
    const Kind = event.constructor as typeof MouseEvent;
    if (!under.dispatchEvent(new Kind(event.type, event))) event.preventDefault();
    return true;
  };
  const onDown = (event: PointerEvent) => {
    if (!event.isTrusted) return;
    isPressed = true;
    pressedThrough = false;
    if (event.target !== guard) return;
    lower();
    pressedThrough = passOn(event);
  };
  const onRelease = () => {
    isPressed = false;
  };
  // The browser gives the click of a press that began on the guard to what both have in common.
  const onClick = (event: MouseEvent) => {
    if (!event.isTrusted || !pressedThrough) return;
    pressedThrough = false;
    passOn(event);
  };

  const stopCamera = camera.subscribe(onView);
  scroller.addEventListener("pointerover", onOver, { passive: true });
  scroller.addEventListener("pointermove", onMove, { passive: true });
  scroller.addEventListener("pointerdown", onDown, { capture: true });
  scroller.addEventListener("click", onClick, { capture: true });
  // Wherever that is.
  addEventListener("pointerup", onRelease, { capture: true, passive: true });
  addEventListener("pointercancel", onRelease, { capture: true, passive: true });
  return () => {
    lower();
    stopCamera();
    scroller.removeEventListener("pointerover", onOver);
    scroller.removeEventListener("pointermove", onMove);
    scroller.removeEventListener("pointerdown", onDown, { capture: true });
    scroller.removeEventListener("click", onClick, { capture: true });
    removeEventListener("pointerup", onRelease, { capture: true });
    removeEventListener("pointercancel", onRelease, { capture: true });
  };
}

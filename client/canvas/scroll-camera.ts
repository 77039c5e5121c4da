import type { Point, Rect } from "#shared/geometry/camera.ts";
import { type Camera, type CameraView, clampZoom } from "./camera.ts";

interface ScrollCameraParts {
  /** Scrolls. */
  readonly scroller: HTMLElement;
  /** Inside the scroller, as large as the map on screen with its margin. */
  readonly sizer: HTMLElement;
  /** Inside the sizer; moved and scaled while a gesture runs. */
  readonly stage: HTMLElement;
  /** Inside the stage; its cards are laid out in board units and scaled to the zoom. */
  readonly layer: HTMLElement;
}

/** On opening, the map is as wide as the screen unless its words would be smaller than this; then it scrolls sideways. */
const leastReadableZoom = 0.7;
/** Quiet time after the last wheel step, after which the map is laid out at its new zoom. */
const settleMs = 140;
/** Room around the map, in screen pixels. */
const margin = 16;
/** Space below the map, so that the last cards come clear of what floats over it. */
const marginBelow = 96;

/**
 * A camera that is the browser's own scrolling: momentum, focus, magnifiers and right-to-left come with it. Zoom is a
 * scale of the layer, which the browser paints sharp at every size. CSS `zoom` looked the same, but had every card styled
 * and laid out anew after each gesture. During a gesture the stage is scaled on top, as one picture, since painting for
 * each step of a pinch would drop frames.
 */
export function createScrollCamera({ scroller, sizer, stage, layer }: ScrollCameraParts): Camera {
  let width = 1;
  let height = 1;
  let zoom = 1;
  /** Scroll offsets from the inline start and top; kept here so that reading the view forces no layout. */
  let inline = 0;
  let block = 0;
  let viewWidth = scroller.clientWidth;
  let viewHeight = scroller.clientHeight;
  let box = scroller.getBoundingClientRect();
  let transient: CameraView | undefined;
  let settleTimer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const listeners = new Set<() => void>();

  const isRtl = () => getComputedStyle(scroller).direction === "rtl";
  let rtl = isRtl();

  /** Where the map starts inside the scrolled area: in the middle when it is narrower than the screen. */
  const startOf = (z: number) => Math.max(margin, (viewWidth - width * z) / 2);
  const sizeOf = (z: number) => ({
    inline: Math.max(viewWidth, width * z + 2 * margin),
    block: Math.max(viewHeight, height * z + margin + marginBelow),
  });
  const clampScroll = (z: number, wantedInline: number, wantedBlock: number) => {
    const size = sizeOf(z);
    return {
      inline: Math.min(Math.max(0, wantedInline), size.inline - viewWidth),
      block: Math.min(Math.max(0, wantedBlock), size.block - viewHeight),
    };
  };
  const scrollFor = (view: CameraView) =>
    clampScroll(view.z, view.x * view.z + startOf(view.z), view.y * view.z + margin);

  const view = (): CameraView =>
    transient ?? { x: (inline - startOf(zoom)) / zoom, y: (block - margin) / zoom, z: zoom };

  const announce = () => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      for (const listener of [...listeners]) listener();
    });
  };

  const layOut = (z: number) => {
    const size = sizeOf(z);
    sizer.style.inlineSize = `${size.inline}px`;
    sizer.style.blockSize = `${size.block}px`;
    stage.style.insetInlineStart = `${startOf(z)}px`;
    stage.style.insetBlockStart = `${margin}px`;
    layer.style.transform = z === 1 ? "" : `scale(${z})`;
  };

  const scrollTo = (wantedInline: number, wantedBlock: number) => {
    const to = clampScroll(zoom, wantedInline, wantedBlock);
    inline = to.inline;
    block = to.block;
    // One call: each of the two properties would lay out and scroll for itself.
    scroller.scrollTo({ left: rtl ? -to.inline : to.inline, top: to.block, behavior: "instant" });
    announce();
  };

  const settle = () => {
    clearTimeout(settleTimer);
    const end = transient;
    if (!end) return;
    transient = undefined;
    stage.style.transform = "";
    stage.style.willChange = "";
    set(end);
  };

  const set = (to: CameraView) => {
    clearTimeout(settleTimer);
    transient = undefined;
    stage.style.transform = "";
    stage.style.willChange = "";
    const z = clampZoom(to.z);
    if (z !== zoom) {
      zoom = z;
      layOut(z);
    }
    const scroll = scrollFor({ ...to, z });
    scrollTo(scroll.inline, scroll.block);
  };

  const gesture = (to: CameraView) => {
    const z = clampZoom(to.z);
    // Clamped as it will be once laid out, so that nothing jumps when the gesture ends.
    const scroll = scrollFor({ ...to, z });
    transient = { x: (scroll.inline - startOf(z)) / z, y: (scroll.block - margin) / z, z };
    const moveInline = inline - startOf(zoom) - transient.x * z;
    const moveBlock = block - margin - transient.y * z;
    stage.style.willChange = "transform";
    stage.style.transform = `translate(${rtl ? -moveInline : moveInline}px, ${moveBlock}px) scale(${z / zoom})`;
    clearTimeout(settleTimer);
    settleTimer = setTimeout(settle, settleMs);
    announce();
  };

  const boardPointAt = (clientX: number, clientY: number): Point => {
    const now = view();
    const fromStart = rtl ? box.right - clientX : clientX - box.left;
    return { x: now.x + fromStart / now.z, y: now.y + (clientY - box.top) / now.z };
  };

  const anchored = (z: number, anchor: { clientX: number; clientY: number }): CameraView => {
    const point = boardPointAt(anchor.clientX, anchor.clientY);
    const now = view();
    return {
      x: point.x - ((point.x - now.x) * now.z) / z,
      y: point.y - ((point.y - now.y) * now.z) / z,
      z,
    };
  };

  const onScroll = () => {
    inline = Math.abs(scroller.scrollLeft);
    block = scroller.scrollTop;
    announce();
  };
  scroller.addEventListener("scroll", onScroll, { passive: true });

  const measure = () => {
    const before = view();
    const narrower = viewWidth;
    viewWidth = scroller.clientWidth;
    viewHeight = scroller.clientHeight;
    box = scroller.getBoundingClientRect();
    rtl = isRtl();
    layOut(zoom);
    if (narrower !== viewWidth) set(before);
    announce();
  };
  const resizes = new ResizeObserver(measure);
  resizes.observe(scroller);
  // The scroller can move without changing its size (a panel above it opens); its place is read anew when it matters.
  const remember = () => {
    box = scroller.getBoundingClientRect();
  };
  scroller.addEventListener("pointerenter", remember, { passive: true });
  scroller.addEventListener("pointerdown", remember, { passive: true, capture: true });
  const directions = new MutationObserver(measure);
  directions.observe(document.documentElement, { attributes: true, attributeFilter: ["dir"] });

  layOut(zoom);

  return {
    view,
    visible: (): Rect => {
      const { x, y, z } = view();
      return { x, y, width: viewWidth / z, height: viewHeight / z };
    },
    laidOutZoom: () => zoom,
    set,
    zoomTo: (z, anchor) => {
      const middle = { clientX: (box.left + box.right) / 2, clientY: (box.top + box.bottom) / 2 };
      set(anchored(clampZoom(z), anchor ?? middle));
    },
    gesture,
    settle,
    panBy: (byInline, byBlock) => {
      settle();
      scrollTo(inline + byInline, block + byBlock);
    },
    fit: () => set({ x: 0, y: 0, z: clampZoom(Math.min(1, (viewWidth - 2 * margin) / width)) }),
    open: () => set({ x: 0, y: 0, z: Math.min(1, Math.max(leastReadableZoom, (viewWidth - 2 * margin) / width)) }),
    reveal: (rect) => {
      settle();
      const room = 24;
      const start = startOf(zoom);
      const left = rect.x * zoom + start - room;
      const right = (rect.x + rect.width) * zoom + start + room;
      const top = rect.y * zoom + margin - room - 56;
      const bottom = (rect.y + rect.height) * zoom + margin + room;
      // When both ends cannot be on screen, the start and the top win.
      const toInline = Math.min(left, Math.max(inline, right - viewWidth));
      const toBlock = Math.min(top, Math.max(block, bottom - viewHeight));
      if (toInline !== inline || toBlock !== block) scrollTo(toInline, toBlock);
    },
    boardPointAt,
    clientPointOf: ({ x, y }) => {
      box = scroller.getBoundingClientRect();
      const now = view();
      const fromStart = (x - now.x) * now.z;
      return {
        clientX: rtl ? box.right - fromStart : box.left + fromStart,
        clientY: box.top + (y - now.y) * now.z,
      };
    },
    resize: (newWidth, newHeight) => {
      if (newWidth === width && newHeight === height) return;
      width = newWidth;
      height = newHeight;
      layOut(zoom);
      announce();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      clearTimeout(settleTimer);
      cancelAnimationFrame(frame);
      resizes.disconnect();
      directions.disconnect();
      scroller.removeEventListener("scroll", onScroll);
      scroller.removeEventListener("pointerenter", remember);
      scroller.removeEventListener("pointerdown", remember, { capture: true });
      listeners.clear();
    },
  };
}

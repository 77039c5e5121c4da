import { useEffect, useRef } from "react";
import { areas } from "#shared/board/schema.ts";
import type { Rect } from "#shared/geometry/camera.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useLanguage } from "../messages/language.tsx";
import type { Camera } from "./camera.ts";
import { type CrowdColours, drawCrowd } from "./crowd.ts";
import styles from "./MapView.module.css";
import type { MapModel } from "./map-model.ts";

function readColours(element: HTMLElement): CrowdColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    surface: colour("--surface"),
    line: colour("--line"),
    ink: colour("--line-strong"),
    edgeByArea: Object.fromEntries(
      areas.map((area) => [area, colour(`--area-${area}-edge`)]),
    ) as CrowdColours["edgeByArea"],
  };
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/**
 * One picture of all cards around the view that are no elements: mounted while there are too many of them, and while
 * somebody zooms. It lies on the map, so that
 * scrolling moves it without a line of script; it is drawn anew when the view comes near its edge, or cards change.
 */
export function CrowdCanvas({ camera, model }: { readonly camera: Camera; readonly model: MapModel }) {
  const board = useBoard();
  const { dir } = useLanguage();
  const element = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const canvas = element.current;
    if (!canvas) return;
    const colours = readColours(canvas);
    let tile: Rect | undefined;
    let zoom = 0;
    let frame = 0;
    const draw = () => {
      frame = 0;
      const view = camera.visible();
      const { width, height } = model.layout();
      zoom = camera.view().z;
      // A zoom soon shows much more of the board; its picture is there for moments only, and may be coarse.
      const isGesture = zoom !== camera.laidOutZoom();
      const [across, down] = isGesture ? [1, 1] : [0.1, 0.5];
      const x = Math.max(0, view.x - view.width * across);
      const y = Math.max(0, view.y - view.height * down);
      tile = {
        x,
        y,
        width: Math.max(1, Math.min(width, view.x + view.width * (1 + across)) - x),
        height: Math.max(1, Math.min(height, view.y + view.height * (1 + down)) - y),
      };
      canvas.style.insetInlineStart = `${tile.x}px`;
      canvas.style.insetBlockStart = `${tile.y}px`;
      canvas.style.inlineSize = `${tile.width}px`;
      canvas.style.blockSize = `${tile.height}px`;
      drawCrowd({ canvas, board, model, colours, tile, zoom, sharpness: isGesture ? 0.5 : 1, rtl: dir === "rtl" });
    };
    const later = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const onView = () => {
      const view = camera.visible();
      const { width, height } = model.layout();
      const x = Math.max(0, view.x);
      const y = Math.max(0, view.y);
      const shown = {
        x,
        y,
        width: Math.min(width, view.x + view.width) - x,
        height: Math.min(height, view.y + view.height) - y,
      };
      const ratio = zoom / camera.view().z;
      const isGesture = camera.view().z !== camera.laidOutZoom();
      if (!tile || !contains(tile, shown) || (!isGesture && (ratio > 1.5 || ratio < 0.67))) draw();
    };
    draw();
    const stops = [camera.subscribe(onView), model.subscribeAny(later), model.subscribeLayout(later)];
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [board, camera, model, dir]);

  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus
  return <canvas ref={element} className={styles.crowd} aria-hidden="true" />;
}

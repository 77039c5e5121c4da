import type { Point, Rect } from "#shared/geometry/camera.ts";

/** What part of the map is on screen. Board units run from the map's inline start and top, in every language alike. */
export interface CameraView {
  /** The board point at the viewport's inline start and top. */
  readonly x: number;
  readonly y: number;
  /** Screen pixels per board unit, `minZoom`–`maxZoom`. */
  readonly z: number;
}

export const minZoom = 0.1;
export const maxZoom = 3;

/** Below this a card's words are too small to write in: editing brings the camera nearer first. */
export const writableZoom = 0.8;

export function clampZoom(z: number): number {
  return Math.min(maxZoom, Math.max(minZoom, z));
}

/**
 * The one door to what is on screen. `scroll-camera.ts` keeps it by the browser's own scrolling; a transform camera
 * could replace it without anybody else noticing.
 */
export interface Camera {
  readonly view: () => CameraView;
  /** The part of the board on screen. */
  readonly visible: () => Rect;
  /** The zoom that the layer is laid out at: the view's, except while a gesture runs. */
  readonly laidOutZoom: () => number;
  readonly set: (view: CameraView) => void;
  /** Brings another zoom and keeps the board point under `anchor` (client pixels; the middle unless told) where it is. */
  readonly zoomTo: (z: number, anchor?: { readonly clientX: number; readonly clientY: number }) => void;
  /** As `set`, while a gesture runs: the layer is scaled only, and laid out when no more comes. */
  readonly gesture: (view: CameraView) => void;
  /** Ends a gesture at once. */
  readonly settle: () => void;
  /** By screen pixels, towards inline end and bottom. */
  readonly panBy: (inline: number, block: number) => void;
  /** The whole width of the map, from its top. */
  readonly fit: () => void;
  /** Shows the beginning of the map, at a size that can be read. */
  readonly open: () => void;
  /** Scrolls as little as needed to have all of `rect` on screen. */
  readonly reveal: (rect: Rect) => void;
  readonly boardPointAt: (clientX: number, clientY: number) => Point;
  readonly clientPointOf: (point: Point) => { readonly clientX: number; readonly clientY: number };
  /** The size of the map in board units. */
  readonly resize: (width: number, height: number) => void;
  /** Told after each change of the view, at most once a frame. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly close: () => void;
}

/** Points, rectangles and the camera. The board is measured in board units, the viewport in CSS pixels; x is inline. */

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Rect extends Point, Size {}

/** `x`, `y`: the board point at the viewport's start-top corner. `zoom`: pixels per board unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const leastZoom = 0.1;
export const mostZoom = 4;

export function clampZoom(zoom: number): number {
  return Number.isNaN(zoom) ? 1 : Math.min(mostZoom, Math.max(leastZoom, zoom));
}

export function boardToView(camera: Camera, point: Point): Point {
  return { x: (point.x - camera.x) * camera.zoom, y: (point.y - camera.y) * camera.zoom };
}

export function viewToBoard(camera: Camera, point: Point): Point {
  return { x: camera.x + point.x / camera.zoom, y: camera.y + point.y / camera.zoom };
}

/** The camera at another zoom, so that what is under `viewPoint` (pixels) stays under it. */
export function zoomAround(camera: Camera, viewPoint: Point, zoom: number): Camera {
  const nextZoom = clampZoom(zoom);
  const kept = viewToBoard(camera, viewPoint);
  return { x: kept.x - viewPoint.x / nextZoom, y: kept.y - viewPoint.y / nextZoom, zoom: nextZoom };
}

export function panBy(camera: Camera, byPixels: Point): Camera {
  return { ...camera, x: camera.x + byPixels.x / camera.zoom, y: camera.y + byPixels.y / camera.zoom };
}

/** The camera that shows all of `rect` in the middle of the viewport, `padding` pixels around, never above 100 %. */
export function fit(rect: Rect, viewport: Size, padding = 16): Camera {
  const room = { width: Math.max(1, viewport.width - 2 * padding), height: Math.max(1, viewport.height - 2 * padding) };
  const zoom = clampZoom(Math.min(1, room.width / Math.max(1, rect.width), room.height / Math.max(1, rect.height)));
  return {
    x: rect.x + rect.width / 2 - viewport.width / 2 / zoom,
    y: rect.y + rect.height / 2 - viewport.height / 2 / zoom,
    zoom,
  };
}

/** The part of the board that the viewport shows. */
export function visibleRect(camera: Camera, viewport: Size): Rect {
  return { x: camera.x, y: camera.y, width: viewport.width / camera.zoom, height: viewport.height / camera.zoom };
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

import { type CameraView, clampZoom } from "./camera.ts";

/** Two fingers in pixels from the viewport's inline start and top. */
export interface Fingers {
  readonly a: { readonly x: number; readonly y: number };
  readonly b: { readonly x: number; readonly y: number };
}

export interface Pinch {
  readonly view: CameraView;
  readonly apart: number;
  /** The board point between the fingers when they came down; it stays between them. */
  readonly held: { readonly x: number; readonly y: number };
}

const middle = ({ a, b }: Fingers) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apartOf = ({ a, b }: Fingers) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

export function startPinch(fingers: Fingers, view: CameraView): Pinch {
  const at = middle(fingers);
  return { view, apart: apartOf(fingers), held: { x: view.x + at.x / view.z, y: view.y + at.y / view.z } };
}

/** Where the camera is once the fingers have come here. The zoom follows their distance, the place their middle. */
export function movePinch(pinch: Pinch, fingers: Fingers): CameraView {
  const at = middle(fingers);
  const z = clampZoom((pinch.view.z * apartOf(fingers)) / pinch.apart);
  return { x: pinch.held.x - at.x / z, y: pinch.held.y - at.y / z, z };
}

/** The zoom after one wheel or trackpad step. Lines and pages count as the pixels that they usually are. */
export function wheelZoom(z: number, deltaY: number, deltaMode: number): number {
  const pixels = deltaY * (deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1);
  // One notch of a mouse wheel (about 100) is a quarter; a trackpad sends many small ones.
  return clampZoom(z * Math.exp(-Math.max(-150, Math.min(150, pixels)) * 0.0024));
}

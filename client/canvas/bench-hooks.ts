import type { CardId } from "#shared/board/ids.ts";
import type { BoardSession } from "../session/board-session.ts";
import type { Camera, CameraView } from "./camera.ts";
import type { MapModel } from "./map-model.ts";

/** Lets a bench drive the map from outside, as `window.__board` and `window.__doc` (DESIGN §8). Imported by a bench build alone. */
export function exposeMap(camera: Camera, model: MapModel, session: BoardSession): void {
  const hooks = {
    ready: new Promise<void>((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    }),
    camera: camera.view,
    // Another zoom is a step of a gesture, as it would be from a wheel: laid out when no more come.
    setCamera: (view: CameraView) => (view.z === camera.view().z ? camera.set(view) : camera.gesture(view)),
    cardPos: (id: string) => model.pointOf(id as CardId),
    grip: (id: string) => {
      const point = model.pointOf(id as CardId);
      if (!point) return undefined;
      // The lower part of the card: its menu button is at the top.
      const { clientX, clientY } = camera.clientPointOf({ x: point.x + 60, y: point.y + 80 });
      return { x: clientX, y: clientY };
    },
    count: session.board.cardCount,
  };
  // The awareness is the shared lane's, and so is its document.
  Object.assign(window, { __board: hooks, __doc: session.awareness.doc });
}

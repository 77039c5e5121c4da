import { describe, expect, test } from "vitest";
import {
  boardToView,
  type Camera,
  fit,
  leastZoom,
  mostZoom,
  overlaps,
  panBy,
  type Rect,
  viewToBoard,
  visibleRect,
  zoomAround,
} from "#shared/geometry/camera.ts";
import { createGridHash } from "#shared/geometry/grid-hash.ts";
import { createSeeded } from "../../../support/seeded.ts";

const camera: Camera = { x: 100, y: 50, zoom: 0.5 };

describe("the camera", () => {
  test("a view point and its board point lead to each other", () => {
    expect(viewToBoard(camera, boardToView(camera, { x: 321, y: 77 }))).toEqual({ x: 321, y: 77 });
    expect(boardToView(camera, { x: 100, y: 50 })).toEqual({ x: 0, y: 0 });
  });

  test("what is under the finger stays under it while zooming, within the limits", () => {
    const finger = { x: 240, y: 130 };
    for (const zoom of [0.001, 0.3, 1, 2, 99, Number.NaN]) {
      const next = zoomAround(camera, finger, zoom);
      expect(next.zoom).toBeGreaterThanOrEqual(leastZoom);
      expect(next.zoom).toBeLessThanOrEqual(mostZoom);
      expect(viewToBoard(next, finger).x).toBeCloseTo(viewToBoard(camera, finger).x);
      expect(viewToBoard(next, finger).y).toBeCloseTo(viewToBoard(camera, finger).y);
    }
  });

  test("fit shows all of it in the middle, and does not blow up little", () => {
    const viewport = { width: 800, height: 600 };
    const rect = { x: 0, y: 0, width: 1_332, height: 2_500 };
    const whole = fit(rect, viewport);
    const seen = visibleRect(whole, viewport);
    expect(seen.x).toBeLessThanOrEqual(0);
    expect(seen.y).toBeLessThanOrEqual(0);
    expect(seen.y + seen.height).toBeGreaterThanOrEqual(2_500);
    expect(seen.x + seen.width / 2).toBeCloseTo(666);
    expect(fit({ x: 5, y: 5, width: 10, height: 10 }, viewport).zoom).toBe(1);
  });

  test("panning goes by pixels, whatever the zoom", () => {
    expect(panBy(camera, { x: 10, y: -10 })).toEqual({ x: 120, y: 30, zoom: 0.5 });
  });
});

describe("the grid hash", () => {
  test("finds the same as looking at every rectangle, through moves and removals", () => {
    const seeded = createSeeded(11);
    const hash = createGridHash<number>(200);
    const all = new Map<number, Rect>();
    const rect = (most: number): Rect => ({
      x: seeded.whole(4_000) - 1_000,
      y: seeded.whole(4_000) - 1_000,
      width: seeded.whole(most),
      height: seeded.whole(most),
    });
    for (let step = 0; step < 2_000; step += 1) {
      const id = seeded.whole(200);
      if (seeded.chance(0.2)) {
        hash.remove(id);
        all.delete(id);
      } else {
        const put = rect(300);
        hash.put(id, put);
        all.set(id, put);
      }
      if (step % 10 > 0) continue;
      const area = rect(seeded.chance(0.1) ? 100_000 : 900);
      const expected = [...all].filter(([, other]) => overlaps(other, area)).map(([found]) => found);
      expect(hash.query(area).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      expect(hash.size()).toBe(all.size);
    }
  });
});

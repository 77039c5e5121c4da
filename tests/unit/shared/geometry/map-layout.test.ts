import { describe, expect, test } from "vitest";
import {
  boardPointOf,
  cardGap,
  cardHeight,
  cardWidth,
  cellWidth,
  freeSpot,
  keepInCell,
  layoutMap,
  neighbourPlace,
  placeAt,
  rowStep,
} from "#shared/geometry/map-layout.ts";
import { nudged, nudgeStep } from "#shared/geometry/nudge.ts";
import { areas, type CardPlace, type CellPoint, times } from "#shared/geometry/places.ts";
import { createSeeded } from "../../../support/seeded.ts";

const empty = layoutMap(new Map());
const place = (change: Partial<CardPlace> = {}): CardPlace => ({
  area: "work",
  time: "now",
  at: { x: cardGap, y: cardGap },
  ...change,
});

describe("the scaffold of the map", () => {
  test("seven bands stand one below the other, each with before, now and hoped side by side", () => {
    expect(empty.bands.map((band) => band.area)).toEqual([...areas]);
    let bottom = 0;
    for (const band of empty.bands) {
      expect(band.y).toBeGreaterThanOrEqual(bottom);
      bottom = band.y + band.height;
      expect(band.cells.map((cell) => cell.time)).toEqual([...times]);
      for (const cell of band.cells) {
        expect(cell.width).toBe(cellWidth);
        expect(cell.y + cell.height).toBeLessThanOrEqual(bottom);
      }
      expect((band.cells[1]?.x ?? 0) >= (band.cells[0]?.x ?? 0) + cellWidth).toBe(true);
    }
    expect(empty.height).toBeGreaterThanOrEqual(bottom);
  });

  test("a band grows in whole rows, as far as its lowest card or free spot", () => {
    const heightWith = (bottom: number) => layoutMap(new Map([["home/now", bottom]])).bands[0]?.height ?? 0;
    const one = cardGap + cardHeight;
    expect(heightWith(one)).toBe(heightWith(0));
    expect(heightWith(one + 1)).toBe(heightWith(one) + rowStep);
    expect(heightWith(one + rowStep)).toBe(heightWith(one + 1));
    const cell = layoutMap(new Map([["home/now", 5 * rowStep]])).bands[0]?.cells[0];
    expect(cell?.height ?? 0).toBeGreaterThanOrEqual(5 * rowStep);
  });

  test("a point on the map leads back to the place that it came from", () => {
    for (const area of areas) {
      for (const time of times) {
        const there = { area, time, at: { x: 100, y: 20 } };
        expect(placeAt(empty, boardPointOf(empty, there))).toEqual(there);
      }
    }
  });

  test("a card dropped anywhere, also off the map, stands wholly in the nearest cell", () => {
    const seeded = createSeeded(3);
    for (let step = 0; step < 500; step += 1) {
      const { area, time, at } = placeAt(empty, { x: seeded.whole(6_000) - 2_000, y: seeded.whole(9_000) - 3_000 });
      const box = empty.bands[areas.indexOf(area)]?.cells[times.indexOf(time)];
      expect(at.x).toBeGreaterThanOrEqual(0);
      expect(at.x + cardWidth).toBeLessThanOrEqual(cellWidth);
      expect(at.y).toBeGreaterThanOrEqual(0);
      expect(at.y + cardHeight).toBeLessThanOrEqual(box?.height ?? 0);
    }
    expect(placeAt(empty, { x: -900, y: -900 })).toMatchObject({ area: "home", time: "before" });
    expect(placeAt(empty, { x: 9_000, y: 90_000 })).toMatchObject({ area: "culture", time: "hoped" });
    expect(placeAt(empty, { x: Number.NaN, y: Number.POSITIVE_INFINITY }).at).toEqual({ x: 0, y: 0 });
  });

  test("[B11] a point is kept inside its cell, whole and finite", () => {
    expect(keepInCell({ x: -5, y: -5 })).toEqual({ x: 0, y: 0 });
    expect(keepInCell({ x: 9_999, y: 10.4 })).toEqual({ x: cellWidth - cardWidth, y: 10 });
    expect(keepInCell({ x: Number.NaN, y: Number.NaN })).toEqual({ x: 0, y: 0 });
  });

  test("[B3] the first free spot goes row by row over two columns, and covers no card", () => {
    const taken: CellPoint[] = [];
    for (let index = 0; index < 7; index += 1) taken.push(freeSpot(taken));
    expect(taken.slice(0, 3)).toEqual([
      { x: cardGap, y: cardGap },
      { x: cardGap + cardWidth + cardGap, y: cardGap },
      { x: cardGap, y: cardGap + rowStep },
    ]);
    expect(freeSpot([{ x: 100, y: 60 }])).toEqual({ x: cardGap, y: cardGap + 2 * rowStep });
    expect(freeSpot(taken.toSpliced(1, 1))).toEqual(taken[1]);
  });
});

describe("arrow keys", () => {
  test("an arrow takes a card one slot on, then over the edge into the neighbouring cell or area", () => {
    const inSecondColumn = neighbourPlace(empty, place(), "end");
    expect(inSecondColumn).toMatchObject({ area: "work", time: "now" });
    expect(inSecondColumn?.at.x).toBe(cellWidth - cardWidth - cardGap);
    expect(neighbourPlace(empty, inSecondColumn ?? place(), "end")).toMatchObject({
      time: "hoped",
      at: { x: cardGap },
    });
    expect(neighbourPlace(empty, place(), "start")).toMatchObject({ time: "before" });
    expect(neighbourPlace(empty, place(), "up")).toMatchObject({ area: "money" });
    const twoRows = layoutMap(new Map([["work/now", 2 * rowStep]]));
    const below = neighbourPlace(twoRows, place(), "down");
    expect(below).toMatchObject({ area: "work", at: { y: cardGap + rowStep } });
    expect(neighbourPlace(twoRows, below ?? place(), "down")).toMatchObject({ area: "people", at: { y: cardGap } });
  });

  test("there and back again leads home, and the map has an edge", () => {
    for (const [there, back] of [
      ["end", "start"],
      ["down", "up"],
    ] as const) {
      let at: CardPlace = place();
      for (let step = 0; step < 3; step += 1) at = neighbourPlace(empty, at, there) ?? at;
      for (let step = 0; step < 3; step += 1) at = neighbourPlace(empty, at, back) ?? at;
      expect(at).toEqual(place());
    }
    expect(neighbourPlace(empty, place({ area: "home" }), "up")).toBeUndefined();
    expect(neighbourPlace(empty, place({ time: "before" }), "start")).toBeUndefined();
    const last = empty.bands.at(-1)?.cells[0];
    const bottom = { x: cardGap, y: (last?.height ?? 0) - rowStep };
    expect(neighbourPlace(empty, place({ area: "culture", at: bottom }), "down")).toBeUndefined();
  });

  test("walking on never gets stuck within a cell", () => {
    const seeded = createSeeded(5);
    for (let step = 0; step < 200; step += 1) {
      const start = place({ area: "home", time: "before", at: { x: seeded.whole(229), y: seeded.whole(150) } });
      for (const direction of ["end", "down"] as const) {
        let at: CardPlace | undefined = start;
        let steps = 0;
        while (at && steps < 100) {
          at = neighbourPlace(empty, at, direction);
          steps += 1;
        }
        expect(steps).toBeLessThan(100);
      }
    }
  });
});

describe("cards on nearly one point", () => {
  test("no card hides another, in the same way on every screen", () => {
    const seeded = createSeeded(9);
    const cards = Array.from({ length: 300 }, (_, index) => ({
      id: `card-${index}`,
      at: seeded.chance(0.5) ? { x: 12, y: 12 } : { x: seeded.whole(229), y: seeded.whole(600) },
    }));
    const drawn = [...nudged(cards).values()];
    for (const [index, a] of drawn.entries()) {
      for (const b of drawn.slice(index + 1)) {
        expect(Math.abs(a.x - b.x) >= nudgeStep || Math.abs(a.y - b.y) >= nudgeStep).toBe(true);
      }
      expect(a.x + cardWidth).toBeLessThanOrEqual(cellWidth);
    }
    expect(nudged([...cards].reverse())).toEqual(nudged(cards));
  });

  test("a card with a point of its own stays there, and the fan goes in the order of ids", () => {
    const at = { x: 12, y: 12 };
    const drawn = nudged([
      { id: "b", at },
      { id: "a", at },
      { id: "z", at: { x: 200, y: 300 } },
    ]);
    expect(drawn.get("a")).toEqual(at);
    expect(drawn.get("b")).toEqual({ x: 12 + nudgeStep, y: 12 + nudgeStep });
    expect(drawn.get("z")).toEqual({ x: 200, y: 300 });
  });
});

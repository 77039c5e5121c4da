import type { Point } from "./camera.ts";
import { type Area, areas, type CardPlace, type CellKey, type CellPoint, type Time, times } from "./places.ts";

/**
 * The scaffold of the map in board units: seven bands (areas) stacked top to bottom, each with three cells side by side,
 * before | now | hoped. Every x is an inline offset (from the right in right-to-left languages); the renderer mirrors.
 */

export const cardWidth = 192;
export const cardHeight = 124;
export const cardGap = 12;
export const cardColumns = 2;
/** Two card columns, a gap between, and a gap at each side. */
export const cellWidth = 420;
/** The name of the area, and below it the headings of its three columns. */
export const bandHeaderHeight = 80;
/** Between cells and around the map. */
export const mapMargin = 24;
export const rowStep = cardHeight + cardGap;
export const columnStep = cardWidth + cardGap;
/** As far down as a card may stand, so that damaged data cannot make a map without end. */
const mostCellHeight = 1_000_000;

export interface CellBox {
  readonly time: Time;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Band {
  readonly area: Area;
  /** Top of the band, its header included. */
  readonly y: number;
  readonly height: number;
  readonly cells: readonly CellBox[];
}
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Band[];
}

export const mapWidth = mapMargin * 2 + times.length * cellWidth + (times.length - 1) * cardGap;

export const cellKeyOf = (area: Area, time: Time): CellKey => `${area}/${time}`;

/**
 * Where everything stands. `lowestBottomByCell` is the bottom edge of what stands lowest in each cell, from the cell's
 * top: a card, or the free spot where the next one goes. A band is as high as its highest cell and at least one row.
 * Heights grow in whole row steps, so that moving a card a little seldom shifts the bands below.
 */
export function layoutMap(lowestBottomByCell: ReadonlyMap<CellKey, number>): MapLayout {
  let y = mapMargin;
  const bands = areas.map((area): Band => {
    const cellsHeight = Math.max(
      ...times.map((time) => cellHeightFor(lowestBottomByCell.get(cellKeyOf(area, time)) ?? 0)),
    );
    const cells = times.map(
      (time, index): CellBox => ({
        time,
        x: mapMargin + index * (cellWidth + cardGap),
        y: y + bandHeaderHeight,
        width: cellWidth,
        height: cellsHeight,
      }),
    );
    const band = { area, y, height: bandHeaderHeight + cellsHeight, cells };
    y += band.height + mapMargin;
    return band;
  });
  return { width: mapWidth, height: y, bands };
}

function cellHeightFor(lowestBottom: number): number {
  const rows = Math.ceil(Math.min(lowestBottom, mostCellHeight) / rowStep);
  return cardGap + Math.max(1, rows) * rowStep;
}

function boxOf(layout: MapLayout, area: Area, time: Time): CellBox {
  const box = layout.bands[areas.indexOf(area)]?.cells[times.indexOf(time)];
  if (!box) throw new Error("Bug: a layout has every area and time");
  return box;
}

/** Where the start-top corner of a card at `place` stands on the map. */
export function boardPointOf(layout: MapLayout, place: CardPlace): Point {
  const box = boxOf(layout, place.area, place.time);
  return { x: box.x + place.at.x, y: box.y + place.at.y };
}

/**
 * The place of a card whose start-top corner is dropped at `point`: in the cell that the middle of the card is nearest
 * to, kept inside it. Dropping below the last row is fine: the cell grows.
 */
export function placeAt(layout: MapLayout, point: Point): CardPlace {
  const x = Number.isFinite(point.x) ? point.x : 0;
  const y = Number.isFinite(point.y) ? point.y : 0;
  const middle = { x: x + cardWidth / 2, y: y + cardHeight / 2 };
  let best: { area: Area; box: CellBox; distance: number } | undefined;
  for (const band of layout.bands) {
    for (const box of band.cells) {
      const distance =
        outside(middle.x, box.x, box.x + box.width) ** 2 + outside(middle.y, box.y, box.y + box.height) ** 2;
      if (!best || distance < best.distance) best = { area: band.area, box, distance };
    }
  }
  if (!best) throw new Error("Bug: a layout has bands");
  const { box } = best;
  const lowest = Math.max(0, box.height - cardHeight);
  return {
    area: best.area,
    time: box.time,
    at: keepInCell({ x: x - box.x, y: Math.min(y - box.y, lowest) }),
  };
}

const outside = (value: number, from: number, to: number) => Math.max(0, from - value, value - to);

/** The nearest point where a card stands wholly inside its cell (down it may go as far as it likes). Whole units. */
export function keepInCell(at: CellPoint): CellPoint {
  return {
    x: clampWhole(at.x, 0, cellWidth - cardWidth),
    y: clampWhole(at.y, 0, mostCellHeight - cardHeight),
  };
}

const clampWhole = (value: number, least: number, most: number) =>
  Number.isNaN(value) ? least : Math.round(Math.min(most, Math.max(least, value)));

/** The first spot of the two-column grid, row by row, where a card covers none of the cards at `taken`. */
export function freeSpot(taken: readonly CellPoint[]): CellPoint {
  // Each card can cover at most four spots of the grid, so the search ends.
  for (let row = 0; ; row += 1) {
    const y = cardGap + row * rowStep;
    const near = taken.filter((other) => Math.abs(other.y - y) < cardHeight);
    for (let column = 0; column < cardColumns; column += 1) {
      const x = cardGap + column * columnStep;
      if (!near.some((other) => Math.abs(other.x - x) < cardWidth)) return { x, y };
    }
  }
}

export type Direction = "start" | "end" | "up" | "down";

/**
 * Where an arrow key takes a card: one card slot on within its cell, and at an edge over to the neighbouring cell or
 * area. `undefined` at the edge of the map. Down stays in the cell while the cell has room below.
 */
export function neighbourPlace(layout: MapLayout, place: CardPlace, direction: Direction): CardPlace | undefined {
  const at = keepInCell(place.at);
  const box = boxOf(layout, place.area, place.time);
  const farthestX = cellWidth - cardWidth;
  const sideStep = direction === "start" ? -1 : direction === "end" ? 1 : 0;
  if (sideStep !== 0) {
    const edge = sideStep < 0 ? cardGap : farthestX - cardGap;
    if (sideStep < 0 ? at.x > edge : at.x < edge) {
      const x = sideStep < 0 ? Math.max(edge, at.x - columnStep) : Math.min(edge, at.x + columnStep);
      return { ...place, at: { x, y: at.y } };
    }
    const time = times[times.indexOf(place.time) + sideStep];
    return time && { area: place.area, time, at: { x: sideStep < 0 ? farthestX - cardGap : cardGap, y: at.y } };
  }
  const lastRow = box.height - rowStep;
  if (direction === "up" ? at.y > cardGap : at.y < lastRow) {
    const y = direction === "up" ? Math.max(cardGap, at.y - rowStep) : Math.min(lastRow, at.y + rowStep);
    return { ...place, at: { x: at.x, y } };
  }
  const area = areas[areas.indexOf(place.area) + (direction === "up" ? -1 : 1)];
  if (!area) return undefined;
  const nextBox = boxOf(layout, area, place.time);
  return { area, time: place.time, at: { x: at.x, y: direction === "up" ? nextBox.height - rowStep : cardGap } };
}

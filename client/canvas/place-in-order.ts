import type { CellPoint } from "#shared/board/board.ts";
import { cardColumns, cardGap, cardHeight, columnStep, freeSpot, rowStep } from "#shared/geometry/map-layout.ts";

/**
 * Where a card goes so that it reads right after the `index`th of `points` (in reading order; -1: before them all).
 * A free spot of the grid between its neighbours if there is one; else a point half way between them, where cards
 * overlap a little but are read in the asked order. Nobody else's card is moved for it.
 */
export function pointAfter(points: readonly CellPoint[], index: number): CellPoint {
  const before = points[index];
  const after = points[index + 1];
  if (!before && !after) return { x: cardGap, y: cardGap };
  if (!after) {
    const free = freeSpot(points);
    return before && !readsAfter(free, before) ? { x: cardGap, y: nextRow(points) } : free;
  }
  for (let row = 0; row * rowStep + cardGap <= after.y; row += 1) {
    for (let column = 0; column < cardColumns; column += 1) {
      const spot = { x: cardGap + column * columnStep, y: cardGap + row * rowStep };
      const isFree = points.every(
        (point) => Math.abs(point.x - spot.x) >= columnStep - cardGap || Math.abs(point.y - spot.y) >= cardHeight,
      );
      if (isFree && readsAfter(after, spot) && (!before || readsAfter(spot, before))) return spot;
    }
  }
  if (!before) {
    // A card at the very top leaves nothing above it; to its start side there may be.
    return after.y > 0
      ? { x: after.x, y: Math.max(0, after.y - cardHeight / 4) }
      : { x: Math.max(0, after.x - 24), y: 0 };
  }
  return before.y === after.y
    ? { x: Math.round((before.x + after.x) / 2), y: before.y }
    : { x: before.x, y: Math.round((before.y + after.y) / 2) };
}

function nextRow(points: readonly CellPoint[]): number {
  const lowest = Math.max(...points.map(({ y }) => y));
  return cardGap + Math.ceil((lowest - cardGap + rowStep) / rowStep) * rowStep;
}

/** Reading order within a cell: top to bottom, then start to end. */
function readsAfter(a: CellPoint, b: CellPoint): boolean {
  return a.y !== b.y ? a.y > b.y : a.x > b.x;
}

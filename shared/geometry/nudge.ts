import { cardHeight, cardWidth, cellWidth } from "./map-layout.ts";
import type { CellPoint } from "./places.ts";

/** How far cards at nearly one point are fanned out: enough of the lower one stays in sight to be taken. */
export const nudgeStep = 24;

/**
 * Where the cards of one cell are drawn. Two people may put cards on one point, so cards whose points nearly coincide are
 * fanned out by 24 units in the order of their ids: the same on every screen, and nothing is written. A card whose
 * point is its own stays there. Looks only at cards close by, so that 5,000 cards in one cell stay cheap.
 */
export function nudged<Id extends string>(
  cards: readonly { readonly id: Id; readonly at: CellPoint }[],
): ReadonlyMap<Id, CellPoint> {
  const drawn = new Map<Id, CellPoint>();
  const drawnBySquare = new Map<string, CellPoint[]>();
  const squareOf = (value: number) => Math.floor(value / nudgeStep);
  const keyOf = (column: number, row: number) => `${column}/${row}`;

  const isCovered = (at: CellPoint): boolean => {
    const column = squareOf(at.x);
    const row = squareOf(at.y);
    for (let near = -1; near <= 1; near += 1) {
      for (let below = -1; below <= 1; below += 1) {
        const others = drawnBySquare.get(keyOf(column + near, row + below));
        if (others?.some((other) => Math.abs(other.x - at.x) < nudgeStep && Math.abs(other.y - at.y) < nudgeStep)) {
          return true;
        }
      }
    }
    return false;
  };

  const inOrder = [...cards].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  // Where the last card of each crowded point went, so that the next one does not walk the whole fan again.
  const fanEnds = new Map<string, CellPoint>();
  for (const { id, at } of inOrder) {
    const start = `${at.x}/${at.y}`;
    let spot = fanEnds.get(start) ?? at;
    while (isCovered(spot)) spot = nextOfFan(spot);
    fanEnds.set(start, spot);
    drawn.set(id, spot);
    const key = keyOf(squareOf(spot.x), squareOf(spot.y));
    const square = drawnBySquare.get(key);
    if (square) square.push(spot);
    else drawnBySquare.set(key, [spot]);
  }
  return drawn;
}

/** Down and towards the end; at the cell's end edge straight on down, so that a card never leaves its cell. */
function nextOfFan(at: CellPoint): CellPoint {
  const x = Math.min(at.x + nudgeStep, Math.max(at.x, cellWidth - cardWidth));
  return { x, y: at.y + nudgeStep };
}

/** The bottom edge of the lowest card as drawn, for `layoutMap`. */
export function lowestBottomOf(points: Iterable<CellPoint>): number {
  let lowest = 0;
  for (const point of points) lowest = Math.max(lowest, point.y + cardHeight);
  return lowest;
}

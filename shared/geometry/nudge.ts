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
): Map<Id, CellPoint> {
  const apart = unlessMeeting(cards);
  if (apart) return apart;
  const drawn = new Map<Id, CellPoint>();
  const squares = createSquares();
  const inOrder = [...cards].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  // Where the last card of each crowded point went, so that the next one does not walk the whole fan again.
  const fanEnds = new Map<string, CellPoint>();
  for (const { id, at } of inOrder) {
    const start = `${at.x}/${at.y}`;
    let spot = fanEnds.get(start) ?? at;
    while (squares.isCovered(spot)) spot = nextOfFan(spot);
    fanEnds.set(start, spot);
    drawn.set(id, spot);
    squares.put(spot);
  }
  return drawn;
}

/** Every card at its own point, unless two nearly coincide: so it is on nearly every board, and needs no order of ids. */
function unlessMeeting<Id extends string>(
  cards: readonly { readonly id: Id; readonly at: CellPoint }[],
): Map<Id, CellPoint> | undefined {
  const drawn = new Map<Id, CellPoint>();
  const squares = createSquares();
  for (const { id, at } of cards) {
    if (squares.isCovered(at)) return undefined;
    squares.put(at);
    drawn.set(id, at);
  }
  return drawn;
}

/** Points by the square of `nudgeStep` that they are in, so that each is compared with its neighbours alone. */
function createSquares() {
  const pointsBySquare = new Map<number, CellPoint[]>();
  // Far outside any cell two squares may share a key: points are compared, so that costs time and nothing else.
  const keyOf = (column: number, row: number) => row * 1024 + column;
  const squareOf = (value: number) => Math.floor(value / nudgeStep);
  return {
    isCovered: (at: CellPoint): boolean => {
      const column = squareOf(at.x);
      const row = squareOf(at.y);
      for (let near = -1; near <= 1; near += 1) {
        for (let below = -1; below <= 1; below += 1) {
          const others = pointsBySquare.get(keyOf(column + near, row + below));
          if (others?.some((other) => Math.abs(other.x - at.x) < nudgeStep && Math.abs(other.y - at.y) < nudgeStep)) {
            return true;
          }
        }
      }
      return false;
    },
    put: (at: CellPoint): void => {
      const key = keyOf(squareOf(at.x), squareOf(at.y));
      const points = pointsBySquare.get(key);
      if (points) points.push(at);
      else pointsBySquare.set(key, [at]);
    },
  };
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

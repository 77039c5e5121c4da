import { overlaps, type Rect } from "./camera.ts";

/**
 * Answers "which cards are in this rectangle" without looking at all of them. Rectangles are kept by the squares that
 * they touch; `squareSize` should be about the size of what is kept.
 */
export interface GridHash<Id> {
  /** Puts a rectangle in, or moves the one already there. */
  readonly put: (id: Id, rect: Rect) => void;
  readonly remove: (id: Id) => void;
  readonly get: (id: Id) => Rect | undefined;
  /** Each id whose rectangle overlaps `area`, once, in no promised order. */
  readonly query: (area: Rect) => Id[];
  readonly size: () => number;
}

export function createGridHash<Id>(squareSize = 256): GridHash<Id> {
  const rects = new Map<Id, Rect>();
  const idsBySquare = new Map<number, Set<Id>>();
  // Far away two squares may share a key: rectangles are compared in the end, so that costs time and nothing else.
  const keyOf = (column: number, row: number) => column * 65_536 + row;

  const span = (rect: Rect) => ({
    fromColumn: Math.floor(rect.x / squareSize),
    toColumn: Math.floor((rect.x + rect.width) / squareSize),
    fromRow: Math.floor(rect.y / squareSize),
    toRow: Math.floor((rect.y + rect.height) / squareSize),
  });
  const forEachSquare = (rect: Rect, visit: (key: number) => void) => {
    const { fromColumn, toColumn, fromRow, toRow } = span(rect);
    for (let column = fromColumn; column <= toColumn; column += 1) {
      for (let row = fromRow; row <= toRow; row += 1) visit(keyOf(column, row));
    }
  };
  const isSameSpan = (a: Rect, b: Rect): boolean => {
    const from = span(a);
    const to = span(b);
    return (
      from.fromColumn === to.fromColumn &&
      from.toColumn === to.toColumn &&
      from.fromRow === to.fromRow &&
      from.toRow === to.toRow
    );
  };

  const remove = (id: Id): void => {
    const rect = rects.get(id);
    if (!rect) return;
    rects.delete(id);
    forEachSquare(rect, (square) => {
      const ids = idsBySquare.get(square);
      ids?.delete(id);
      if (ids?.size === 0) idsBySquare.delete(square);
    });
  };

  return {
    put: (id, rect) => {
      const old = rects.get(id);
      if (old && isSameSpan(old, rect)) {
        rects.set(id, rect);
        return;
      }
      remove(id);
      rects.set(id, rect);
      forEachSquare(rect, (square) => {
        const ids = idsBySquare.get(square);
        if (ids) ids.add(id);
        else idsBySquare.set(square, new Set([id]));
      });
    },
    remove,
    get: (id) => rects.get(id),
    query: (area) => {
      const found = new Set<Id>();
      const consider = (id: Id) => {
        const rect = rects.get(id);
        if (rect && overlaps(rect, area)) found.add(id);
      };
      const { fromColumn, toColumn, fromRow, toRow } = span(area);
      // Zoomed far out, the view has more squares than there are cards.
      if ((toColumn - fromColumn + 1) * (toRow - fromRow + 1) > idsBySquare.size) {
        for (const id of rects.keys()) consider(id);
      } else {
        forEachSquare(area, (square) => {
          for (const id of idsBySquare.get(square) ?? []) consider(id);
        });
      }
      return [...found];
    },
    size: () => rects.size,
  };
}

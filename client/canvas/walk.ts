import type { Point } from "#shared/geometry/camera.ts";
import type { Direction } from "#shared/geometry/map-layout.ts";

/** The direction that an arrow key means to a reader of this writing direction. */
export function directionOfKey(key: string, rtl: boolean): Direction | undefined {
  switch (key) {
    case "ArrowUp":
      return "up";
    case "ArrowDown":
      return "down";
    case "ArrowLeft":
      return rtl ? "end" : "start";
    case "ArrowRight":
      return rtl ? "start" : "end";
    default:
      return undefined;
  }
}

/** The Latin letter of a key, also on keyboards of other scripts: their keys keep their places. */
export function letterOf({ key, code }: { readonly key: string; readonly code: string }): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : undefined;
}

interface Standing<Id> extends Point {
  readonly cardId: Id;
}

/**
 * The card that an arrow key goes to: the nearest one on that side, where being off the line counts three times as much
 * as being far along it, so that a walk keeps to its row or column. `undefined` at the edge of the map.
 */
export function nearestInDirection<Id>(
  from: Point,
  cards: Iterable<Standing<Id>>,
  direction: Direction,
): Id | undefined {
  let best: { id: Id; score: number } | undefined;
  for (const { cardId, x, y } of cards) {
    const along =
      direction === "up"
        ? from.y - y
        : direction === "down"
          ? y - from.y
          : direction === "start"
            ? from.x - x
            : x - from.x;
    // Cards fanned out over one point stand 24 units apart: that is still on that side.
    if (along < 12) continue;
    const aside = Math.abs(direction === "up" || direction === "down" ? x - from.x : y - from.y);
    const score = along + 3 * aside;
    if (!best || score < best.score) best = { id: cardId, score };
  }
  return best?.id;
}

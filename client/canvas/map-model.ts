import type { Board, BoardChange, CardPlace, CellKey, CellPoint } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { areas, times } from "#shared/board/schema.ts";
import { overlaps, type Point, type Rect } from "#shared/geometry/camera.ts";
import { createGridHash, type GridHash } from "#shared/geometry/grid-hash.ts";
import {
  boardPointOf,
  cardGap,
  cardHeight,
  cardWidth,
  cellKeyOf,
  freeSpot,
  layoutMap,
  type MapLayout,
  rowStep,
} from "#shared/geometry/map-layout.ts";
import { lowestBottomOf, nudged, nudgeStep } from "#shared/geometry/nudge.ts";

/** One card that stands on the map as an element, at its drawn point in its cell. */
export interface DrawnCard {
  readonly cardId: CardId;
  readonly x: number;
  readonly y: number;
}

/** What a cell shows now; the same object until that changes. */
export interface CellView {
  readonly cards: readonly DrawnCard[];
  /** The same object until that changes, however its cards come and go. */
  readonly end: CellEnd;
}

export interface CellEnd {
  /** Where its "Add" stands: the first free spot at its end. */
  readonly addAt: CellPoint;
  readonly isEmpty: boolean;
}

interface Cell {
  readonly key: CellKey;
  /** Where its cards are drawn. */
  points: Map<CardId, CellPoint>;
  readonly near: GridHash<CardId>;
  lowest: number;
  addAt: CellPoint;
  /** How many of its cards were in view when it was last looked at. */
  inView: number;
  view: CellView;
  readonly listeners: Set<() => void>;
}

/** Cards in view, above which they are drawn as a crowd; a little hysteresis keeps a slow zoom from flickering. */
export const crowdAbove = 250;
const crowdBelow = 200;
/** How far the view moves before anybody works out again what is in it, in screen pixels. */
const lookEvery = 64;
/** How much a zoom changes the scale before it is worked out again: nothing but the sketch depends on it. */
const lookEveryZoom = 0.1;
/** Cards further apart than this cannot be parts of one fan: each covers a step of it, and steps are `nudgeStep` apart. */
const fanReach = 3 * nudgeStep;
/** Cards put up, and taken down, in one frame: more would hold up a scroll or a zoom. The rest follow frame by frame. */
const cardsAFrame = 18;
/** Cards are put up this far before they come into view, in screen pixels. */
const overscan = 192;

/**
 * Where every card stands and which of them are elements now. Keeps one grid hash a cell, in the cell's own coordinates,
 * so that a band that grows shifts those below without touching their cards.
 */
export interface MapModel {
  readonly layout: () => MapLayout;
  readonly subscribeLayout: (listener: () => void) => () => void;
  readonly cell: (key: CellKey) => CellView;
  readonly subscribeCell: (key: CellKey, listener: () => void) => () => void;
  /** Told the cells that show something else now, all at once: a card may have gone from one to another. */
  readonly subscribeShown: (listener: (changed: ReadonlySet<CellKey>) => void) => () => void;
  /** Whether one picture stands for the cards that are not elements: too many are in view, or the view is in motion. */
  readonly isSketched: () => boolean;
  readonly subscribeSketched: (listener: () => void) => () => void;
  /** Told when anything moved that a picture of many cards would show. */
  readonly subscribeAny: (listener: () => void) => () => void;
  /**
   * Says what part of the board is on screen, at which zoom. Cheap when little changed. While it is in motion (a zoom, or
   * a scroll from far away) no card is put up or taken down: until it is told otherwise, a sketch stands for them.
   */
  readonly look: (visible: Rect, zoom: number, inMotion?: boolean) => void;
  /** Cards that stay elements wherever the view goes: focused, written in, dragged. */
  readonly keep: (cardIds: readonly CardId[]) => void;
  /** The start-top corner of a card as drawn, on the board. */
  readonly pointOf: (cardId: CardId) => Point | undefined;
  readonly boardPointOf: (place: CardPlace) => Point;
  /** What a picture of the map leaves out, since it is an element: nothing of a crowd, whose elements are on their way out. */
  readonly notSketched: () => ReadonlySet<CardId>;
  /** Every card that overlaps `rect`, with its corner on the board. */
  readonly cardsIn: (rect: Rect) => { readonly cardId: CardId; readonly x: number; readonly y: number }[];
  readonly close: () => void;
}

export function createMapModel(board: Board): MapModel {
  const cells = new Map<CellKey, Cell>();
  const layoutListeners = new Set<() => void>();
  const shownListeners = new Set<(changed: ReadonlySet<CellKey>) => void>();
  const sketchListeners = new Set<() => void>();
  const anyListeners = new Set<() => void>();
  const tell = (listeners: ReadonlySet<() => void>) => {
    for (const listener of [...listeners]) listener();
  };
  let kept: readonly CardId[] = [];
  let crowd = false;
  let sketched = false;
  let nextFrame = 0;
  let looked: { visible: Rect; zoom: number; inMotion: boolean } | undefined;

  for (const area of areas) {
    for (const time of times) {
      const key = cellKeyOf(area, time);
      cells.set(key, {
        key,
        points: new Map(),
        near: createGridHash<CardId>(256),
        lowest: 0,
        addAt: { x: cardGap, y: cardGap },
        inView: 0,
        view: { cards: [], end: { addAt: { x: cardGap, y: cardGap }, isEmpty: true } },
        listeners: new Set(),
      });
    }
  }

  const readCell = (cell: Cell) => {
    const ids = board.cardIdsIn(cell.key);
    const placed = ids.flatMap((id) => {
      const card = board.card(id);
      return card ? [{ id, at: card.place.at }] : [];
    });
    const points = nudged(placed);
    for (const id of cell.points.keys()) if (!points.has(id)) cell.near.remove(id);
    for (const [id, { x, y }] of points) cell.near.put(id, { x, y, width: cardWidth, height: cardHeight });
    cell.points = points;
    readEnd(cell);
  };

  const readEnd = (cell: Cell) => {
    cell.lowest = lowestBottomOf(cell.points.values());
    cell.addAt = endSpot([...cell.points.values()], cell.lowest);
  };

  /**
   * Takes over a few cards that stand clear of all others, without working the whole cell out again. `false`: it could
   * not, since a fan of cards on one point may have changed.
   */
  const readFew = (cell: Cell, changed: ReadonlySet<CardId>): boolean => {
    if (changed.size > 12) return false;
    const isClear = (id: CardId, at: CellPoint) =>
      cell.near
        .query({ x: at.x - fanReach, y: at.y - fanReach, width: 2 * fanReach, height: 2 * fanReach })
        .every((other) => {
          const point = other === id ? undefined : cell.points.get(other);
          return !point || Math.abs(point.x - at.x) >= fanReach || Math.abs(point.y - at.y) >= fanReach;
        });
    const moves: { id: CardId; from: CellPoint | undefined; to: CellPoint | undefined }[] = [];
    for (const id of changed) {
      const card = board.card(id);
      const isHere = card !== undefined && !card.removed && cellKeyOf(card.place.area, card.place.time) === cell.key;
      const from = cell.points.get(id);
      if (!isHere && !from) continue;
      const to = isHere ? card.place.at : undefined;
      if ((from && !isClear(id, from)) || (to && !isClear(id, to))) return false;
      moves.push({ id, from, to });
    }
    const targets = moves.flatMap(({ to }) => (to ? [to] : []));
    const meet = targets.some((a, index) =>
      targets.some((b, other) => other > index && Math.abs(a.x - b.x) < fanReach && Math.abs(a.y - b.y) < fanReach),
    );
    if (meet) return false;
    // Only cards in the last row or below it say where the cell ends and where its "Add" stands.
    const endTop = lastRowTop(cell.lowest) - cardHeight;
    let touchesEnd = false;
    for (const { id, from, to } of moves) {
      touchesEnd ||= (from?.y ?? 0) >= endTop || (to?.y ?? 0) >= endTop;
      if (to) {
        cell.near.put(id, { ...to, width: cardWidth, height: cardHeight });
        cell.points.set(id, to);
      } else {
        cell.near.remove(id);
        cell.points.delete(id);
      }
    }
    if (touchesEnd) readEnd(cell);
    return true;
  };

  const lowestByCell = () =>
    new Map([...cells.values()].map(({ key, lowest, addAt }) => [key, Math.max(lowest, addAt.y + cardHeight)]));
  for (const cell of cells.values()) readCell(cell);
  let layout = layoutMap(lowestByCell());

  const refreshLayout = (): boolean => {
    const next = layoutMap(lowestByCell());
    const same = next.bands.every((band, index) => band.height === layout.bands[index]?.height);
    if (same) return false;
    layout = next;
    tell(layoutListeners);
    return true;
  };

  /** As the board lists them (by where they were put), for those few that are shown: a cell may hold hundreds. */
  const byReadingOrder = (a: CardId, b: CardId): number => {
    const [first, second] = [board.card(a)?.place.at, board.card(b)?.place.at];
    if (first && second && first.y !== second.y) return first.y - second.y;
    if (first && second && first.x !== second.x) return first.x - second.x;
    return a < b ? -1 : 1;
  };

  /** Whether anything is shown otherwise than before. */
  const show = (cell: Cell, ids: CardId[]): boolean => {
    ids.sort(byReadingOrder);
    const isEmpty = cell.points.size === 0;
    const before = cell.view;
    const cards = ids.flatMap((cardId, index) => {
      const point = cell.points.get(cardId);
      if (!point) return [];
      const old = before.cards[index];
      if (old && old.cardId === cardId && old.x === point.x && old.y === point.y) return [old];
      return [{ cardId, x: point.x, y: point.y }];
    });
    const sameCards =
      cards.length === before.cards.length && cards.every((card, index) => card === before.cards[index]);
    const { addAt } = cell;
    const { end } = before;
    const sameEnd = end.addAt.x === addAt.x && end.addAt.y === addAt.y && end.isEmpty === isEmpty;
    if (sameCards && sameEnd) return false;
    cell.view = { cards: sameCards ? before.cards : cards, end: sameEnd ? end : { addAt, isEmpty } };
    return true;
  };

  const forEachCellIn = (rect: Rect, visit: (cell: Cell, inside: Rect, box: Rect) => void) => {
    for (const band of layout.bands) {
      for (const box of band.cells) {
        const cell = cells.get(cellKeyOf(band.area, box.time));
        if (cell) visit(cell, { ...rect, x: rect.x - box.x, y: rect.y - box.y }, box);
      }
    }
  };

  /** Works out anew what is to be seen: of every cell, or of those that changed. */
  const refresh = (only?: ReadonlySet<Cell>) => {
    if (!looked) return;
    const { visible, zoom, inMotion } = looked;
    const room = overscan / zoom;
    const rect: Rect = {
      x: visible.x - room,
      y: visible.y - room,
      width: visible.width + 2 * room,
      height: visible.height + 2 * room,
    };
    const found = new Map<Cell, CardId[]>();
    forEachCellIn(rect, (cell, inside, box) => {
      if (only && !only.has(cell)) return;
      const ids = overlaps(box, rect) ? cell.near.query(inside) : [];
      cell.inView = ids.length;
      found.set(cell, ids);
    });
    let count = 0;
    for (const cell of cells.values()) count += cell.inView;
    const wasCrowd = crowd;
    crowd = crowd ? count > crowdBelow : count > crowdAbove;
    let mayCome = inMotion ? 0 : cardsAFrame;
    let mayGo = inMotion ? 0 : cardsAFrame;
    let unfinished = false;
    const changed = new Set<CellKey>();
    for (const [cell, ids] of found) {
      const wanted = new Set(crowd ? [] : ids);
      const now = new Set<CardId>();
      for (const { cardId } of cell.view.cards) {
        if (wanted.has(cardId) || !cell.points.has(cardId) || kept.includes(cardId)) now.add(cardId);
        else if (mayGo > 0) mayGo -= 1;
        else {
          now.add(cardId);
          unfinished = true;
        }
      }
      for (const id of wanted) {
        if (now.has(id)) continue;
        if (mayCome > 0) {
          now.add(id);
          mayCome -= 1;
        } else unfinished = true;
      }
      for (const id of kept) if (cell.points.has(id)) now.add(id);
      if (show(cell, [...now])) changed.add(cell.key);
    }
    if (changed.size > 0) {
      for (const listener of [...shownListeners]) listener(changed);
      for (const key of changed) tell(cellOf(cells, key).listeners);
    }
    const isSketched = crowd || (unfinished && (inMotion || sketched));
    if (isSketched !== sketched) {
      sketched = isSketched;
      tell(sketchListeners);
    } else if (crowd !== wasCrowd) tell(anyListeners);
    // In motion nothing is put up: the sketch shows what comes into view, and cards follow when it rests.
    if (unfinished && !inMotion && !nextFrame) {
      nextFrame = requestAnimationFrame(() => {
        nextFrame = 0;
        refresh();
      });
    }
  };

  const stop = board.subscribe((change: BoardChange) => {
    if (change.cells.size > 0) {
      const changed = new Set<Cell>();
      for (const key of change.cells) {
        const cell = cells.get(key);
        if (!cell) continue;
        changed.add(cell);
        if (!readFew(cell, change.cards)) readCell(cell);
      }
      if (refreshLayout()) refresh();
      else refresh(changed);
    }
    if (change.cells.size > 0 || change.cards.size > 0) tell(anyListeners);
  });

  const subscribeTo = (listeners: Set<() => void>) => (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return {
    layout: () => layout,
    subscribeLayout: subscribeTo(layoutListeners),
    cell: (key) => cellOf(cells, key).view,
    subscribeCell: (key, listener) => subscribeTo(cellOf(cells, key).listeners)(listener),
    subscribeShown: (listener) => {
      shownListeners.add(listener);
      return () => shownListeners.delete(listener);
    },
    isSketched: () => sketched,
    subscribeSketched: subscribeTo(sketchListeners),
    subscribeAny: subscribeTo(anyListeners),
    look: (visible, zoom, inMotion = false) => {
      if (looked && looked.inMotion === inMotion) {
        const movedPixels =
          Math.max(Math.abs(looked.visible.x - visible.x), Math.abs(looked.visible.y - visible.y)) * zoom;
        const isSize = looked.visible.width === visible.width && looked.visible.height === visible.height;
        const isScale = inMotion ? Math.abs(looked.zoom / zoom - 1) < lookEveryZoom : looked.zoom === zoom && isSize;
        if (movedPixels < lookEvery && isScale) return;
      }
      looked = { visible, zoom, inMotion };
      refresh();
    },
    keep: (cardIds) => {
      if (cardIds.length === kept.length && cardIds.every((id, index) => id === kept[index])) return;
      kept = cardIds;
      // A card added this moment is put up at once, not a frame later: its caret has to come with the tap that made it.
      for (const cardId of kept) {
        const card = board.card(cardId);
        const cell = card && !card.removed && cells.get(cellKeyOf(card.place.area, card.place.time));
        if (cell && !cell.points.has(cardId)) readCell(cell);
      }
      refreshLayout();
      refresh();
    },
    pointOf: (cardId) => {
      const card = board.card(cardId);
      if (!card || card.removed) return undefined;
      const drawn = cells.get(cellKeyOf(card.place.area, card.place.time))?.points.get(cardId);
      return boardPointOf(layout, drawn ? { ...card.place, at: drawn } : card.place);
    },
    boardPointOf: (place) => boardPointOf(layout, place),
    notSketched: () =>
      new Set(crowd ? [] : [...cells.values()].flatMap(({ view }) => view.cards.map(({ cardId }) => cardId))),
    cardsIn: (rect) => {
      const all: { cardId: CardId; x: number; y: number }[] = [];
      forEachCellIn(rect, (cell, inside, box) => {
        if (!overlaps(box, rect)) return;
        for (const cardId of cell.near.query(inside)) {
          const at = cell.points.get(cardId);
          if (at) all.push({ cardId, x: box.x + at.x, y: box.y + at.y });
        }
      });
      return all;
    },
    close: () => {
      if (nextFrame) cancelAnimationFrame(nextFrame);
      stop();
    },
  };
}

function cellOf(cells: ReadonlyMap<CellKey, Cell>, key: CellKey): Cell {
  const cell = cells.get(key);
  if (!cell) throw new Error("Bug: every area and time has a cell");
  return cell;
}

/** The first free spot in the last row of cards or below it; looks at that row alone, so that large cells stay cheap. */
function endSpot(points: readonly CellPoint[], lowest: number): CellPoint {
  if (points.length === 0) return { x: cardGap, y: cardGap };
  const top = lastRowTop(lowest);
  const near = points.filter(({ y }) => y + cardHeight > top).map(({ x, y }) => ({ x, y: y - top }));
  const spot = freeSpot(near);
  return { x: spot.x, y: spot.y + top };
}

const lastRowTop = (lowest: number) => Math.max(0, Math.floor((lowest - cardHeight - cardGap) / rowStep)) * rowStep;

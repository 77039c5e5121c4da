import type { CellKey } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { type CardElement, type CardElementParts, createCardElement } from "./card-element.ts";
import type { CardNews } from "./card-news.ts";
import type { MapModel } from "./map-model.ts";

/** The elements of the cards that the model shows, in the cells' own elements and in reading order. */
export interface MapCards {
  /** The card's element while it is put up. */
  readonly elementOf: (cardId: CardId) => HTMLElement | undefined;
  /** Told when an element came or went. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The language changed, or the map came nearer or went farther away. */
  readonly drawAll: () => void;
  readonly close: () => void;
}

interface Standing extends CardElement {
  cell: CellKey;
  readonly stop: () => void;
}

interface MapCardsParts extends CardElementParts {
  readonly model: MapModel;
  readonly news: CardNews;
  readonly hosts: ReadonlyMap<CellKey, HTMLElement>;
}

export function createMapCards({ model, news, hosts, ...parts }: MapCardsParts): MapCards {
  const standing = new Map<CardId, Standing>();
  const idsByCell = new Map<CellKey, readonly CardId[]>();
  const listeners = new Set<() => void>();

  const putUp = (cardId: CardId, cell: CellKey): Standing => {
    const card = createCardElement(cardId, parts);
    card.draw();
    const entry = { ...card, cell, stop: news.subscribe(cardId, card.draw) };
    standing.set(cardId, entry);
    return entry;
  };
  const takeDown = (cardId: CardId, entry: Standing) => {
    entry.stop();
    entry.element.remove();
    standing.delete(cardId);
  };

  const sync = (keys: Iterable<CellKey>) => {
    const views = [...keys].map((key) => ({ key, host: hosts.get(key), cards: model.cell(key).cards }));
    const changed = new Set(views.map(({ key }) => key));
    // First who stands where, so that a card that goes from one cell to another keeps its element, and with it the focus.
    const wanted = new Set(views.flatMap(({ cards }) => cards.map(({ cardId }) => cardId)));
    for (const key of changed) {
      for (const cardId of idsByCell.get(key) ?? []) {
        const entry = standing.get(cardId);
        if (entry && entry.cell === key && !wanted.has(cardId)) takeDown(cardId, entry);
      }
    }
    for (const { key, host, cards } of views) {
      if (!host) continue;
      idsByCell.set(
        key,
        cards.map(({ cardId }) => cardId),
      );
      for (const { cardId } of cards) {
        const entry = standing.get(cardId);
        if (!entry || entry.cell === key) continue;
        entry.cell = key;
        move(host, entry.element, null);
      }
    }
    for (const { key, host, cards } of views) if (host) arrange(host, key, cards);
    for (const listener of [...listeners]) listener();
  };

  const arrange = (host: HTMLElement, key: CellKey, cards: ReturnType<MapModel["cell"]>["cards"]) => {
    let next = host.firstChild;
    for (const { cardId, x, y } of cards) {
      const old = standing.get(cardId);
      const entry = old ?? putUp(cardId, key);
      entry.place(x, y);
      const { element } = entry;
      if (!old) host.insertBefore(element, next);
      else if (element === next) next = next.nextSibling;
      else if (next && next.nextSibling === element) {
        // Whoever stood here went further on: moving them alone leaves all others where they are.
        const gone = next;
        next = element.nextSibling;
        move(host, gone as HTMLElement, null);
        next ??= gone;
      } else move(host, element, next);
    }
  };

  sync(hosts.keys());
  const stop = model.subscribeShown(sync);
  return {
    elementOf: (cardId) => standing.get(cardId)?.element,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    drawAll: () => {
      for (const { draw } of standing.values()) draw();
    },
    close: () => {
      stop();
      listeners.clear();
      for (const [cardId, entry] of standing) takeDown(cardId, entry);
    },
  };
}

/** Moves an element and leaves the focus in it: most browsers can, elsewhere it is given back. */
function move(host: HTMLElement, element: HTMLElement, before: Node | null): void {
  if ("moveBefore" in host && element.isConnected) {
    (host as HTMLElement & { moveBefore: (node: Node, before: Node | null) => void }).moveBefore(element, before);
    return;
  }
  const active = document.activeElement;
  const hasFocus = active instanceof HTMLElement && element.contains(active);
  host.insertBefore(element, before);
  if (hasFocus) active.focus({ preventScroll: true });
}

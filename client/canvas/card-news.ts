import type { Board } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import type { BoardSession } from "../session/board-session.ts";
import { busyCards } from "./claims.ts";
import type { Desk } from "./desk.ts";

/**
 * Says which card has to be drawn anew, whatever the reason: its words, its connections, what I do with it or what
 * others do. One subscription a card instead of one for each reason: cards are put up and taken down all the time while
 * the map scrolls, and others' presence arrives twenty times a second.
 */
export interface CardNews {
  readonly subscribe: (cardId: CardId, listener: () => void) => () => void;
}

export function createCardNews(board: Board, session: BoardSession, desk: Desk): CardNews {
  const listeners = new Map<CardId, Set<() => void>>();
  let stops: readonly (() => void)[] = [];
  const tell = (cardId: CardId | undefined) => {
    if (cardId !== undefined) for (const listener of [...(listeners.get(cardId) ?? [])]) listener();
  };
  const tellAll = () => {
    for (const cardId of [...listeners.keys()]) tell(cardId);
  };

  const start = () => {
    let before = desk.state();
    let busy = busyCards(session);
    stops = [
      board.subscribe((change) => {
        if (change.links) tellAll();
        else for (const cardId of change.cards) tell(cardId);
        // Its flag says a goal's words.
        for (const goalId of change.goals) for (const link of board.linksOfGoal(goalId)) tell(link.cardId);
      }),
      session.subscribeView(tellAll),
      desk.subscribe(() => {
        const old = before;
        const now = desk.state();
        before = now;
        if (old.authors !== now.authors) return tellAll();
        const touched = new Set<CardId | undefined>();
        if (old.editing !== now.editing) touched.add(old.editing).add(now.editing);
        if (old.focus !== now.focus) touched.add(old.focus?.cardId).add(now.focus?.cardId);
        if (old.moving !== now.moving) touched.add(old.moving?.cardId).add(now.moving?.cardId);
        for (const cardId of touched) tell(cardId);
      }),
      session.subscribeOthers(() => {
        const old = busy;
        busy = busyCards(session);
        for (const cardId of new Set([...old.keys(), ...busy.keys()])) {
          if (old.get(cardId) !== busy.get(cardId)) tell(cardId);
        }
      }),
    ];
  };

  return {
    subscribe: (cardId, listener) => {
      if (listeners.size === 0) start();
      const ofCard = listeners.get(cardId) ?? new Set();
      listeners.set(cardId, ofCard.add(listener));
      return () => {
        ofCard.delete(listener);
        if (ofCard.size === 0 && listeners.get(cardId) === ofCard) listeners.delete(cardId);
        if (listeners.size > 0) return;
        for (const stop of stops) stop();
        stops = [];
      };
    },
  };
}

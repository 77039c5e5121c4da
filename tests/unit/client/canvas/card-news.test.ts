import { expect, test } from "vitest";
import type { CardId } from "#shared/board/ids.ts";
import { createCardNews } from "../../../../client/canvas/card-news.ts";
import { cardWordsKey } from "../../../../client/canvas/claims.ts";
import type { Desk, DeskState } from "../../../../client/canvas/desk.ts";
import type { BoardSession, Other } from "../../../../client/session/board-session.ts";
import { aCard, aDevice } from "../../../support/builders.ts";

/** Two cards with their news counted, and a desk and other people in the test's hands. */
function twoCards() {
  const { board, frame } = aDevice();
  const first = aCard(board, { area: "home" });
  const second = aCard(board, { area: "culture" });
  frame();
  let others: readonly Other[] = [];
  const othersHear = new Set<() => void>();
  const session = {
    others: () => others,
    subscribeView: () => () => {},
    subscribeOthers: (listener: () => void) => {
      othersHear.add(listener);
      return () => othersHear.delete(listener);
    },
  } as unknown as BoardSession;
  let state = { editing: undefined, focus: undefined, moving: undefined, authors: false } as unknown as DeskState;
  const deskHears = new Set<() => void>();
  const desk = {
    state: () => state,
    subscribe: (listener: () => void) => {
      deskHears.add(listener);
      return () => deskHears.delete(listener);
    },
  } as unknown as Desk;
  const told: CardId[] = [];
  const news = createCardNews(board, session, desk);
  const stops = [first, second].map((cardId) => news.subscribe(cardId, () => told.push(cardId)));
  return {
    board,
    frame,
    first,
    second,
    news: () => told.splice(0),
    stop: () => {
      for (const stop of stops) stop();
    },
    sources: () => othersHear.size + deskHears.size,
    setDesk: (change: Partial<DeskState>) => {
      state = { ...state, ...change };
      for (const listener of deskHears) listener();
    },
    setOthers: (presences: readonly object[]) => {
      others = presences.map((presence, key) => ({ key: key + 1, presence }) as unknown as Other);
      for (const listener of othersHear) listener();
    },
  };
}

test("a change of words is news for that card alone", () => {
  const { board, frame, first, news } = twoCards();
  board.writeWords({ of: "card", id: first, field: "words" }, "Ana sings");
  frame();
  expect(news()).toEqual([first]);
});

test("what I write in is news when it begins and when it goes elsewhere", () => {
  const { first, second, news, setDesk } = twoCards();
  setDesk({ editing: first });
  expect(news()).toEqual([first]);
  setDesk({ editing: second });
  expect(news()).toEqual([first, second]);
  setDesk({ notice: { text: "Something else" } });
  expect(news()).toEqual([]);
  setDesk({ authors: true });
  expect(news()).toEqual([first, second]);
});

test("others' presence is news only when it changes who is busy with a card", () => {
  const { first, second, news, setOthers } = twoCards();
  setOthers([{ pointer: { x: 1, y: 1 } }]);
  expect(news()).toEqual([]);
  setOthers([{ editing: { key: cardWordsKey(first), since: 1 } }]);
  expect(news()).toEqual([first]);
  setOthers([{ editing: { key: cardWordsKey(first), since: 1 }, pointer: { x: 2, y: 2 } }]);
  expect(news()).toEqual([]);
  setOthers([{ dragging: { cardId: second } }]);
  expect(news().sort()).toEqual([first, second].sort());
});

test("when no card is shown, nothing is listened to", () => {
  const { stop, sources } = twoCards();
  expect(sources()).toBe(2);
  stop();
  expect(sources()).toBe(0);
});

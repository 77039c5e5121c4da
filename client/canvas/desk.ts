import type { Board, CardPlace, CommandError } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import type { Area, CardKind, Time } from "#shared/board/schema.ts";
import type { Language } from "../messages/language.tsx";
import type { BoardSession } from "../session/board-session.ts";
import { claimsOn } from "./claims.ts";
import { holderOf } from "./hold.ts";

/**
 * What a person is doing with the cards, the same for map and list: which card is being written in, which question is
 * open, what was just said to them. Views subscribe to the parts that they show.
 */
export interface DeskState {
  readonly editing: CardId | undefined;
  /** The card that should have the focus; a new object each time somebody asks. */
  readonly focus: { readonly cardId: CardId } | undefined;
  /** A card that travels by keys, and where it would land. */
  readonly moving: { readonly cardId: CardId; readonly place: CardPlace } | undefined;
  readonly dialog: DeskDialog | undefined;
  readonly notice: Notice | undefined;
  readonly authors: boolean;
}

export type DeskDialog =
  | { readonly what: "menu" | "kind" | "move" | "connect" | "story" | "who"; readonly cardId: CardId }
  | { readonly what: "shelf" };

/** A sentence at the foot of the view, with at most one thing to do about it. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface Desk {
  readonly state: () => DeskState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly set: (change: Partial<DeskState>) => void;
  readonly add: (area: Area, time: Time, at?: CardPlace["at"]) => void;
  readonly addBeside: (cardId: CardId) => void;
  /** Opens the card for writing, unless somebody else holds it: then says who, and offers a card beside it. */
  readonly edit: (cardId: CardId) => void;
  /** Ends writing. An empty card goes away again. */
  readonly stopEditing: (options?: { readonly focus: boolean }) => void;
  readonly putAway: (cardId: CardId) => void;
  readonly bringBack: (cardId: CardId) => void;
  readonly setKind: (cardId: CardId, kind: CardKind) => void;
  readonly place: (cardId: CardId, place: CardPlace) => boolean;
  readonly connect: (cardId: CardId, goalId: string, connected: boolean) => void;
  readonly say: (text: string, action?: Notice["action"]) => void;
  /** A card's words as they are spoken and shown in a sentence. */
  readonly wordsOf: (cardId: CardId) => string;
  readonly refuse: (error: CommandError) => void;
}

interface DeskParts {
  readonly board: Board;
  readonly session: BoardSession;
  /** Read at each use: a person can change their language while a card is open. */
  readonly language: () => Language;
  readonly announce: (sentence: string) => void;
}

/** What a fresh card is, until its writer says otherwise. */
export function usualKind(time: Time): CardKind {
  return time === "hoped" ? "hope" : "strength";
}

export function createDesk({ board, session, language, announce }: DeskParts): Desk {
  let state: DeskState = {
    editing: undefined,
    focus: undefined,
    moving: undefined,
    dialog: undefined,
    notice: undefined,
    authors: false,
  };
  const listeners = new Set<() => void>();
  const set: Desk["set"] = (change) => {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  };
  const say: Desk["say"] = (text, action) => {
    announce(text);
    set({ notice: action ? { text, action } : { text } });
  };

  const wordsOf = (cardId: CardId) => {
    const text = board.card(cardId)?.words.text.trim() ?? "";
    if (!text) return language().say("card.empty");
    return text.length > 60 ? `${text.slice(0, 58).trimEnd()}…` : text;
  };
  const where = ({ area, time }: { readonly area: Area; readonly time: Time }) => ({
    area: language().say(`area.${area}`),
    time: language().say(`time.${time}`),
  });

  const refuse: Desk["refuse"] = (error) => {
    if (error.kind === "lane-is-read-only") say(language().say("card.lookOnly"));
    else if (error.kind === "words-too-long") say(language().say("card.tooLong"));
    else say(language().say("card.gone"));
  };

  const create = (card: Parameters<Board["addCard"]>[0]) => {
    if (!board.canAdd()) return say(language().say("card.cannotAdd"));
    stopEditing({ focus: false });
    board.endUndoStep();
    const added = board.addCard(card);
    if (!added.ok) return refuse(added.error);
    set({ editing: added.value, focus: { cardId: added.value }, notice: undefined, dialog: undefined });
  };

  const edit: Desk["edit"] = (cardId) => {
    const card = board.card(cardId);
    if (!card) return say(language().say("card.gone"));
    if (state.editing === cardId) return;
    stopEditing({ focus: false });
    if (!board.canWrite(card.laneId)) return say(language().say("card.lookOnly"));
    const holder = holderOf(claimsOn(session, cardId));
    if (holder) {
      const name = session.others().find(({ key }) => key === holder.connection)?.presence.person.name ?? "";
      return say(language().say("card.held", { name }), {
        label: language().say("card.beside"),
        run: () => addBeside(cardId),
      });
    }
    board.endUndoStep();
    set({ editing: cardId, focus: { cardId }, notice: undefined, dialog: undefined });
  };

  const addBeside: Desk["addBeside"] = (cardId) => {
    const card = board.card(cardId);
    if (!card) return;
    const { area, time } = card.place;
    create({ kind: card.kind, area, time, besides: cardId });
  };

  const stopEditing: Desk["stopEditing"] = ({ focus } = { focus: true }) => {
    const cardId = state.editing;
    if (!cardId) return;
    board.endUndoStep();
    const card = board.card(cardId);
    const isEmpty = card !== undefined && card.words.text.trim() === "" && !card.hasStory;
    set({ editing: undefined, focus: focus && !isEmpty ? { cardId } : state.focus });
    if (isEmpty) board.removeCard(cardId);
  };

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set,
    say,
    refuse,
    wordsOf,
    edit,
    addBeside,
    stopEditing,
    add: (area, time, at) => create({ kind: usualKind(time), area, time, ...(at && { at }) }),
    putAway: (cardId) => {
      const words = wordsOf(cardId);
      if (state.editing === cardId) set({ editing: undefined });
      board.endUndoStep();
      const removed = board.removeCard(cardId);
      if (!removed.ok) return refuse(removed.error);
      set({ dialog: undefined });
      say(language().say("card.isPutAway", { words }), {
        label: language().say("card.undo"),
        run: () => {
          board.bringBackCard(cardId);
          set({ notice: undefined, focus: { cardId } });
        },
      });
    },
    bringBack: (cardId) => {
      const back = board.bringBackCard(cardId);
      if (!back.ok) return refuse(back.error);
      const card = board.card(cardId);
      if (card) say(language().say("map.broughtBack", where(card.place)));
    },
    setKind: (cardId, kind) => {
      const done = board.setCardKind(cardId, kind);
      if (!done.ok) return refuse(done.error);
      announce(language().say("kind.changed", { kind: language().say(`kind.${kind}`) }));
    },
    place: (cardId, place) => {
      board.endUndoStep();
      const done = board.placeCard(cardId, place);
      if (!done.ok) refuse(done.error);
      return done.ok;
    },
    connect: (cardId, goalId, connected) => {
      const goal = board.goalIds().find((id) => id === goalId);
      if (!goal) return;
      const words = board.goal(goal)?.words.text.trim() || language().say("connect.noWords");
      const link = board.linksOfCard(cardId).find((each) => each.goalId === goal);
      if (connected === (link !== undefined)) return;
      const done = link ? board.unlink(link.id) : board.linkStrength(cardId, goal);
      if (!done.ok) return refuse(done.error);
      say(language().say(link ? "connect.undone" : "connect.done", { goal: words }));
    },
  };
}

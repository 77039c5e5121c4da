import type { Board, Card, Link } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { cellWidth } from "#shared/geometry/map-layout.ts";
import type { Language } from "../messages/language.tsx";
import type { BoardSession } from "../session/board-session.ts";
import face from "./CardFace.module.css";
import styles from "./CardView.module.css";
import { busyWith } from "./claims.ts";
import type { Desk } from "./desk.ts";
import { type Busy, busyOf } from "./use-hold.ts";

/**
 * A card on the map: an element with a name, placed in its cell. Made from a template and written by hand, not by React:
 * a scroll puts up and takes down some fifty cards a second, each of which would be a tree of components and hooks. The
 * card that is written in gets its editor from React (`EditedCard.tsx`). Gestures are heard by the map, not by each card.
 */
export interface CardElement {
  readonly element: HTMLElement;
  /** Where it is drawn in its cell, in board units. */
  readonly place: (x: number, y: number) => void;
  /** Shows the card as it is now; touches only what is different. */
  readonly draw: () => void;
}

export interface CardElementParts {
  readonly board: Board;
  readonly session: BoardSession;
  readonly desk: Desk;
  readonly language: () => Language;
  /** Whether the map is near enough for a menu button to be hit. */
  readonly near: () => boolean;
}

/** Wide enough to write and pick a kind in; the style sheet says it too. */
const editorWidth = 320;

let template: HTMLElement | undefined;

/** Article: kind, words, menu button; each with one text to be filled in. */
function newArticle(): HTMLElement {
  if (!template) {
    template = document.createElement("article");
    template.className = styles.card ?? "";
    template.tabIndex = 0;
    const kind = document.createElement("span");
    kind.className = face.kind ?? "";
    const words = document.createElement("p");
    const menu = document.createElement("button");
    menu.type = "button";
    menu.tabIndex = -1;
    menu.className = styles.menu ?? "";
    menu.dataset.icon = "more";
    menu.setAttribute("aria-haspopup", "dialog");
    for (const part of [kind, words]) part.append(" ");
    template.append(kind, words, menu);
  }
  return template.cloneNode(true) as HTMLElement;
}

export function createCardElement(cardId: CardId, parts: CardElementParts): CardElement {
  const { board, desk } = parts;
  const element = newArticle();
  const [kind, words, menu] = element.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const kindText = kind.firstChild as Text;
  const wordsText = words.firstChild as Text;
  element.dataset.cardId = cardId;

  let at = { x: 0, y: 0 };
  let drawn: Card | undefined;
  let drawnIn: Language | undefined;
  let look = "";
  let isEditing = false;
  let isMenuIn = true;
  let marks: readonly HTMLElement[] = [];
  let marksKey = "";

  const put = () => {
    const start = isEditing ? Math.min(at.x, cellWidth - editorWidth - 4) : at.x;
    element.style.cssText = `inset-inline-start:${start}px;top:${at.y}px`;
  };

  const drawFace = (card: Card, language: Language) => {
    const { say } = language;
    const text = card.words.text.trim();
    const kindName = say(`kind.${card.kind}`);
    kind.dataset.icon = card.kind;
    kindText.data = kindName;
    kind.lastElementChild?.remove();
    if (card.hasStory) kind.append(iconOf("story"));
    const size = text.length > 56 ? face.long : text.length > 30 ? face.middling : face.short;
    words.className = `${face.words} ${size}${text ? "" : ` ${face.none}`}`;
    wordsText.data = cut(text) || say("card.empty");
    if (text) {
      words.lang = card.language;
      words.dir = "auto";
    } else {
      words.removeAttribute("lang");
      words.removeAttribute("dir");
    }
    element.setAttribute("aria-label", nameOf(card, kindName, language));
    menu.setAttribute("aria-label", say("card.menu", { words: desk.wordsOf(cardId) }));
  };

  const drawMarks = (card: Card, language: Language) => {
    const wanted = marksOf(card, parts, language);
    const key = wanted.map((mark) => mark.key).join("\n");
    if (key === marksKey) return;
    marksKey = key;
    for (const mark of marks) mark.remove();
    marks = wanted.map((mark) => mark.make());
    words.after(...marks);
  };

  return {
    element,
    place: (x, y) => {
      if (x === at.x && y === at.y && element.style.length > 0) return;
      at = { x, y };
      put();
    },
    draw: () => {
      const card = board.card(cardId);
      if (!card || card.removed) return; // someone put it away; the map takes it down in this same frame
      const state = desk.state();
      const language = parts.language();
      const newLook = `${state.editing === cardId ? styles.editing : ""} ${state.moving?.cardId === cardId ? styles.away : ""}`;
      if (newLook !== look) {
        look = newLook;
        element.className = `${styles.card} ${newLook}`;
      }
      if (isEditing !== (state.editing === cardId)) {
        isEditing = !isEditing;
        element.tabIndex = isEditing ? -1 : 0;
        put();
        for (const part of [kind, words, menu, ...marks]) part.remove();
        isMenuIn = false;
        if (!isEditing) element.prepend(kind, words, ...marks);
      }
      if (card !== drawn || language !== drawnIn) {
        drawFace(card, language);
        drawn = card;
        drawnIn = language;
      }
      if (isEditing) return;
      drawMarks(card, language);
      const hasMenu = parts.near() && board.canWrite(card.laneId);
      if (hasMenu === isMenuIn) return;
      isMenuIn = hasMenu;
      if (hasMenu) element.append(menu);
      else menu.remove();
    },
  };
}

/** More than this does not fit on a card on the map. The whole is in its name, its editor and the list. */
const mostLetters = 84;
const mostLines = 4;

function cut(text: string): string {
  const lines = text.split("\n", mostLines + 1);
  const fitting = lines.slice(0, mostLines).join("\n");
  if (fitting.length <= mostLetters && lines.length <= mostLines) return fitting;
  return `${fitting.slice(0, mostLetters - 2).trimEnd()}…`;
}

/** The card's spoken name: kind, words, area, time. */
function nameOf(card: Card, kind: string, { say }: Language): string {
  return say("card.name", {
    kind,
    words: card.words.text.trim() || say("card.empty"),
    area: say(`area.${card.place.area}`),
    time: say(`time.${card.place.time}`),
  });
}

interface Mark {
  /** All that it shows: made anew when that changes. */
  readonly key: string;
  readonly make: () => HTMLElement;
}

/** What stands at a card's edges: what it is for, who is busy with it, and whose it is when somebody asked. */
function marksOf(card: Card, { board, session, desk }: CardElementParts, language: Language): readonly Mark[] {
  const marks: Mark[] = [];
  const goal = goalMark(board, board.linksOfCard(card.id), language);
  if (goal) marks.push(goal);
  const busy = busyOf(session, busyWith(session, card.id));
  if (busy) marks.push(busyMark(busy, language));
  if (desk.state().authors) marks.push(authorMark(card, session, language));
  return marks;
}

function goalMark(board: Board, links: readonly Link[], { say, number }: Language): Mark | undefined {
  const first = links[0];
  const goal = first && board.goal(first.goalId);
  if (!goal) return undefined;
  const text = say("card.for", { goal: goal.words.text.trim() || say("connect.noWords") });
  const more = links.length > 1 ? `+${number(links.length - 1)}` : "";
  return {
    key: `goal ${text} ${more}`,
    make: () => {
      const flag = spanOf(face.flag);
      const words = spanOf(face.flagText, text);
      words.dir = "auto";
      flag.append(iconOf("goal"), words);
      if (more) flag.append(spanOf("", more));
      return flag;
    },
  };
}

const busyMark = ({ other, does }: Busy, { say }: Language): Mark => {
  const { name, colour } = other.presence.person;
  return namedMark("busy", say(does === "writes" ? "card.writing" : "card.moving", { name }), face.busy, colour);
};

function authorMark(card: Card, session: BoardSession, { say }: Language): Mark {
  const said = card.words.runs[0]?.said ?? card.author;
  const person = session.view().people.find(({ personId }) => personId === said);
  return namedMark("author", person?.name ?? say("card.somebody"), face.author, person?.colour ?? "slate");
}

const namedMark = (what: string, text: string, className: string | undefined, colour: string): Mark => ({
  key: `${what} ${colour} ${text}`,
  make: () => {
    const mark = spanOf(className, text);
    mark.dir = "auto";
    mark.style.background = `var(--person-${colour})`;
    return mark;
  },
});

function spanOf(className: string | undefined, text = ""): HTMLElement {
  const span = document.createElement("span");
  if (className) span.className = className;
  span.textContent = text;
  return span;
}

function iconOf(icon: "goal" | "story"): HTMLElement {
  const span = spanOf(face.icon);
  span.dataset.icon = icon;
  return span;
}

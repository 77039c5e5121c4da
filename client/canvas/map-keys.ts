import type { KeyboardEvent } from "react";
import type { Board, CardPlace } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { cardHeight, cardWidth, neighbourPlace, placeAt } from "#shared/geometry/map-layout.ts";
import type { Language } from "../messages/language.tsx";
import type { BoardSession } from "../session/board-session.ts";
import { announce } from "../ui/announcer.ts";
import type { Camera } from "./camera.ts";
import type { Desk } from "./desk.ts";
import type { MapModel } from "./map-model.ts";
import { directionOfKey, letterOf, nearestInDirection } from "./walk.ts";

interface KeyParts {
  readonly board: Board;
  readonly session: BoardSession;
  readonly camera: Camera;
  readonly model: MapModel;
  readonly desk: Desk;
  readonly language: Language;
}

/** What was done with a key: `undefined` leaves it to the browser (scrolling, Tab). */
type Handled = true | undefined;

/** The map's keys. On a card they are about the card; elsewhere about the view. */
export function onMapKey(event: KeyboardEvent<HTMLElement>, parts: KeyParts): void {
  if (event.nativeEvent.isComposing) return;
  const target = event.target as Element;
  if (target.closest("textarea, input, select, dialog")) return;
  const card = target.matches("[data-card-id]") ? (target.getAttribute("data-card-id") as CardId) : undefined;
  const handled = parts.desk.state().moving
    ? moveKey(event, parts)
    : ((card && cardKey(event, card, parts)) ?? viewKey(event, card, parts));
  if (handled) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function cardKey(event: KeyboardEvent, cardId: CardId, parts: KeyParts): Handled {
  const { board, camera, model, desk, language } = parts;
  const direction = directionOfKey(event.key, language.dir === "rtl");
  if (direction && event.altKey) {
    const place = board.card(cardId)?.place;
    const next = place && neighbourPlace(model.layout(), place, direction);
    if (next && desk.place(cardId, next)) {
      announce(sentenceFor(cardId, next, parts));
      desk.set({ focus: { cardId } });
    }
    return true;
  }
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  if (direction) {
    const from = model.pointOf(cardId);
    if (!from) return undefined;
    const rest = model.cardsIn({ x: -1e6, y: -1e7, width: 2e6, height: 2e7 });
    const next = nearestInDirection(
      from,
      rest.filter((each) => each.cardId !== cardId),
      direction,
    );
    if (next) {
      revealCard(next, camera, model);
      desk.set({ focus: { cardId: next } });
    }
    return true;
  }
  const ask = (what: "menu" | "kind" | "connect") => {
    desk.set({ dialog: { what, cardId } });
    return true as const;
  };
  switch (event.key) {
    case "Enter":
    case "F2":
      desk.edit(cardId);
      return true;
    case "Delete":
    case "Backspace": {
      const next = neighbourInOrder(cardId, board);
      desk.putAway(cardId);
      if (next) desk.set({ focus: { cardId: next } });
      return true;
    }
    case "ContextMenu":
      return ask("menu");
    case "F10":
      return event.shiftKey ? ask("menu") : undefined;
    case "Escape":
      (event.target as Element).closest<HTMLElement>("[data-map]")?.focus();
      return true;
    default:
      break;
  }
  switch (event.shiftKey ? undefined : letterOf(event)) {
    case "m":
      return beginMove(cardId, parts);
    case "k":
      return ask("kind");
    case "g":
      return ask("connect");
    case "n": {
      const place = board.card(cardId)?.place;
      if (place) desk.add(place.area, place.time);
      return true;
    }
    default:
      return undefined;
  }
}

/** The card that takes the focus when one goes away. */
function neighbourInOrder(cardId: CardId, board: Board): CardId | undefined {
  const place = board.card(cardId)?.place;
  if (!place) return undefined;
  const ids = board.cardIdsIn(`${place.area}/${place.time}`);
  const index = ids.indexOf(cardId);
  return ids[index + 1] ?? ids[index - 1];
}

function beginMove(cardId: CardId, { board, desk, language }: KeyParts): Handled {
  const card = board.card(cardId);
  if (!card) return undefined;
  if (!board.canWrite(card.laneId)) {
    desk.say(language.say("card.lookOnly"));
    return true;
  }
  desk.set({ moving: { cardId, place: card.place } });
  desk.say(language.say("move.begin", { words: desk.wordsOf(cardId) }));
  return true;
}

function moveKey(event: KeyboardEvent, parts: KeyParts): Handled {
  const { board, session, camera, model, desk, language } = parts;
  const moving = desk.state().moving;
  if (!moving) return undefined;
  const { cardId, place } = moving;
  const direction = directionOfKey(event.key, language.dir === "rtl");
  const names = (at: CardPlace) => ({ area: language.say(`area.${at.area}`), time: language.say(`time.${at.time}`) });
  if (direction) {
    const next = neighbourPlace(model.layout(), place, direction);
    if (!next) return true;
    desk.set({ moving: { cardId, place: next } });
    session.setDoing({ dragging: { cardId, ...next } });
    camera.reveal({ ...model.boardPointOf(next), width: cardWidth, height: cardHeight });
    announce(sentenceFor(cardId, next, parts));
    return true;
  }
  if (event.key === "Enter" || event.key === " ") {
    desk.set({ moving: undefined, notice: undefined });
    session.setDoing({ dragging: undefined });
    if (desk.place(cardId, place)) announce(language.say("move.dropped", names(place)));
    desk.set({ focus: { cardId } });
    return true;
  }
  if (event.key === "Escape" || event.key === "Tab") {
    desk.set({ moving: undefined, notice: undefined, focus: { cardId } });
    session.setDoing({ dragging: undefined });
    const card = board.card(cardId);
    if (card) announce(language.say("move.back", names(card.place)));
    return true;
  }
  return true;
}

/** Where a card is now, by meaning: its area and time, and the card nearest to it there. */
function sentenceFor(cardId: CardId, place: CardPlace, { board, model, desk, language }: KeyParts): string {
  const names = { area: language.say(`area.${place.area}`), time: language.say(`time.${place.time}`) };
  const corner = model.boardPointOf(place);
  let nearest: { id: CardId; far: number } | undefined;
  for (const id of board.cardIdsIn(`${place.area}/${place.time}`)) {
    const point = id === cardId ? undefined : model.pointOf(id);
    if (!point) continue;
    const far = Math.hypot(point.x - corner.x, point.y - corner.y);
    if (!nearest || far < nearest.far) nearest = { id, far };
  }
  if (!nearest || nearest.far > 420) return language.say("move.now", names);
  return language.say("move.nowNextTo", { ...names, words: desk.wordsOf(nearest.id) });
}

function viewKey(event: KeyboardEvent, card: CardId | undefined, { camera, model, desk }: KeyParts): Handled {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const view = camera.view();
  switch (event.key) {
    case "+":
    case "=":
      camera.zoomTo(view.z * 1.25);
      return true;
    case "-":
    case "_":
      camera.zoomTo(view.z / 1.25);
      return true;
    case "0":
      camera.fit();
      return true;
    case "1":
      camera.zoomTo(1);
      return true;
    case "Home":
      camera.set({ ...view, x: -1e6, y: -1e6 });
      return true;
    case "End":
      camera.set({ ...view, y: 1e9 });
      return true;
    default:
      break;
  }
  if (card || event.shiftKey || letterOf(event) !== "n") return undefined;
  const seen = camera.visible();
  const { area, time } = placeAt(model.layout(), {
    x: seen.x + seen.width / 2 - cardWidth / 2,
    y: seen.y + seen.height / 2 - cardHeight / 2,
  });
  desk.add(area, time);
  return true;
}

export function revealCard(cardId: CardId, camera: Camera, model: MapModel): void {
  const point = model.pointOf(cardId);
  if (point) camera.reveal({ ...point, width: cardWidth, height: cardHeight });
}

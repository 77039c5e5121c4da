import { type RefObject, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import type { CellKey } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { useBoard, useSession } from "../board/BoardContext.tsx";
import { useCard } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import { useDesk, useDeskState, useNews } from "./CardDesk.tsx";
import { CardEditor } from "./CardEditor.tsx";
import type { DeskState } from "./desk.ts";
import { createMapCards, type MapCards as Elements } from "./map-cards.ts";
import type { MapModel } from "./map-model.ts";

interface MapCardsProps {
  readonly model: MapModel;
  /** Holds the bands, whose cells have a place for cards each (`data-cards`). */
  readonly layer: RefObject<HTMLElement | null>;
  /** Whether the map is near enough for a menu button to be hit. */
  readonly near: boolean;
}

/** Puts the cards into their cells, and brings React to the one that is written in. Comes after the bands in the tree. */
export function MapCards({ model, layer, near }: MapCardsProps) {
  const board = useBoard();
  const session = useSession();
  const desk = useDesk();
  const news = useNews();
  const language = useLanguage();
  const latest = useRef({ language, near });
  const [elements, setElements] = useState<Elements>();

  useLayoutEffect(() => {
    if (!layer.current) return;
    const places = [...layer.current.querySelectorAll<HTMLElement>("[data-cards]")];
    const made = createMapCards({
      model,
      board,
      session,
      desk,
      news,
      hosts: new Map(places.map((host) => [host.dataset.cards as CellKey, host])),
      language: () => latest.current.language,
      near: () => latest.current.near,
    });
    setElements(made);
    return made.close;
  }, [model, board, session, desk, news, layer]);

  useLayoutEffect(() => {
    latest.current = { language, near };
    elements?.drawAll();
  }, [elements, language, near]);

  useEffect(() => {
    const map = layer.current;
    const onClick = (event: MouseEvent) => {
      const menu = event.target instanceof Element ? event.target.closest("article > [data-icon='more']") : null;
      const cardId = menu?.closest("[data-card-id]")?.getAttribute("data-card-id") as CardId | undefined;
      if (cardId) desk.set({ dialog: { what: "menu", cardId } });
    };
    map?.addEventListener("click", onClick);
    return () => map?.removeEventListener("click", onClick);
  }, [desk, layer]);

  return (
    elements && (
      <>
        <EditedCard elements={elements} />
        <CardFocus elements={elements} />
      </>
    )
  );
}

const editingCard = (state: DeskState) => state.editing;
const focusAsked = (state: DeskState) => state.focus;

function EditedCard({ elements }: { readonly elements: Elements }) {
  const cardId = useDeskState(editingCard);
  const element = useSyncExternalStore(elements.subscribe, () => cardId && elements.elementOf(cardId));
  return cardId && <Editing key={cardId} cardId={cardId} element={element} />;
}

interface EditingProps {
  readonly cardId: CardId;
  readonly element: HTMLElement | undefined;
}

function Editing({ cardId, element }: EditingProps) {
  const desk = useDesk();
  const card = useCard(cardId);
  const removed = !card || card.removed !== undefined;
  useEffect(() => {
    if (removed && desk.state().editing === cardId) desk.set({ editing: undefined });
  }, [removed, cardId, desk]);
  // A cell is a stack of its own, so the one that is written in has to come before the others. Its card may be moved.
  const key = card && `${card.place.area}/${card.place.time}`;
  useLayoutEffect(() => {
    const cell = key && element?.closest("[data-cell]");
    if (!cell) return;
    cell.setAttribute("data-writing", "");
    return () => cell.removeAttribute("data-writing");
  }, [element, key]);
  return element && !removed ? createPortal(<CardEditor card={card} />, element) : null;
}

/** Gives the focus to the card that somebody asked for; its editor takes it for itself. */
function CardFocus({ elements }: { readonly elements: Elements }) {
  const desk = useDesk();
  const asked = useDeskState(focusAsked);
  useEffect(() => {
    if (!asked || desk.state().editing === asked.cardId) return;
    elements.elementOf(asked.cardId)?.focus({ preventScroll: true });
  }, [asked, desk, elements]);
  return null;
}

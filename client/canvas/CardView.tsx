import { memo, useEffect, useRef } from "react";
import type { CardId } from "#shared/board/ids.ts";
import { cellWidth } from "#shared/geometry/map-layout.ts";
import { useBoard, useSession } from "../board/BoardContext.tsx";
import { useLanguage } from "../messages/language.tsx";
import { useCardNews, useDesk } from "./CardDesk.tsx";
import { CardEditor } from "./CardEditor.tsx";
import { CardFace, useCardName } from "./CardFace.tsx";
import styles from "./CardView.module.css";
import { busyWith } from "./claims.ts";
import { busyOf } from "./use-hold.ts";

interface CardViewProps {
  readonly cardId: CardId;
  /** As drawn in its cell, in board units. */
  readonly x: number;
  readonly y: number;
  /** Whether the map is near enough for a menu button to be hit. */
  readonly near: boolean;
}

/** Wide enough to write and pick a kind in; the style sheet says it too. */
const editorWidth = 320;

/** A card on the map: an element with a name, placed by its cell. Gestures are heard by the map, not by each card. */
export const CardView = memo(function CardView({ cardId, x, y, near }: CardViewProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const session = useSession();
  useCardNews(cardId);
  const card = board.card(cardId);
  const state = desk.state();
  const editing = state.editing === cardId;
  const moving = state.moving?.cardId === cardId;
  const focus = state.focus?.cardId === cardId ? state.focus : undefined;
  const name = useCardName(card);
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (focus && !editing) element.current?.focus({ preventScroll: true });
  }, [focus, editing]);
  const removed = !card || card.removed !== undefined;
  useEffect(() => {
    if (removed && editing) desk.set({ editing: undefined });
  }, [removed, editing, desk]);

  if (!card || removed) return null; // someone put it away between our last render and this one
  const start = editing ? Math.min(x, cellWidth - editorWidth - 4) : x;
  return (
    <article
      ref={element}
      tabIndex={editing ? -1 : 0}
      className={`${styles.card} ${editing ? styles.editing : ""} ${moving ? styles.away : ""}`}
      style={{ insetInlineStart: start, top: y }}
      aria-label={name}
      data-card-id={cardId}
    >
      {editing ? (
        <CardEditor card={card} />
      ) : (
        <CardFace
          card={card}
          links={board.linksOfCard(cardId)}
          busy={busyOf(session, busyWith(session, cardId))}
          authors={state.authors}
        />
      )}
      {near && !editing && board.canWrite(card.laneId) && (
        <button
          type="button"
          tabIndex={-1}
          className={styles.menu}
          aria-label={say("card.menu", { words: desk.wordsOf(cardId) })}
          aria-haspopup="dialog"
          onClick={() => desk.set({ dialog: { what: "menu", cardId } })}
          data-icon="more"
        />
      )}
    </article>
  );
});

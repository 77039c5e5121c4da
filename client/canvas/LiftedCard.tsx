import { type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { CardId } from "#shared/board/ids.ts";
import { cardWidth } from "#shared/geometry/map-layout.ts";
import { useCard } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import type { PointerPoint } from "./drag.ts";
import styles from "./MapView.module.css";

export interface LiftedHandle {
  /** `corner`: its start-top corner in client pixels. Without a card: nothing is lifted any more. */
  readonly show: (cardId: CardId | undefined, corner: PointerPoint | undefined, zoom: number) => void;
}

/**
 * The card under the pointer, over everything else on the page, so that it can be carried off the map onto a goal. Its
 * place is set without rendering: a pointer moves more often than React should draw.
 */
export function LiftedCard({ ref }: { readonly ref: Ref<LiftedHandle> }) {
  const [cardId, setCardId] = useState<CardId>();
  const { dir } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const at = useRef({ x: 0, y: 0, zoom: 1 });

  const put = () => {
    const { x, y, zoom } = at.current;
    if (element.current) element.current.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
  };
  useImperativeHandle(ref, () => ({
    show: (shown, corner, zoom) => {
      if (corner) {
        const x = dir === "rtl" ? corner.clientX - cardWidth * zoom : corner.clientX;
        at.current = { x, y: corner.clientY, zoom };
        put();
      }
      setCardId(shown);
    },
  }));
  useLayoutEffect(put);
  // The card itself stays where it was, paler, until it is let go.
  useLayoutEffect(() => {
    const source = cardId && onMap(cardId);
    if (!source) return;
    source.setAttribute("data-away", "");
    return () => source.removeAttribute("data-away");
  }, [cardId]);

  if (!cardId) return null;
  return (
    <div ref={element} className={styles.lifted} style={{ transformOrigin: "0 0" }} aria-hidden="true">
      <LiftedFace cardId={cardId} />
    </div>
  );
}

/** The card as it stands on the map, without its button. */
function LiftedFace({ cardId }: { readonly cardId: CardId }) {
  const card = useCard(cardId);
  const box = useRef<HTMLDivElement>(null);
  // Taken over anew when somebody changes the card meanwhile.
  useLayoutEffect(() => {
    const source = onMap(cardId);
    if (!source || !card) return;
    const parts = [...source.children].filter((part) => part.tagName !== "BUTTON");
    box.current?.replaceChildren(...parts.map((part) => part.cloneNode(true)));
  }, [cardId, card]);
  if (!card) return null;
  return (
    <div
      ref={box}
      className={styles.liftedCard}
      style={{ borderInlineStartColor: `var(--area-${card.place.area}-edge)` }}
    />
  );
}

const onMap = (cardId: CardId) => document.querySelector(`[data-map] [data-card-id="${cardId}"]`);

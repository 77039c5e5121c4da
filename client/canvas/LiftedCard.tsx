import { type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { CardId } from "#shared/board/ids.ts";
import { cardWidth } from "#shared/geometry/map-layout.ts";
import { useCard, useLinksOfCard } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import { CardFace } from "./CardFace.tsx";
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
    const source = cardId && document.querySelector(`[data-map] [data-card-id="${cardId}"]`);
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

function LiftedFace({ cardId }: { readonly cardId: CardId }) {
  const card = useCard(cardId);
  const links = useLinksOfCard(cardId);
  if (!card) return null;
  return (
    <div className={styles.liftedCard} style={{ borderInlineStartColor: `var(--area-${card.place.area}-edge)` }}>
      <CardFace card={card} links={links} busy={undefined} authors={false} />
    </div>
  );
}

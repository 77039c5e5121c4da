import { type CSSProperties, useSyncExternalStore } from "react";
import type { CardPlace } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { useCard } from "../board/use-board-data.ts";
import { useOthers } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { useDeskState } from "./CardDesk.tsx";
import type { DeskState } from "./desk.ts";
import styles from "./MapView.module.css";
import type { MapModel } from "./map-model.ts";

const movingByKeys = (state: DeskState) => state.moving;

/** Cards under way: those that others drag now, and the one that this person moves by keys. Nothing is written yet. */
export function Travellers({ model }: { readonly model: MapModel }) {
  const mine = useDeskState(movingByKeys);
  const others = useOthers();
  useSyncExternalStore(model.subscribeLayout, model.layout);
  return (
    <>
      {others.map(({ key, presence }) => {
        if (!presence.dragging) return null;
        const { cardId, ...place } = presence.dragging;
        const { name, colour } = presence.person;
        return (
          <Traveller
            key={key}
            model={model}
            cardId={cardId}
            place={place}
            name={name}
            colour={`var(--person-${colour})`}
          />
        );
      })}
      {mine && <Traveller model={model} cardId={mine.cardId} place={mine.place} />}
    </>
  );
}

interface TravellerProps {
  readonly model: MapModel;
  readonly cardId: CardId;
  readonly place: CardPlace;
  readonly name?: string;
  readonly colour?: string;
}

function Traveller({ model, cardId, place, name, colour }: TravellerProps) {
  const { say } = useLanguage();
  const card = useCard(cardId);
  if (!card || card.removed) return null;
  const { x, y } = model.boardPointOf(place);
  return (
    <div
      className={styles.traveller}
      style={{ insetInlineStart: x, top: y, ...(colour && { "--mover": colour }) } as CSSProperties}
      aria-hidden="true"
    >
      {name !== undefined && (
        <span className={styles.mover} dir="auto">
          {name}
        </span>
      )}
      <span lang={card.language} dir="auto">
        {card.words.text || say("card.empty")}
      </span>
    </div>
  );
}

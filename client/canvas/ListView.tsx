import { type CSSProperties, memo, useCallback, useEffect, useId, useRef, useState } from "react";
import type { Card } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { type Area, areas, type Time, times } from "#shared/board/schema.ts";
import { cellKeyOf } from "#shared/geometry/map-layout.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useCard, useCell } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { CardDesk, useDesk, useDeskState } from "./CardDesk.tsx";
import { CardDialogs, type CardSlots, useCardActions } from "./CardDialogs.tsx";
import { CardEditor } from "./CardEditor.tsx";
import { CardAuthor, CardBusy, CardGoals } from "./CardFace.tsx";
import type { DeskState } from "./desk.ts";
import styles from "./ListView.module.css";
import { AuthorsAndShelf } from "./MapTools.tsx";
import { NoticeBar } from "./NoticeBar.tsx";
import { pointAfter } from "./place-in-order.ts";
import { createPace, PaceContext, useGradual, useTurn } from "./use-gradual.ts";

/**
 * The map's twin: the same cards in the same order, as headings and lists, with every action a button. For thumbs, for
 * narrow screens and large print, and for everybody who does not find a plane to move about on helpful.
 */
export function ListView(slots: CardSlots) {
  const { say } = useLanguage();
  const [pace] = useState(createPace);
  return (
    <CardDesk>
      <div className={styles.frame}>
        <section className={styles.list} aria-label={say("list.name")}>
          <div className={styles.tools}>
            <AuthorsAndShelf />
          </div>
          <PaceContext value={pace}>
            {areas.map((area) => (
              <AreaPart key={area} area={area} hasStory={slots.story !== undefined} />
            ))}
          </PaceContext>
        </section>
        <NoticeBar />
      </div>
      <CardDialogs {...slots} />
    </CardDesk>
  );
}

interface AreaPartProps {
  readonly area: Area;
  readonly hasStory: boolean;
}

function AreaPart({ area, hasStory }: AreaPartProps) {
  const { say } = useLanguage();
  const [open, setOpen] = useState(true);
  const isDrawn = useTurn();
  const bodyId = useId();
  const count =
    useCell(cellKeyOf(area, "before")).length +
    useCell(cellKeyOf(area, "now")).length +
    useCell(cellKeyOf(area, "hoped")).length;
  const name = say(`area.${area}`);
  return (
    <section
      className={styles.area}
      aria-labelledby={`${bodyId}-title`}
      style={{ "--area-ground": `var(--area-${area})`, "--area-edge": `var(--area-${area}-edge)` } as CSSProperties}
    >
      <h2 className={styles.areaTitle} id={`${bodyId}-title`}>
        <button
          type="button"
          className={styles.fold}
          aria-expanded={open}
          aria-controls={bodyId}
          onClick={() => setOpen(!open)}
        >
          <Icon name={`area-${area}`} />
          <span className={styles.areaName}>{name}</span>
          <span className={styles.count}>{say("list.areaCount", { count })}</span>
          <Icon name={open ? "chevron-up" : "chevron-down"} />
        </button>
      </h2>
      <div id={bodyId} className={styles.areaBody} hidden={!open}>
        {open && isDrawn && times.map((time) => <CellPart key={time} area={area} time={time} hasStory={hasStory} />)}
      </div>
    </section>
  );
}

interface CellPartProps extends AreaPartProps {
  readonly time: Time;
}

function CellPart({ area, time, hasStory }: CellPartProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const cardIds = useCell(cellKeyOf(area, time));
  const shown = useGradual(cardIds.length);
  /** A card that is being written in, or should have the focus, is there whatever comes later. */
  const wanted = useDeskState(
    useCallback(
      ({ editing, focus }: DeskState) => cardIds.indexOf((editing ?? focus?.cardId) as CardId) + 1,
      [cardIds],
    ),
  );
  return (
    <div className={cardIds.length === 0 ? styles.emptyCell : undefined}>
      <h3 className={styles.time}>{say(`time.${time}`)}</h3>
      {cardIds.length > 0 && (
        <ul className={styles.cards}>
          {cardIds.slice(0, Math.max(shown, wanted)).map((cardId, index) => (
            <CardItem
              key={cardId}
              cardId={cardId}
              isFirst={index === 0}
              isLast={index === cardIds.length - 1}
              hasStory={hasStory}
            />
          ))}
        </ul>
      )}
      {board.canAdd() && (
        <button
          type="button"
          className={styles.add}
          aria-label={say("cell.addTo", { area: say(`area.${area}`), time: say(`time.${time}`) })}
          onClick={() => desk.add(area, time, endOf(cardIds))}
        >
          <Icon name="plus" />
          {say("cell.add")}
        </button>
      )}
    </div>
  );

  /** A card added from the list is the last of its list, also when the map has a gap further up. */
  function endOf(ids: readonly CardId[]) {
    return pointAfter(
      ids.flatMap((id) => board.card(id)?.place.at ?? []),
      ids.length - 1,
    );
  }
}

interface CardItemProps {
  readonly cardId: CardId;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly hasStory: boolean;
}

const CardItem = memo(function CardItem({ cardId, isFirst, isLast, hasStory }: CardItemProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const card = useCard(cardId);
  const [open, setOpen] = useState(false);
  const editing = useDeskState(useCallback((state: DeskState) => state.editing === cardId, [cardId]));
  const focus = useDeskState(
    useCallback((state: DeskState) => (state.focus?.cardId === cardId ? state.focus : undefined), [cardId]),
  );
  const main = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focus && !editing) main.current?.focus();
  }, [focus, editing]);
  if (!card || card.removed) return null;

  const move = (by: -1 | 1) => {
    const { area, time } = card.place;
    const rest = board.cardIdsIn(cellKeyOf(area, time)).filter((id) => id !== cardId);
    const index = board.cardIdsIn(cellKeyOf(area, time)).indexOf(cardId) + by;
    const at = pointAfter(
      rest.flatMap((id) => board.card(id)?.place.at ?? []),
      index - 1,
    );
    if (!desk.place(cardId, { area, time, at })) return;
    const before = rest[index - 1];
    const where = before ? say("move.after", { words: desk.wordsOf(before) }) : say("move.first");
    desk.say(where);
  };

  if (editing) {
    return (
      <li className={styles.card} data-card-id={cardId}>
        <CardEditor card={card} />
      </li>
    );
  }
  const text = card.words.text.trim();
  const writable = board.canWrite(card.laneId);
  return (
    <li className={styles.card} data-card-id={cardId}>
      <div className={styles.row}>
        <button ref={main} type="button" className={styles.main} onClick={() => desk.edit(cardId)} disabled={!writable}>
          <span className={styles.kind}>
            <Icon name={`kind-${card.kind}`} />
            {say(`kind.${card.kind}`)}
          </span>
          <span className={text ? styles.words : styles.none} {...(text ? { lang: card.language, dir: "auto" } : {})}>
            {text || say("card.empty")}
          </span>
        </button>
        {writable && (
          <IconButton
            icon="more"
            label={say("card.menu", { words: desk.wordsOf(cardId) })}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          />
        )}
      </div>
      <div className={styles.marks}>
        <CardBusy cardId={cardId} />
        <CardGoals cardId={cardId} />
        <CardAuthor card={card} />
      </div>
      {open && <CardActions card={card} isFirst={isFirst} isLast={isLast} hasStory={hasStory} onMove={move} />}
    </li>
  );
});

interface CardActionsProps {
  readonly card: Card;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly hasStory: boolean;
  readonly onMove: (by: -1 | 1) => void;
}

/** Everything that can be done to the card, as buttons in a row that wraps. */
function CardActions({ card, isFirst, isLast, hasStory, onMove }: CardActionsProps) {
  const { say } = useLanguage();
  const actions = useCardActions(card, hasStory);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form's fields
    <div className={styles.actions} role="group" aria-label={say("list.actions")}>
      <Button onClick={() => onMove(-1)} disabled={isFirst}>
        <Icon name="up" />
        {say("list.up")}
      </Button>
      <Button onClick={() => onMove(1)} disabled={isLast}>
        <Icon name="down" />
        {say("list.down")}
      </Button>
      {actions.map(({ key, icon, label, run }) => (
        <Button key={key} onClick={run}>
          <Icon name={icon} />
          {label}
        </Button>
      ))}
    </div>
  );
}

import { type ComponentType, useState } from "react";
import { flushSync } from "react-dom";
import type { Card, LongWordsRef } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { areas, cardKinds, type Time, times } from "#shared/board/schema.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useCard, useCell, useGoal, useGoalIds, useLinksOfCard, useRemovedCards } from "../board/use-board-data.ts";
import { usePerson } from "../board/use-people.ts";
import { WhoWrote } from "../board/WhoWrote.tsx";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { Select } from "../ui/Select.tsx";
import { useDesk, useDeskState } from "./CardDesk.tsx";
import styles from "./CardDialogs.module.css";
import type { DeskDialog, DeskState } from "./desk.ts";
import { pointAfter } from "./place-in-order.ts";

/** What the app lends to map and list from features that they do not know. */
export interface CardSlots {
  /** The long-words editor, for a card's story. Without it, "Story…" is not offered. */
  readonly story?: ComponentType<{ readonly words: LongWordsRef; readonly label: string }>;
  /** Takes the person to the plan. */
  readonly onOpenPlan?: () => void;
}

const openDialog = (state: DeskState) => state.dialog;

/** The one question that is open about a card, if any. */
export function CardDialogs(slots: CardSlots) {
  const dialog = useDeskState(openDialog);
  if (!dialog) return null;
  return dialog.what === "shelf" ? <Shelf /> : <AboutCard key={dialog.cardId} dialog={dialog} {...slots} />;
}

type AboutCardProps = CardSlots & { readonly dialog: Exclude<DeskDialog, { what: "shelf" }> };

function AboutCard({ dialog, story: Story, onOpenPlan }: AboutCardProps) {
  const { say } = useLanguage();
  const desk = useDesk();
  const card = useCard(dialog.cardId);
  const close = () => desk.set({ dialog: undefined });
  if (!card || card.removed) return null;
  switch (dialog.what) {
    case "menu":
      return <CardMenu card={card} onClose={close} hasStory={Story !== undefined} />;
    case "kind":
      return <KindDialog card={card} onClose={close} />;
    case "move":
      return <MoveDialog card={card} onClose={close} />;
    case "connect":
      return <ConnectDialog card={card} onClose={close} onOpenPlan={onOpenPlan} />;
    case "story": {
      const label = say("card.storyOf", { words: desk.wordsOf(card.id) });
      return (
        <Dialog title={label} onClose={close} wide>
          <p className={styles.hint}>{say("card.storyHint")}</p>
          {Story && <Story words={{ of: "card", id: card.id, field: "story" }} label={label} />}
        </Dialog>
      );
    }
    case "who":
      return <WhoDialog card={card} onClose={close} />;
  }
}

interface CardDialogProps {
  readonly card: Card;
  readonly onClose: () => void;
}

/** Everything that can be done to a card, as a list of buttons. */
export function useCardActions(card: Card, hasStory: boolean) {
  const { say } = useLanguage();
  const desk = useDesk();
  const ask = (what: Exclude<DeskDialog["what"], "shelf">) => () => desk.set({ dialog: { what, cardId: card.id } });
  const actions: { readonly key: string; readonly icon: IconName; readonly label: string; readonly run: () => void }[] =
    [
      { key: "edit", icon: "edit", label: say("card.edit"), run: () => desk.edit(card.id) },
      { key: "kind", icon: `kind-${card.kind}`, label: say("card.kind"), run: ask("kind") },
      { key: "move", icon: "move", label: say("card.move"), run: ask("move") },
      { key: "connect", icon: "goal", label: say("card.connect"), run: ask("connect") },
      ...(hasStory ? [{ key: "story", icon: "area-work" as const, label: say("card.story"), run: ask("story") }] : []),
      { key: "who", icon: "people", label: say("card.who"), run: ask("who") },
      { key: "put-away", icon: "trash", label: say("card.putAway"), run: () => desk.putAway(card.id) },
    ];
  return actions;
}

function CardMenu({ card, onClose, hasStory }: CardDialogProps & { readonly hasStory: boolean }) {
  const { say } = useLanguage();
  const desk = useDesk();
  const actions = useCardActions(card, hasStory);
  return (
    <Dialog title={say("card.menuTitle")} onClose={onClose}>
      <p className={styles.quote} lang={card.language} dir="auto">
        {desk.wordsOf(card.id)}
      </p>
      <ul className={styles.menu}>
        {actions.map(({ key, icon, label, run }) => (
          <li key={key}>
            <button
              type="button"
              className={styles.item}
              onClick={() => {
                // The dialog gives the focus back when it goes; only then may the next thing take it.
                flushSync(onClose);
                run();
              }}
            >
              <Icon name={icon} />
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function KindDialog({ card, onClose }: CardDialogProps) {
  const { say } = useLanguage();
  const desk = useDesk();
  return (
    <Dialog
      title={say("kind.title")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {say("card.done")}
        </Button>
      }
    >
      <Choice
        legend={say("kind.title")}
        legendHidden
        value={card.kind}
        options={cardKinds.map((kind) => ({
          value: kind,
          text: say(`kind.${kind}`),
          picture: <Icon name={`kind-${kind}`} />,
        }))}
        onChange={(kind) => desk.setKind(card.id, kind)}
      />
    </Dialog>
  );
}

function MoveDialog({ card, onClose }: CardDialogProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const [area, setArea] = useState(card.place.area);
  const [time, setTime] = useState<Time>(card.place.time);
  const others = useCell(`${area}/${time}`).filter((id) => id !== card.id);
  const [after, setAfter] = useState<string | undefined>();
  const chosen = after === "" || others.some((id) => id === after) ? (after ?? "") : (others.at(-1) ?? "");

  const move = () => {
    const at = pointAfter(
      others.flatMap((id) => board.card(id)?.place.at ?? []),
      others.indexOf(chosen as CardId),
    );
    if (desk.place(card.id, { area, time, at })) {
      desk.set({ focus: { cardId: card.id } });
      desk.say(say("move.dropped", { area: say(`area.${area}`), time: say(`time.${time}`) }));
    }
    onClose();
  };

  return (
    <Dialog
      title={say("move.title")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={move}>
          {say("move.do")}
        </Button>
      }
    >
      <p className={styles.quote} lang={card.language} dir="auto">
        {desk.wordsOf(card.id)}
      </p>
      <Select
        label={say("move.area")}
        value={area}
        options={areas.map((value) => ({ value, text: say(`area.${value}`) }))}
        onChange={setArea}
      />
      <Choice
        legend={say("move.time")}
        value={time}
        options={times.map((value) => ({ value, text: say(`time.${value}`) }))}
        onChange={setTime}
      />
      <Select
        label={say("move.place")}
        value={chosen}
        options={[
          { value: "", text: say("move.first") },
          ...others.map((id) => ({ value: id as string, text: say("move.after", { words: desk.wordsOf(id) }) })),
        ]}
        onChange={setAfter}
      />
    </Dialog>
  );
}

function ConnectDialog({ card, onClose, onOpenPlan }: CardDialogProps & Pick<CardSlots, "onOpenPlan">) {
  const { say } = useLanguage();
  const goalIds = useGoalIds();
  return (
    <Dialog
      title={say("connect.title")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {say("card.done")}
        </Button>
      }
    >
      {goalIds.length === 0 && <p className={styles.hint}>{say("connect.none")}</p>}
      <ul className={styles.menu}>
        {goalIds.map((goalId) => (
          <GoalChoice key={goalId} goalId={goalId} cardId={card.id} />
        ))}
      </ul>
      {onOpenPlan && goalIds.length === 0 && (
        <Button
          onClick={() => {
            onClose();
            onOpenPlan();
          }}
        >
          {say("connect.toPlan")}
        </Button>
      )}
    </Dialog>
  );
}

function GoalChoice({ goalId, cardId }: { readonly goalId: Parameters<typeof useGoal>[0]; readonly cardId: CardId }) {
  const { say } = useLanguage();
  const desk = useDesk();
  const goal = useGoal(goalId);
  const connected = useLinksOfCard(cardId).some((link) => link.goalId === goalId);
  if (!goal || (goal.state === "let-go" && !connected)) return null;
  return (
    <li>
      <label className={styles.item}>
        <input
          type="checkbox"
          className={styles.check}
          checked={connected}
          onChange={(event) => desk.connect(cardId, goalId, event.target.checked)}
        />
        <span lang={goal.language} dir="auto">
          {goal.words.text.trim() || say("connect.noWords")}
        </span>
      </label>
    </li>
  );
}

function WhoDialog({ card, onClose }: CardDialogProps) {
  const { say, moment } = useLanguage();
  const author = usePerson(card.author);
  return (
    <Dialog title={say("card.whoTitle")} onClose={onClose}>
      <p dir="auto">
        {say("card.addedBy", { name: author?.name ?? say("card.somebody"), when: moment(card.createdAt) })}
      </p>
      <WhoWrote words={card.words} />
    </Dialog>
  );
}

function Shelf() {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const cardIds = useShelf();
  return (
    <Dialog title={say("map.shelfTitle")} onClose={() => desk.set({ dialog: undefined })}>
      <p className={styles.hint}>{say(cardIds.length === 0 ? "map.shelfEmpty" : "map.shelfHint")}</p>
      <ul className={styles.shelf}>
        {cardIds.map((cardId) => {
          const card = board.card(cardId);
          return card && <ShelfCard key={cardId} card={card} />;
        })}
      </ul>
    </Dialog>
  );
}

function ShelfCard({ card }: { readonly card: Card }) {
  const { say, moment } = useLanguage();
  const desk = useDesk();
  const by = usePerson(card.removed?.by);
  return (
    <li className={styles.shelfCard}>
      <div>
        <p className={styles.shelfWords} lang={card.language} dir="auto">
          {card.words.text}
        </p>
        <p className={styles.hint} dir="auto">
          {card.removed &&
            say("map.putAwayBy", { name: by?.name ?? say("card.somebody"), when: moment(card.removed.at) })}
        </p>
      </div>
      <Button onClick={() => desk.bringBack(card.id)}>{say("map.bringBack")}</Button>
    </li>
  );
}

/** Cards put away that had words: an empty one was never there for anybody. */
export function useShelf(): readonly CardId[] {
  const board = useBoard();
  return useRemovedCards().filter((id) => board.card(id)?.words.text.trim() !== "");
}

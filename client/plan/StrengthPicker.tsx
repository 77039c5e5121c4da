import type { Card } from "#shared/board/board.ts";
import type { CardId, GoalId } from "#shared/board/ids.ts";
import { type Area, areas, type CardKind } from "#shared/board/schema.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useCell, useLinksOfGoal } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import styles from "./Strengths.module.css";
import { useTell } from "./use-tell.ts";

/** Kinds of cards that a goal can stand on; worries, needs and questions are not among them. */
const strengthKinds: ReadonlySet<CardKind> = new Set([
  "strength",
  "resource",
  "worked-before",
  "helps-me",
  "value",
  "person",
  "place",
  "gift",
]);

interface StrengthPickerProps {
  readonly goalId: GoalId;
  readonly name: string;
  readonly onClose: () => void;
}

/** All strengths of the map by area; each is added or taken off at once. */
export function StrengthPicker({ goalId, name, onClose }: StrengthPickerProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const links = useLinksOfGoal(goalId);
  const set = (card: Card, isOn: boolean) => {
    const link = links.find(({ cardId }) => cardId === card.id);
    const words = card.words.text;
    if (isOn && !link) tell(board.linkStrength(card.id, goalId), say("plan.strengths.added", { words }));
    if (!isOn && link) tell(board.unlink(link.id), say("plan.strengths.removed", { words }));
  };
  const linked = new Set(links.map(({ cardId }) => cardId));
  return (
    <Dialog
      title={say("plan.strengths.pick")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {say("plan.done")}
        </Button>
      }
    >
      <p className={styles.none} dir="auto">
        <q>{name}</q>
      </p>
      <div className={styles.areas}>
        {areas.map((area) => (
          <AreaStrengths key={area} area={area} linked={linked} onSet={set} />
        ))}
        <p className={styles.noneAtAll}>{say("plan.strengths.noneOnMap")}</p>
      </div>
    </Dialog>
  );
}

interface AreaStrengthsProps {
  readonly area: Area;
  readonly linked: ReadonlySet<CardId>;
  readonly onSet: (card: Card, isOn: boolean) => void;
}

function AreaStrengths({ area, linked, onSet }: AreaStrengthsProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const before = useCell(`${area}/before`);
  const now = useCell(`${area}/now`);
  const hoped = useCell(`${area}/hoped`);
  const cards = [...now, ...before, ...hoped]
    .map((id) => board.card(id))
    .filter((card): card is Card => card !== undefined && strengthKinds.has(card.kind));
  if (cards.length === 0) return null;
  return (
    <section className={styles.area}>
      <h3>
        <Icon name={`area-${area}`} />
        {say(`area.${area}`)}
      </h3>
      {cards.map((card) => (
        <Checkbox
          key={card.id}
          checked={linked.has(card.id)}
          onChange={(isOn) => onSet(card, isOn)}
          label={
            <span lang={card.language} dir="auto">
              {card.words.text || say(`kind.${card.kind}`)}
            </span>
          }
        />
      ))}
    </section>
  );
}

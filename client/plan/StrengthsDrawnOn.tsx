import { useState } from "react";
import type { Link } from "#shared/board/board.ts";
import type { GoalId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useCard, useLinksOfGoal } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { StrengthPicker } from "./StrengthPicker.tsx";
import styles from "./Strengths.module.css";
import { useTell } from "./use-tell.ts";

interface StrengthsDrawnOnProps {
  readonly goalId: GoalId;
  readonly name: string;
  readonly canWrite: boolean;
}

/** What the people have already that this goal can stand on. "None yet" is said, not left blank. */
export function StrengthsDrawnOn({ goalId, name, canWrite }: StrengthsDrawnOnProps) {
  const { say } = useLanguage();
  const links = useLinksOfGoal(goalId);
  const [isPicking, setPicking] = useState(false);
  return (
    <div className={styles.strengths}>
      <div className={styles.head}>
        <h4>{say("plan.strengths")}</h4>
        {canWrite && (
          <Button
            look="quiet"
            aria-label={say("plan.strengths.addTo", { words: name })}
            onClick={() => setPicking(true)}
          >
            <Icon name="plus" />
            {say("plan.strengths.add")}
          </Button>
        )}
      </div>
      {links.length === 0 && <p className={styles.none}>{say("plan.strengths.none")}</p>}
      {links.length > 0 && (
        <ul className={styles.chips} aria-label={say("plan.strengths.of", { words: name })}>
          {links.map((link) => (
            <StrengthChip key={link.id} link={link} canWrite={canWrite} />
          ))}
        </ul>
      )}
      {isPicking && <StrengthPicker goalId={goalId} name={name} onClose={() => setPicking(false)} />}
    </div>
  );
}

function StrengthChip({ link, canWrite }: { readonly link: Link; readonly canWrite: boolean }) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const card = useCard(link.cardId);
  if (!card) return null;
  const words = card.words.text || say(`kind.${card.kind}`);
  const { area } = card.place;
  return (
    <li
      className={styles.chip}
      style={{ backgroundColor: `var(--area-${area})`, borderColor: `var(--area-${area}-edge)` }}
      data-put-away={card.removed ? "" : undefined}
    >
      <Icon name={`kind-${card.kind}`} />
      <span lang={card.language} dir="auto">
        {words}
      </span>
      {canWrite && (
        <button
          type="button"
          className={styles.remove}
          aria-label={say("plan.strengths.remove", { words })}
          onClick={() => tell(board.unlink(link.id), say("plan.strengths.removed", { words }))}
        >
          <Icon name="close" size="1.1em" />
        </button>
      )}
    </li>
  );
}

import { type KeyboardEvent, useId, useState } from "react";
import type { Goal } from "#shared/board/board.ts";
import type { GoalId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { LongWordsSlot } from "../board/LongWords.tsx";
import { SharedText } from "../board/SharedText.tsx";
import { useGoal, useReadings, useStepIds } from "../board/use-board-data.ts";
import { useMe } from "../board/use-people.ts";
import { WhoWrote } from "../board/WhoWrote.tsx";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import styles from "./GoalSection.module.css";
import { GoalState } from "./GoalState.tsx";
import { NumberLine } from "./NumberLine.tsx";
import { isOpen, latestReadings } from "./plan-thoughts.ts";
import { Steps } from "./Steps.tsx";
import { StrengthsDrawnOn } from "./StrengthsDrawnOn.tsx";
import type { Handle, Row } from "./use-reorder.ts";
import { useTell } from "./use-tell.ts";

interface GoalSectionProps {
  readonly goalId: GoalId;
  readonly number: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Just added here: the caret goes into its words. */
  readonly isFresh: boolean;
  readonly row: Row;
  readonly handle: Handle;
  readonly dropHere: boolean;
  readonly onMove: (id: GoalId, step: -1 | 1) => void;
}

/** One goal on its sheet. Folded, it keeps its words, people's numbers and how many steps are open. */
export function GoalSection(props: GoalSectionProps) {
  const { goalId, number, row, onMove } = props;
  const { say } = useLanguage();
  const board = useBoard();
  const goal = useGoal(goalId);
  // A phone shows one goal at a time to begin with; elsewhere a plan is read whole.
  const [isUnfolded, setUnfolded] = useState(
    () => props.isFirst || props.isFresh || window.matchMedia("(min-width: 700px)").matches,
  );
  const titleId = useId();
  const bodyId = useId();
  if (!goal) return null;
  const canWrite = board.canWrite(goal.laneId);
  const name = goal.words.text || say("plan.goal.noWords");

  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown") || event.defaultPrevented) return;
    if (!canWrite || (event.target instanceof Element && event.target.closest("select, input"))) return;
    event.preventDefault();
    onMove(goalId, event.key === "ArrowUp" ? -1 : 1);
  };

  return (
    <li {...row.attributes} style={row.style} className={styles.item}>
      {props.dropHere && <div className={styles.dropLine} aria-hidden="true" />}
      <section
        className={styles.goal}
        data-goal-id={goalId}
        data-state={goal.state}
        aria-labelledby={titleId}
        onKeyDown={onKeyDown}
      >
        <h3 id={titleId} className="visually-hidden">
          {say("plan.goal.named", { number, words: name })}
        </h3>
        <div className={styles.top}>
          <span className={styles.number} aria-hidden="true">
            {number}
          </span>
          <SharedText
            words={{ of: "goal", id: goalId, field: "words" }}
            label={say("plan.goal.words", { number })}
            placeholder={say("plan.empty.question")}
            language={goal.language}
            look="title"
            readOnly={!canWrite}
            takeFocus={props.isFresh}
          />
          <IconButton
            icon={isUnfolded ? "chevron-up" : "chevron-down"}
            label={say(isUnfolded ? "plan.goal.fold" : "plan.goal.unfold", { number })}
            aria-expanded={isUnfolded}
            aria-controls={bodyId}
            onClick={() => setUnfolded(!isUnfolded)}
          />
        </div>
        <div id={bodyId} hidden={!isUnfolded}>
          {isUnfolded && (
            <>
              <GoalHead {...props} goal={goal} canWrite={canWrite} name={name} />
              <GoalBody goal={goal} canWrite={canWrite} name={name} />
            </>
          )}
        </div>
        {!isUnfolded && <GoalAtAGlance goal={goal} />}
      </section>
    </li>
  );
}

interface GoalPartProps {
  readonly goal: Goal;
  readonly canWrite: boolean;
  readonly name: string;
}

/** Whose goal it is, how it stands, who wrote it, and its place in the plan. */
function GoalHead({ goal, canWrite, name, ...props }: GoalPartProps & GoalSectionProps) {
  const { say } = useLanguage();
  return (
    <div className={styles.head}>
      <GoalState goal={goal} canWrite={canWrite} name={name} />
      <WhoWrote words={goal.words} />
      {canWrite && !(props.isFirst && props.isLast) && (
        <div className={styles.movers}>
          <IconButton
            icon="up"
            label={say("plan.goal.up", { words: name })}
            // Not `disabled`: the button that brought a goal to the top keeps the focus.
            aria-disabled={props.isFirst}
            onClick={() => props.onMove(goal.id, -1)}
          />
          <IconButton
            icon="down"
            label={say("plan.goal.down", { words: name })}
            aria-disabled={props.isLast}
            onClick={() => props.onMove(goal.id, 1)}
          />
          <span className={styles.grip} aria-hidden="true" {...props.handle}>
            <Icon name="grip" />
          </span>
        </div>
      )}
    </div>
  );
}

function GoalBody({ goal, canWrite, name }: GoalPartProps) {
  const { say, date } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const hasMore = goal.signs.text !== "" || !goal.notes.isEmpty || goal.review !== undefined;
  return (
    <div className={styles.body}>
      <div className={styles.part}>
        <h4>{say("plan.why")}</h4>
        <LongWordsSlot
          words={{ of: "goal", id: goal.id, field: "why" }}
          label={say("plan.whyOf", { words: name })}
          value={goal.why}
          placeholder={say("plan.whyAsk")}
          readOnly={!canWrite}
        />
      </div>
      <StrengthsDrawnOn goalId={goal.id} name={name} canWrite={canWrite} />
      <NumberLine goal={goal} name={name} canWrite={canWrite} />
      <Steps goalId={goal.id} name={name} canWrite={canWrite} />
      <details className={styles.more} open={hasMore || undefined}>
        <summary>{say("plan.more")}</summary>
        <div className={styles.part}>
          <h4>{say("plan.signs")}</h4>
          <SharedText
            words={{ of: "goal", id: goal.id, field: "signs" }}
            label={say("plan.signsOf", { words: name })}
            placeholder={say("plan.signsAsk")}
            language={goal.language}
            readOnly={!canWrite}
          />
        </div>
        <div className={styles.part}>
          <h4 id={`review-${goal.id}`}>{say("plan.review")}</h4>
          <div className={styles.review}>
            {canWrite && (
              <input
                type="date"
                className={styles.date}
                aria-labelledby={`review-${goal.id}`}
                value={goal.review ?? ""}
                onChange={(event) => tell(board.setReview(goal.id, event.target.value || undefined))}
              />
            )}
            {goal.review && <span>{date(goal.review)}</span>}
            {!goal.review && !canWrite && <span className={styles.soft}>{say("plan.review.none")}</span>}
          </div>
        </div>
        <div className={styles.part}>
          <h4>{say("plan.notes")}</h4>
          <LongWordsSlot
            words={{ of: "goal", id: goal.id, field: "notes" }}
            label={say("plan.notesOf", { words: name })}
            value={goal.notes}
            placeholder={say("plan.notesAsk")}
            readOnly={!canWrite}
          />
        </div>
      </details>
    </div>
  );
}

/** What a folded goal still says. */
function GoalAtAGlance({ goal }: { readonly goal: Goal }) {
  const { say } = useLanguage();
  const board = useBoard();
  const me = useMe();
  const stepIds = useStepIds(goal.id);
  const readings = latestReadings(useReadings(goal.id));
  const open = stepIds.filter((id) => {
    const step = board.step(id);
    return step && isOpen(step);
  }).length;
  const mine = readings.find(({ person }) => person === me?.personId);
  const parts = [
    say(`plan.state.${goal.state}`),
    mine && say("plan.glance.number", { number: mine.number }),
    say("plan.glance.steps", { count: open }),
  ].filter(Boolean);
  return <p className={styles.glance}>{parts.join(" · ")}</p>;
}

import { useEffect, useMemo, useRef, useState } from "react";
import type { GoalId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { GoalSection } from "./GoalSection.tsx";
import { LetGoGoal } from "./LetGoGoal.tsx";
import styles from "./PlanView.module.css";
import { addGoalKey } from "./plan-keys.ts";
import { isAlreadyAt, neighbourPlace, placeNumber, type Target } from "./plan-order.ts";
import { manyGoals, workingCount } from "./plan-thoughts.ts";
import { useKeepFocus } from "./use-keep-focus.ts";
import { useGoals } from "./use-records.ts";
import { useReorder } from "./use-reorder.ts";
import { useTell } from "./use-tell.ts";

/** The goal plan: goals in the people's own words, each with why, strengths, a 0–10 line, steps and signs. */
export function PlanView() {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  // Who may write comes with the view; without it a role change would show only after the next edit.
  useView();
  const goals = useGoals();
  const [fresh, setFresh] = useState<GoalId>();
  const canAdd = board.canAdd();

  const kept = useMemo(() => goals.filter(({ state }) => state !== "let-go").map(({ id }) => id), [goals]);
  const letGo = goals.filter(({ state }) => state === "let-go");
  const working = workingCount(goals);

  const addGoal = () => {
    const added = board.addGoal({});
    if (tell(added, say("plan.goal.added")) && added.ok) setFresh(added.value);
  };
  useAddGoalKey(addGoal, canAdd);

  const list = useRef<HTMLOListElement>(null);
  const groups = useMemo(() => [{ group: "goals" as const, ids: kept }], [kept]);
  const holdFocus = useKeepFocus("goal", groups);
  const move = (id: GoalId, target: Target<GoalId, "goals">) => {
    if (isAlreadyAt(groups, id, target)) return;
    const place = placeNumber(groups, id, target);
    const to = target.before === "end" ? ("end" as const) : { before: target.before };
    holdFocus(id);
    tell(board.moveGoal(id, to), say("plan.goal.moved", { place, count: kept.length }));
  };
  const reorder = useReorder("goal", list, move);
  const moveBy = (id: GoalId, step: -1 | 1) => {
    const target = neighbourPlace(groups, id, step);
    if (target) move(id, target);
  };

  return (
    <div className={styles.plan}>
      <header className={styles.head}>
        <h2 className={styles.title}>{say("plan.title")}</h2>
        {canAdd && kept.length > 0 && (
          <Button onClick={addGoal} aria-keyshortcuts="Shift+G">
            <Icon name="plus" />
            {say("plan.goal.add")}
          </Button>
        )}
      </header>
      {working > manyGoals && <p className={styles.note}>{say("plan.manyGoals", { count: working })}</p>}
      {kept.length === 0 && (
        <div className={styles.empty}>
          <p className={styles.question}>{say("plan.empty.question")}</p>
          <p>{say(canAdd ? "plan.empty.invite" : "plan.empty.read")}</p>
          {canAdd && (
            <Button look="main" onClick={addGoal} aria-keyshortcuts="Shift+G">
              <Icon name="plus" />
              {say("plan.goal.addFirst")}
            </Button>
          )}
        </div>
      )}
      <ol ref={list} className={styles.goals} data-goal-group="goals">
        {kept.map((id, index) => (
          <GoalSection
            key={id}
            goalId={id}
            number={index + 1}
            isFirst={index === 0}
            isLast={index === kept.length - 1}
            isFresh={id === fresh}
            row={reorder.rowOf(id)}
            handle={reorder.handleOf(id)}
            dropHere={reorder.dropAt("goals", id)}
            onMove={moveBy}
          />
        ))}
        {reorder.dropAt("goals", "end") && <li className={styles.dropLine} aria-hidden="true" />}
      </ol>
      {letGo.length > 0 && (
        <details className={styles.fold}>
          <summary>{say("plan.letGo.fold", { count: letGo.length })}</summary>
          <ul className={styles.plainList}>
            {letGo.map(({ id }) => (
              <LetGoGoal key={id} goalId={id} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** One key adds a goal, wherever the focus is, unless somebody is writing. */
function useAddGoalKey(addGoal: () => void, enabled: boolean): void {
  const latest = useRef(addGoal);
  latest.current = addGoal;
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.code !== addGoalKey || !event.shiftKey || event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof HTMLElement ? event.target : undefined;
      if (target?.isContentEditable || target?.closest("input, textarea, select, dialog")) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}

import type { GoalId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useGoal } from "../board/use-board-data.ts";
import { usePerson } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import styles from "./PlanView.module.css";
import { useTell } from "./use-tell.ts";

/** A goal that was let go: its words, why, and the way back. */
export function LetGoGoal({ goalId }: { readonly goalId: GoalId }) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const goal = useGoal(goalId);
  const by = usePerson(goal?.stateBy);
  if (!goal) return null;
  const words = goal.words.text || say("plan.goal.noWords");
  return (
    <li className={styles.putAway}>
      <div className={styles.putAwayWords}>
        <p lang={goal.language} dir="auto">
          {words}
        </p>
        {goal.stateReason && (
          <p className={styles.soft}>
            {by && (
              <>
                <bdi>{by.name}</bdi>:{" "}
              </>
            )}
            <q dir="auto">{goal.stateReason}</q>
          </p>
        )}
      </div>
      {board.canWrite(goal.laneId) && (
        <Button
          aria-label={say("plan.letGo.takeUpNamed", { words })}
          onClick={() => tell(board.setGoalState(goalId, "chosen"), say("plan.letGo.takenUp"))}
        >
          {say("plan.letGo.takeUp")}
        </Button>
      )}
    </li>
  );
}

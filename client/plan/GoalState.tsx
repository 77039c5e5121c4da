import { useState } from "react";
import type { Goal } from "#shared/board/board.ts";
import { goalStates, type GoalState as State } from "#shared/board/schema.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { isolate } from "../board/isolate.ts";
import { usePerson, useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import styles from "./GoalSection.module.css";
import { LetGoDialog } from "./LetGoDialog.tsx";
import { speakerOf } from "./plan-thoughts.ts";
import { useTell } from "./use-tell.ts";

interface GoalStateProps {
  readonly goal: Goal;
  readonly canWrite: boolean;
  readonly name: string;
}

/** Whose goal this is and how it stands, as two quiet lists. */
export function GoalState({ goal, canWrite, name }: GoalStateProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const whoseId = speakerOf(goal);
  const speaker = usePerson(whoseId);
  const { me } = useView();
  const [isLettingGo, setLettingGo] = useState(false);

  const mine =
    whoseId === me
      ? say("plan.whose.mine")
      : say("plan.whose.theirs", { name: isolate(speaker?.name ?? say("words.somebody")) });
  const setState = (state: State) => {
    if (state === "let-go") setLettingGo(true);
    else tell(board.setGoalState(goal.id, state), say(`plan.state.${state}`));
  };

  return (
    <>
      <select
        className={styles.select}
        aria-label={say("plan.whose.of", { words: name })}
        value={goal.whose}
        disabled={!canWrite}
        onChange={(event) => tell(board.setWhose(goal.id, event.target.value as "mine" | "ours"))}
      >
        <option value="mine">{mine}</option>
        <option value="ours">{say("plan.whose.ours")}</option>
      </select>
      <select
        className={styles.select}
        aria-label={say("plan.state.of", { words: name })}
        value={goal.state}
        disabled={!canWrite}
        onChange={(event) => setState(event.target.value as State)}
      >
        {goalStates.map((state) => (
          <option key={state} value={state}>
            {state === "let-go" && goal.state !== "let-go" ? say("plan.letGo.open") : say(`plan.state.${state}`)}
          </option>
        ))}
      </select>
      {isLettingGo && (
        <LetGoDialog
          words={name}
          onClose={() => setLettingGo(false)}
          onLetGo={(reason) => {
            setLettingGo(false);
            tell(board.setGoalState(goal.id, "let-go", reason), say("plan.letGo.done"));
          }}
        />
      )}
    </>
  );
}

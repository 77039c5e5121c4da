import { useCallback, useRef, useSyncExternalStore } from "react";
import type { Board, BoardChange, Goal, Step } from "#shared/board/board.ts";
import type { GoalId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";

/** A list of records that is the same array until one of them, or their order, changes. */
function useRecords<T>(read: (board: Board) => readonly T[], matters: (change: BoardChange) => boolean): readonly T[] {
  const board = useBoard();
  const last = useRef<readonly T[]>([]);
  const subscribe = useCallback(
    (onChange: () => void) =>
      board.subscribe((change) => {
        if (matters(change)) onChange();
      }),
    [board, matters],
  );
  return useSyncExternalStore(subscribe, () => {
    const now = read(board);
    const isSame = now.length === last.current.length && now.every((record, index) => record === last.current[index]);
    if (!isSame) last.current = now;
    return last.current;
  });
}

const isThere = <T>(record: T | undefined): record is T => record !== undefined;
const goalsChanged = (change: BoardChange) => change.goalOrder || change.goals.size > 0;
const stepsChanged = (change: BoardChange) => change.steps.size > 0;

/** All goals in their order, those let go included. */
export function useGoals(): readonly Goal[] {
  return useRecords((board) => board.goalIds().map(board.goal).filter(isThere), goalsChanged);
}

/** A goal's steps in their order, without those put away. */
export function useSteps(goalId: GoalId): readonly Step[] {
  return useRecords(
    useCallback((board: Board) => board.stepIdsOf(goalId).map(board.step).filter(isThere), [goalId]),
    stepsChanged,
  );
}

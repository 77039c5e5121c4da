import { useCallback, useSyncExternalStore } from "react";
import type { Board, BoardChange, Card, CellKey, Goal, LongWords, Reading, Step } from "#shared/board/board.ts";
import type { CardId, GoalId, StepId } from "#shared/board/ids.ts";
import { useBoard } from "./BoardContext.tsx";

/** Reads something from the board again whenever a change that `matters` arrives. `read` must keep its object's identity. */
function useBoardValue<T>(read: (board: Board) => T, matters: (change: BoardChange) => boolean): T {
  const board = useBoard();
  const subscribe = useCallback(
    (onChange: () => void) =>
      board.subscribe((change) => {
        if (matters(change)) onChange();
      }),
    [board, matters],
  );
  return useSyncExternalStore(subscribe, () => read(board));
}

export function useCard(id: CardId): Card | undefined {
  const board = useBoard();
  const subscribe = useCallback((onChange: () => void) => board.subscribeCard(id, onChange), [board, id]);
  return useSyncExternalStore(subscribe, () => board.card(id));
}

export function useCell(cell: CellKey): readonly CardId[] {
  return useBoardValue(
    (board) => board.cardIdsIn(cell),
    useCallback((change) => change.cells.has(cell), [cell]),
  );
}

const cardsCame = (change: BoardChange) => change.cells.size > 0;
export function useRemovedCards(): readonly CardId[] {
  return useBoardValue((board) => board.removedCardIds(), cardsCame);
}
export function useCardCount(): number {
  return useBoardValue((board) => board.cardCount(), cardsCame);
}

const goalsChanged = (change: BoardChange) => change.goalOrder || change.goals.size > 0;
export function useGoalIds(): readonly GoalId[] {
  return useBoardValue((board) => board.goalIds(), goalsChanged);
}

/** The goal's own record. Its steps, readings and links have hooks of their own. */
export function useGoal(id: GoalId): Goal | undefined {
  return useBoardValue(
    (board) => board.goal(id),
    useCallback((change) => change.goals.has(id), [id]),
  );
}

const stepsChanged = (change: BoardChange) => change.steps.size > 0;
export function useStepIds(goalId: GoalId): readonly StepId[] {
  return useBoardValue((board) => board.stepIdsOf(goalId), stepsChanged);
}
export function useRemovedStepIds(goalId: GoalId): readonly StepId[] {
  return useBoardValue((board) => board.removedStepIdsOf(goalId), stepsChanged);
}
export function useStep(id: StepId): Step | undefined {
  return useBoardValue(
    (board) => board.step(id),
    useCallback((change) => change.steps.has(id), [id]),
  );
}

export function useReadings(goalId: GoalId): readonly Reading[] {
  return useBoardValue((board) => board.readingsOf(goalId), goalsChanged);
}

const linksChanged = (change: BoardChange) => change.links;
export function useLinksOfGoal(goalId: GoalId) {
  return useBoardValue((board) => board.linksOfGoal(goalId), linksChanged);
}
export function useLinksOfCard(cardId: CardId) {
  return useBoardValue((board) => board.linksOfCard(cardId), linksChanged);
}

export function useStory(cardId: CardId): LongWords {
  return useBoardValue(
    (board) => board.story(cardId),
    useCallback((change) => change.cards.has(cardId), [cardId]),
  );
}

export function useUndoState(): { readonly canUndo: boolean; readonly canRedo: boolean } {
  const board = useBoard();
  const canUndo = useSyncExternalStore(board.subscribeUndo, board.canUndo);
  const canRedo = useSyncExternalStore(board.subscribeUndo, board.canRedo);
  return { canUndo, canRedo };
}

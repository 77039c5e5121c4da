import { useMemo } from "react";
import type { UndoOutcome } from "#shared/board/board.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useUndoState } from "../board/use-board-data.ts";
import { type MessageId, useLanguage } from "../messages/language.tsx";
import { announce } from "../ui/announcer.ts";

/** Undo and redo of this person's own changes; what came of it is said aloud. */
export function useUndoActions() {
  const board = useBoard();
  const { say } = useLanguage();
  const { canUndo, canRedo } = useUndoState();
  const actions = useMemo(() => {
    const tell = (outcome: UndoOutcome, done: MessageId) => {
      announce(say(outcome === "done" ? done : outcome === "kept" ? "undo.kept" : "undo.nothing"));
    };
    return {
      undo: () => tell(board.undo(), "undo.undone"),
      redo: () => tell(board.redo(), "undo.redone"),
    };
  }, [board, say]);
  return { ...actions, canUndo, canRedo };
}

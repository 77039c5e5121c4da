import type { BoardId } from "#shared/board/ids.ts";
import type { BoardStore, PersonRecord } from "../store/board-store.ts";
import { type Answer, inSteps, type Steps } from "./answer.ts";

/** Runs things one after another for each board, in the order they were asked for; boards do not wait for each other. */
export type InTurn = <T>(boardId: BoardId, run: () => Promise<T>) => Promise<T>;

/**
 * Who is on a board is read, judged and written back in several steps. Two such changes at once could undo each other:
 * somebody who changes their colour while they are being removed would write themselves back. So they take turns.
 */
export function createTurns(): InTurn {
  const lastByBoard = new Map<BoardId, Promise<unknown>>();
  return (boardId, run) => {
    const turn = (lastByBoard.get(boardId) ?? Promise.resolve()).then(run);
    const settled = turn.then(
      () => {},
      () => {},
    );
    lastByBoard.set(boardId, settled);
    void settled.then(() => {
      if (lastByBoard.get(boardId) === settled) lastByBoard.delete(boardId);
    });
    return turn;
  };
}

/** An answer in its turn on the asker's board. `run` gets the asker as they are by then; if they are gone, it is not run. */
export function answerInTurn<T>(
  { store, inTurn }: { readonly store: Pick<BoardStore, "person">; readonly inTurn: InTurn },
  asker: PersonRecord,
  run: (asker: PersonRecord, steps: Steps) => Promise<T>,
): Answer<T> {
  return inTurn(asker.boardId, () =>
    inSteps(async (steps) => {
      const now = await steps.take(store.person(asker.personId));
      return run(now?.standing === "joined" ? now : steps.refuse("not-signed-in"), steps);
    }),
  );
}

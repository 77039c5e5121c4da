import type { BoardId } from "#shared/board/ids.ts";
import type { BoardStore } from "../store/board-store.ts";
import type { Answered } from "./door.ts";

export interface EraseParts {
  readonly store: Pick<BoardStore, "lanesOf" | "eraseBoard" | "scrub">;
  /** Closes the board's sockets and forgets its rooms; nothing of it is on its way to the store afterwards. */
  readonly boardErased: (boardId: BoardId) => Promise<void>;
  readonly inTurn: <T>(boardId: BoardId, run: () => Promise<T>) => Promise<T>;
}

/**
 * Erases a board while people may be on it. First in the store, which is all or nothing and from then on lets nobody in;
 * then those who are on it are sent away; then goes what they still wrote in between; and last every byte of it.
 */
export function eraseBoardLive({ store, boardErased, inTurn }: EraseParts, boardId: BoardId): Promise<Answered> {
  return inTurn(boardId, async () => {
    const lanes = await store.lanesOf(boardId);
    if (!lanes.ok) return { kind: "failed", why: lanes.error.why };
    const erased = await store.eraseBoard(boardId);
    if (!erased.ok) return { kind: "failed", why: erased.error.why };
    await boardErased(boardId);
    const rest = await store.eraseBoard(
      boardId,
      lanes.value.map(({ laneId }) => laneId),
    );
    // Also when there was no such board: an earlier try may have got as far as this.
    const scrubbed = await store.scrub();
    return { kind: "erase", erased: erased.value, scrubbed: rest.ok && scrubbed.ok && scrubbed.value };
  });
}

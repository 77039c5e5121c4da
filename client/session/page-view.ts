import type { BoardId } from "#shared/board/ids.ts";
import type { BoardView } from "#shared/protocol/api.ts";

/**
 * The board as the server wrote it into this page (`server/http/board-page.ts`), so that nobody waits for asking. Once
 * only: later it is out of date. `undefined` when the page came without it, or with another board.
 */
export function takePageView(boardId: BoardId): BoardView | undefined {
  const view = peekPageView(boardId);
  document.getElementById("board-view")?.remove();
  return view;
}

/** As `takePageView`, and leaves it there. */
export function peekPageView(boardId: BoardId): BoardView | undefined {
  const element = document.getElementById("board-view");
  if (!element) return undefined;
  const view = JSON.parse(element.textContent ?? "") as BoardView;
  return view.boardId === boardId ? view : undefined;
}

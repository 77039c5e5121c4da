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

let lanes: { readonly boardId: BoardId; readonly bytes: Promise<ArrayBuffer | undefined> } | undefined;

/**
 * Takes up the board's lanes, which a page that came with the board has begun to fetch by itself (`shared/protocol/
 * lane-copies.ts` reads them). To be called as early as can be; a page without the board asks for nothing.
 */
export function askPageLanes(boardId: BoardId): void {
  if (!peekPageView(boardId)) return;
  const bytes = fetch(`/b/${boardId}/lanes`).then(
    (response) => (response.ok ? response.arrayBuffer() : undefined),
    () => undefined,
  );
  lanes = { boardId, bytes };
}

/** What was asked for, once only, as the view is. */
export async function takePageLanes(boardId: BoardId): Promise<ArrayBuffer | undefined> {
  const taken = lanes?.boardId === boardId ? lanes.bytes : undefined;
  lanes = undefined;
  return taken?.catch(() => undefined);
}

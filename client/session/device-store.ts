import type { BoardId } from "#shared/board/ids.ts";
import type { BoardView } from "#shared/protocol/api.ts";

/** Small things kept on the device. All of it may be missing or forbidden; then the board still works online. */

const viewKey = (boardId: BoardId) => `alongside:board:${boardId}`;
const languageKey = "alongside:language";

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: only the next offline opening is poorer for it.
  }
}

/** The board as last heard on this device, for opening it without a connection. */
export function readKeptView(boardId: BoardId): BoardView | undefined {
  const text = read(viewKey(boardId));
  if (text === undefined) return undefined;
  try {
    const view = JSON.parse(text) as BoardView;
    const whole =
      view.boardId === boardId &&
      typeof view.me === "string" &&
      Array.isArray(view.lanes) &&
      Array.isArray(view.people);
    return whole ? view : undefined;
  } catch {
    return undefined;
  }
}

export function keepView(view: BoardView): void {
  write(viewKey(view.boardId), JSON.stringify(view));
}

export function forgetView(boardId: BoardId): void {
  write(viewKey(boardId), undefined);
}

/** The language this person picked on this device. */
export function readKeptLanguage(): string | undefined {
  return read(languageKey);
}

export function keepLanguage(tag: string): void {
  write(languageKey, tag);
}

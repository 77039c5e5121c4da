import type { TextDelta } from "#shared/board/board.ts";

/** One stretch of a text replaced by another, in UTF-16 units: what a person did in a field between two looks at it. */
export interface Replacement {
  readonly start: number;
  readonly removed: number;
  readonly inserted: string;
}

export function applyDelta(text: string, delta: TextDelta): string {
  let result = "";
  let at = 0;
  for (const part of delta) {
    if ("retain" in part) {
      result += text.slice(at, at + part.retain);
      at += part.retain;
    } else if ("insert" in part) result += part.insert;
    else at += part.delete;
  }
  return result + text.slice(at);
}

/**
 * Where a caret stands after somebody else's change. It keeps its neighbours: what is inserted exactly at the caret goes
 * behind it, so that another person's letters never push one's own caret along.
 */
export function moveCaret(caret: number, delta: TextDelta): number {
  let at = 0;
  let moved = caret;
  for (const part of delta) {
    if ("retain" in part) at += part.retain;
    else if ("insert" in part) {
      if (at < moved) moved += part.insert.length;
      at += part.insert.length;
    } else if (at < moved) moved -= Math.min(part.delete, moved - at);
    if (at >= moved) break;
  }
  return moved;
}

/** The smallest single replacement that makes `after` of `before`, ending at the caret when that is possible. */
export function replacementOf(before: string, after: string, caret = after.length): Replacement {
  // The caret stands behind what was just typed: without it, an "l" typed in "hello" could be either of three.
  const longestEnd = Math.min(before.length, after.length - Math.min(caret, after.length));
  let end = 0;
  while (end < longestEnd && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const longestStart = Math.min(before.length, after.length) - end;
  let start = 0;
  while (start < longestStart && before[start] === after[start]) start += 1;
  // What follows the caret can have changed too (dictation, drag and drop): then the end is found without it.
  if (end < longestEnd)
    return { start, removed: before.length - end - start, inserted: after.slice(start, after.length - end) };
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  return { start, removed: before.length - end - start, inserted: after.slice(start, after.length - end) };
}

/** The same replacement for a text that others have changed by `delta` meanwhile. Letters that they took are not taken twice. */
export function rebase(change: Replacement, delta: TextDelta): Replacement {
  const start = moveCaret(change.start, delta);
  const end = moveCaret(change.start + change.removed, delta);
  return { start, removed: Math.max(0, end - start), inserted: change.inserted };
}

export function applyReplacement(text: string, change: Replacement): string {
  return text.slice(0, change.start) + change.inserted + text.slice(change.start + change.removed);
}

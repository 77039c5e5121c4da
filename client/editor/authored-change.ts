/** One stretch of a text as Yjs and ProseMirror both know it: letters, and who they are from (`run`). */
export interface Stretch {
  readonly text: string;
  readonly run: unknown;
}

export interface AuthoredChange {
  readonly index: number;
  readonly deleted: number;
  readonly inserted: readonly Stretch[];
}

/**
 * The smallest single change from one text to another, in UTF-16 units, where a letter counts as the same only if it is
 * from the same person: an "l" typed next to another's "l" is then the new one, and nobody's letter changes hands.
 */
export function authoredChange(before: readonly Stretch[], after: readonly Stretch[]): AuthoredChange | undefined {
  const [old, next] = [lettersOf(before), lettersOf(after)];
  const isSame = (oldIndex: number, nextIndex: number) =>
    old.text[oldIndex] === next.text[nextIndex] && old.authors[oldIndex] === next.authors[nextIndex];
  const most = Math.min(old.text.length, next.text.length);
  let start = 0;
  while (start < most && isSame(start, start)) start += 1;
  if (isInsidePair(old.text, start) || isInsidePair(next.text, start)) start -= 1;
  let end = 0;
  while (end < most - start && isSame(old.text.length - 1 - end, next.text.length - 1 - end)) end += 1;
  if (isInsidePair(old.text, old.text.length - end) || isInsidePair(next.text, next.text.length - end)) end -= 1;
  const deleted = old.text.length - end - start;
  const inserted = cut(after, start, next.text.length - end);
  return deleted === 0 && inserted.length === 0 ? undefined : { index: start, deleted, inserted };
}

function lettersOf(stretches: readonly Stretch[]): { readonly text: string; readonly authors: readonly string[] } {
  const authors: string[] = [];
  for (const { text, run } of stretches) {
    const author = authorKey(run);
    for (let unit = 0; unit < text.length; unit += 1) authors.push(author);
  }
  return { text: stretches.map(({ text }) => text).join(""), authors };
}

/** Only what the editor knows of a run counts: it must not rewrite another's letters because it does not know more. */
function authorKey(run: unknown): string {
  if (typeof run !== "object" || run === null) return "";
  const { said, typed, how } = run as Record<string, unknown>;
  return JSON.stringify([said ?? null, typed ?? null, how ?? null]);
}

function cut(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  const parts: Stretch[] = [];
  let at = 0;
  for (const { text, run } of stretches) {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (part !== "") parts.push({ text: part, run });
    at += text.length;
  }
  return parts;
}

function isInsidePair(text: string, index: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, index - 1), index + 1));
}

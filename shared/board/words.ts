import * as Y from "yjs";
import type { Run, TextDelta, Words } from "./board.ts";
import { type PersonId, parseId } from "./ids.ts";
import { asFields, parseOneOf } from "./read-value.ts";
import { type RunHow, runAttribute, runHows } from "./schema.ts";

/**
 * Short texts (`Y.Text`) with an author on every letter.
 *
 * Yjs keeps attributes as marks between the letters: on from here, back to what it was from there. They stay right under
 * any merge only if no mark is ever taken away: a mark that looks needless here may be what a concurrent insertion
 * elsewhere returns to, and then somebody's words would carry another's name. So letters are deleted here without
 * Yjs's clean-up of marks (`deleteLetters`), undo leaves marks alone, and `keep-marks.ts` turns off the clean-up
 * that Yjs does after remote changes. It costs a few bytes for each change of hands.
 */

export interface RunAuthor {
  readonly said: PersonId;
  readonly typed: PersonId;
  readonly how: RunHow;
}

const noWords: Words = { text: "", runs: [] };

export function readWords(text: Y.Text): Words {
  const runs = readRuns(text);
  return runs.length === 0 ? noWords : { text: runs.map((run) => run.text).join(""), runs };
}

/** The runs of a text in order, neighbours with the same author joined. What is not text is left out. */
export function readRuns(text: Y.Text): readonly Run[] {
  const runs: Run[] = [];
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]) {
    if (typeof insert !== "string" || insert === "") continue;
    const run = { text: insert, ...readAuthor(attributes) };
    const last = runs.at(-1);
    if (last && last.said === run.said && last.typed === run.typed && last.how === run.how) {
      runs[runs.length - 1] = { ...last, text: last.text + insert };
    } else {
      runs.push(run);
    }
  }
  return runs;
}

function readAuthor(attributes: Record<string, unknown> | undefined): Omit<Run, "text"> {
  let value: unknown;
  // The editor's binding adds `--` and a hash to names of marks that may overlap.
  for (const name in attributes) {
    if (name === runAttribute || name.startsWith(`${runAttribute}--`)) value = attributes[name];
  }
  const fields = asFields(value);
  return {
    said: parseId<PersonId>(fields?.said),
    typed: parseId<PersonId>(fields?.typed),
    how: parseOneOf(runHows, fields?.how),
  };
}

/** Whether anybody but `person` typed some of these words. */
export function hasWordsOfOthers(runs: readonly Run[], person: PersonId): boolean {
  return runs.some((run) => run.typed !== person);
}

export interface TextChange {
  readonly index: number;
  readonly deleted: number;
  readonly inserted: string;
}

/** The smallest single change from one text to another, in UTF-16 units; never between the halves of one character. */
export function smallestChange(before: string, after: string): TextChange | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  if (isInsidePair(before, start) || isInsidePair(after, start)) start -= 1;
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1;
  }
  if (isInsidePair(before, before.length - end) || isInsidePair(after, after.length - end)) end -= 1;
  return { index: start, deleted: before.length - end - start, inserted: after.slice(start, after.length - end) };
}

function isInsidePair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** Makes `text` read `next`. What comes in carries `author`, and nothing of its neighbours'. Call inside a transaction. */
export function writeText(transaction: Y.Transaction, text: Y.Text, next: string, author: RunAuthor): void {
  const change = smallestChange(plainText(text), next);
  if (!change) return;
  if (change.deleted > 0) deleteLetters(transaction, text, change.index, change.deleted);
  if (change.inserted !== "") text.insert(change.index, change.inserted, { [runAttribute]: { ...author } });
}

/** A text as it is born with its record. */
export function newText(words: string, author: RunAuthor): Y.Text {
  const text = new Y.Text();
  if (words !== "") text.insert(0, words, { [runAttribute]: { ...author } });
  return text;
}

/** Counts what is not a letter as one letter, as Yjs's own positions do. */
function plainText(text: Y.Text): string {
  let plain = "";
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    plain += item.content instanceof Y.ContentString ? item.content.str : "\uFFFC".repeat(item.length);
  }
  return plain;
}

/** Deletes letters and leaves the attribute marks between them, which `Y.Text.delete` would not. */
export function deleteLetters(transaction: Y.Transaction, text: Y.Text, index: number, length: number): void {
  const letters = Y.createDeleteSet();
  let position = 0;
  for (let item = text._start; item && position < index + length; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const from = Math.max(index, position);
    const to = Math.min(index + length, position + item.length);
    if (from < to) {
      const ranges = letters.clients.get(item.id.client) ?? [];
      ranges.push({ clock: item.id.clock + from - position, len: to - from });
      letters.clients.set(item.id.client, ranges);
    }
    position += item.length;
  }
  Y.iterateDeletedStructs(transaction, letters, (item) => {
    if (item instanceof Y.Item) item.delete(transaction);
  });
  // Yjs remembers where it last was in a text; those positions are wrong now.
  if (text._searchMarker) text._searchMarker.length = 0;
}

/** What a change did to a text, without reading `event.delta`, which deletes marks as it goes. */
export function deltaOf(event: Y.YEvent<Y.Text>): TextDelta {
  const delta: ({ retain: number } | { insert: string } | { delete: number })[] = [];
  for (let item = event.target._start; item; item = item.right) {
    if (!item.countable) continue;
    const last = delta.at(-1);
    if (event.adds(item)) {
      if (item.deleted) continue;
      const insert = item.content instanceof Y.ContentString ? item.content.str : "\uFFFC".repeat(item.length);
      if (last && "insert" in last) last.insert += insert;
      else delta.push({ insert });
    } else if (event.deletes(item)) {
      if (last && "delete" in last) last.delete += item.length;
      else delta.push({ delete: item.length });
    } else if (!item.deleted) {
      if (last && "retain" in last) last.retain += item.length;
      else delta.push({ retain: item.length });
    }
  }
  const end = delta.at(-1);
  if (end && "retain" in end) delta.pop();
  return delta;
}

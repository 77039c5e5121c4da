import * as Y from "yjs";
import { fail, ok } from "../result.ts";
import type { Board, CommandError, LongWordsRef, WordsRef } from "./board.ts";
import {
  authorOf,
  cardNotFound,
  goalNotFound,
  isTooLong,
  stepNotFound,
  tooLong,
  type Workbench,
  wellFormed,
  writableLane,
} from "./commands.ts";
import type { Lane, ReadRoot } from "./lanes.ts";
import { cardFields, goalFields, roots, stepFields } from "./schema.ts";
import { readWords, writeText } from "./words.ts";

type TextCommands = Pick<Board, "writeWords" | "longWords">;

/** Where a text is stored: its root, and the name of its field there. */
export function fieldOf(ref: WordsRef | LongWordsRef): { readonly root: ReadRoot; readonly field: string } {
  if (ref.of === "card") return { root: roots.cards, field: cardFields[ref.field] };
  if (ref.of === "goal") return { root: roots.goals, field: goalFields[ref.field] };
  return { root: roots.steps, field: stepFields[ref.field] };
}

/** One name for one text, the same on every device. */
export function textKey(root: ReadRoot, id: string, field: string): string {
  return `${root}/${id}/${field}`;
}

export function textCommands(bench: Workbench): TextCommands {
  const { index, history } = bench;

  const laneOf = (ref: WordsRef | LongWordsRef): Lane | undefined => {
    index.settle();
    const { cards, goals, steps } = index.caches;
    if (ref.of === "card") return cards.laneOf(ref.id);
    // Also while its adding is undone: what is being written there must not be turned away.
    if (ref.of === "goal") return goals.laneOf(ref.id);
    return steps.laneOf(ref.id);
  };
  const storedText = (lane: Lane, ref: WordsRef | LongWordsRef): unknown => {
    const { root, field } = fieldOf(ref);
    const record = lane.rootOf(root).get(ref.id);
    return record instanceof Y.Map ? record.get(field) : undefined;
  };
  const notFound = (ref: WordsRef): CommandError => {
    if (ref.of === "card") return cardNotFound(ref.id);
    return ref.of === "goal" ? goalNotFound(ref.id) : stepNotFound(ref.id);
  };

  return {
    writeWords: (ref, words, run) => {
      const lane = writableLane(laneOf(ref), notFound(ref));
      if (!lane.ok) return lane;
      const text = storedText(lane.value, ref);
      if (!(text instanceof Y.Text)) return fail(notFound(ref));
      // Two people's writing may have made it longer than the limit; then it can still be made shorter.
      if (isTooLong(words, Math.max(tooLong.most, readWords(text).text.length))) return fail(tooLong);
      const { root, field } = fieldOf(ref);
      history.writeText(lane.value, textKey(root, ref.id, field), (transaction) =>
        writeText(transaction, text, wellFormed(words), authorOf(bench, run)),
      );
      return ok(undefined);
    },
    longWords: (ref) => {
      const lane = laneOf(ref);
      const fragment = lane && storedText(lane, ref);
      return fragment instanceof Y.XmlFragment ? fragment : undefined;
    },
  };
}

import * as Y from "yjs";
import type { LongWords, Run } from "./board.ts";
import { readRuns } from "./words.ts";

export const noLongWords: LongWords = { paragraphs: [], isEmpty: true };

/** Deeper than any list that people write; keeps damaged data from overflowing the stack. */
const deepest = 16;

/** Long words without an editor: each block a paragraph of runs. Unknown blocks read as the text inside them. */
export function readLongWords(fragment: Y.XmlFragment): LongWords {
  if (fragment.length === 0) return noLongWords;
  const paragraphs: (readonly Run[])[] = [];
  collect(fragment, paragraphs, 0);
  return { paragraphs, isEmpty: paragraphs.every((runs) => runs.length === 0) };
}

function collect(parent: Y.XmlFragment, paragraphs: (readonly Run[])[], depth: number): void {
  if (depth > deepest) return;
  let runs: Run[] | undefined;
  for (const child of parent.toArray() as unknown[]) {
    if (child instanceof Y.XmlText) {
      if (!runs) {
        runs = [];
        paragraphs.push(runs);
      }
      runs.push(...readRuns(child));
    } else if (child instanceof Y.XmlElement) {
      runs = undefined;
      if (child.length === 0) paragraphs.push([]);
      else collect(child, paragraphs, depth + 1);
    }
  }
}

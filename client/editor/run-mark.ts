import { Mark } from "@tiptap/core";
import { Document } from "@tiptap/extension-document";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import type { MarkType } from "@tiptap/pm/model";
import { Plugin, type Transaction } from "@tiptap/pm/state";
import { ySyncPluginKey } from "@tiptap/y-tiptap";
import type { PersonId } from "#shared/board/ids.ts";
import { type RunHow, runAttribute } from "#shared/board/schema.ts";

/**
 * Whose words a stretch of text is. The binding stores a mark under its name, so the name is the stored attribute. It
 * does not grow at its end, excludes itself (the binding would add a hash to the name of one that does not), and is never
 * read from pasted HTML: nobody can paste words in somebody else's name.
 */
export const RunMark = Mark.create({
  name: runAttribute,
  inclusive: false,
  excludes: runAttribute,
  addAttributes: () => ({
    said: { default: null, rendered: false },
    typed: { default: null, rendered: false },
    how: { default: null, rendered: false },
  }),
  parseHTML: () => [],
  renderHTML: () => ["span", 0],
});

/** A paragraph that is written in the direction of its own first letters. */
const OwnDirectionParagraph = Paragraph.extend({
  renderHTML: () => ["p", { dir: "auto" }, 0],
});

/** What long words may hold: paragraphs of text with runs, nothing else. */
export const longWordsExtensions = [Document, OwnDirectionParagraph, Text, RunMark];

/** Whether a transaction brings what stands on the board already: others' words, an undo, the first drawing. */
function isFromBoard(transaction: Transaction): boolean {
  return transaction.getMeta(ySyncPluginKey)?.isChangeOrigin === true;
}

function howOf(transaction: Transaction): RunHow {
  const event = transaction.getMeta("uiEvent");
  return transaction.getMeta("paste") || event === "paste" || event === "drop" ? "pasted" : "typed";
}

/** Marks all text that comes in on this device as its writer's, and leaves everything that came from the board as it is. */
export function stampRuns(me: PersonId): Plugin {
  return new Plugin({
    appendTransaction(transactions, _before, state) {
      const type: MarkType | undefined = state.schema.marks[runAttribute];
      if (!type) return null;
      const stamps = state.tr;
      for (const [index, transaction] of transactions.entries()) {
        if (!transaction.docChanged || isFromBoard(transaction) || transaction.getMeta(stampMeta)) continue;
        const run = type.create({ said: me, typed: me, how: howOf(transaction) });
        for (const { from, to } of insertedBy(transaction)) {
          // What a later transaction of the same round did has moved it since.
          const rest = transactions.slice(index + 1).map(({ mapping }) => mapping);
          const start = rest.reduce((at, mapping) => mapping.map(at, 1), from);
          const end = rest.reduce((at, mapping) => mapping.map(at, -1), to);
          if (start < end) stamps.addMark(start, end, run);
        }
      }
      return stamps.docChanged ? stamps.setMeta(stampMeta, true) : null;
    },
  });
}

const stampMeta = "run-stamped";

/** Where a transaction put text, in positions of the document after it. */
function insertedBy(transaction: Transaction): { readonly from: number; readonly to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const [index, map] of transaction.mapping.maps.entries()) {
    const rest = transaction.mapping.slice(index + 1);
    map.forEach((_oldStart, _oldEnd, newStart, newEnd) => {
      const from = rest.map(newStart, 1);
      const to = rest.map(newEnd, -1);
      if (from < to) stretches.push({ from, to });
    });
  }
  return stretches;
}

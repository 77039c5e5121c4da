import { ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";
import { runAttribute } from "#shared/board/schema.ts";
import { deleteLetters } from "#shared/board/words.ts";
import { authoredChange, type Stretch } from "./authored-change.ts";

/**
 * Has the binding write runs as the board keeps them. It writes a changed paragraph in three calls: `delete`, `insert`
 * without an author, and one `applyDelta` that formats the whole paragraph. Between them Yjs tidies attribute marks away
 * that look needless, and then an undo, or somebody's words from elsewhere, come back under the wrong name
 * (`shared/board/words.ts`). Measured: split another's paragraph, undo, and half of it was mine.
 *
 * The three calls are one function of the binding that it does not let us replace, so they are taken here, for the
 * binding's own transactions alone, and written as one change of letters with their authors.
 */
export function keepRunsInEditor(): void {
  if (isKept) return;
  isKept = true;
  const { delete: deleteAsYjs, insert: insertAsYjs, applyDelta: applyAsYjs } = Y.XmlText.prototype;
  /** What the binding has asked for in a text and `applyDelta` will write. */
  const asked = new WeakMap<Y.XmlText, { readonly text: string }>();
  const textOf = (text: Y.XmlText) => asked.get(text)?.text ?? lettersOf(text);

  Y.XmlText.prototype.delete = function (this: Y.XmlText, index, length) {
    const transaction = bindingTransaction(this);
    if (!transaction) return deleteAsYjs.call(this, index, length);
    // The binding empties a text without formatting it afterwards.
    if (index === 0 && length === this.length) return deleteLetters(transaction, this, 0, length);
    const text = textOf(this);
    asked.set(this, { text: text.slice(0, index) + text.slice(index + length) });
  };

  Y.XmlText.prototype.insert = function (this: Y.XmlText, index, inserted, attributes) {
    if (!bindingTransaction(this)) return insertAsYjs.call(this, index, inserted, attributes);
    const text = textOf(this);
    asked.set(this, { text: text.slice(0, index) + inserted + text.slice(index) });
  };

  Y.XmlText.prototype.applyDelta = function (this: Y.XmlText, delta, options) {
    const transaction = bindingTransaction(this);
    const lengths = transaction && retainsOf(delta);
    if (!lengths) return applyAsYjs.call(this, delta, options);
    const text = textOf(this);
    asked.delete(this);
    let at = 0;
    const after = lengths.map(({ retain, attributes }): Stretch => {
      at += retain;
      return { text: text.slice(at - retain, at), run: attributes?.[runAttribute] };
    });
    const change = authoredChange(stretchesOf(this), after);
    if (!change) return;
    if (change.deleted > 0) deleteLetters(transaction, this, change.index, change.deleted);
    let index = change.index;
    for (const stretch of change.inserted) {
      insertAsYjs.call(this, index, stretch.text, { [runAttribute]: stretch.run ?? null });
      index += stretch.text.length;
    }
  };
}

let isKept = false;

/** The transaction in which the binding writes this text, if it does. */
function bindingTransaction(text: Y.XmlText): Y.Transaction | undefined {
  const transaction = text.doc?._transaction;
  return transaction?.origin === ySyncPluginKey ? transaction : undefined;
}

interface Retain {
  readonly retain: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A delta that only formats, which is how the binding ends each change of a text. */
function retainsOf(delta: unknown): readonly Retain[] | undefined {
  if (!Array.isArray(delta)) return undefined;
  return delta.every((part) => typeof part?.retain === "number") ? (delta as Retain[]) : undefined;
}

function lettersOf(text: Y.XmlText): string {
  return stretchesOf(text)
    .map((stretch) => stretch.text)
    .join("");
}

function stretchesOf(text: Y.XmlText): Stretch[] {
  const delta = text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[];
  return delta.flatMap(({ insert, attributes }) =>
    typeof insert === "string" ? [{ text: insert, run: attributes?.[runAttribute] }] : [],
  );
}

/**
 * Whether the editor knows everything in a text. The binding deletes what its schema does not know, so a text with
 * anything newer in it must never be opened.
 */
export function isPlain(fragment: Y.XmlFragment): boolean {
  return fragment.toArray().every((block) => {
    if (!(block instanceof Y.XmlElement) || block.nodeName !== "paragraph") return false;
    return block.toArray().every((child) => child instanceof Y.XmlText && isPlainText(child));
  });
}

function isPlainText(text: Y.XmlText): boolean {
  return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]).every(
    ({ insert, attributes = {} }) =>
      typeof insert === "string" &&
      Object.entries(attributes).every(
        ([name, value]) => name === runAttribute && typeof value === "object" && value !== null,
      ),
  );
}

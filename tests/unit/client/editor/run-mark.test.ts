import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { EditorState, type Transaction } from "@tiptap/pm/state";
import { prosemirrorToYXmlFragment, ySyncPluginKey } from "@tiptap/y-tiptap";
import { expect, test } from "vitest";
import * as Y from "yjs";
import type { PersonId } from "#shared/board/ids.ts";
import { readLongWords } from "#shared/board/long-words.ts";
import { longWordsExtensions, stampRuns } from "../../../../client/editor/run-mark.ts";

const schema = getSchema(longWordsExtensions);
const ana = "ana" as PersonId;
const bo = "bo" as PersonId;
const boRun = schema.mark("run", { said: bo, typed: bo, how: "typed" });

/** Ana's editor on a text that Bo wrote. */
function anasEditor(text: string): EditorState {
  const words = text === "" ? [] : [schema.text(text, [boRun])];
  const doc = schema.node("doc", null, [schema.node("paragraph", null, words)]);
  return EditorState.create({ doc, plugins: [stampRuns(ana)] });
}

const applied = (state: EditorState, change: (transaction: Transaction) => Transaction) =>
  state.apply(change(state.tr));

/** What the board reads once the binding has stored it. */
function stored(doc: Node) {
  const fragment = new Y.Doc().getXmlFragment("why");
  prosemirrorToYXmlFragment(doc, fragment);
  return readLongWords(fragment).paragraphs.map((runs) => runs.map(({ text, said, how }) => [text, said, how]));
}

test("letters typed inside another's words are the writer's own", () => {
  const state = applied(anasEditor("come at 4"), (change) => change.insertText("home ", 6));
  expect(stored(state.doc)).toEqual([
    [
      ["come ", bo, "typed"],
      ["home ", ana, "typed"],
      ["at 4", bo, "typed"],
    ],
  ]);
});

test("letters typed behind another's words do not take over their run", () => {
  const state = applied(anasEditor("come"), (change) => change.insertText("!", 5));
  expect(stored(state.doc)).toEqual([
    [
      ["come", bo, "typed"],
      ["!", ana, "typed"],
    ],
  ]);
});

test("pasted words say that they were pasted", () => {
  const state = applied(anasEditor(""), (change) => change.insertText("from a letter", 1).setMeta("paste", true));
  expect(stored(state.doc)).toEqual([[["from a letter", ana, "pasted"]]]);
});

test("what comes from the board keeps its own author", () => {
  const state = applied(anasEditor("come"), (change) =>
    change.insert(5, schema.text(" home", [boRun])).setMeta(ySyncPluginKey, { isChangeOrigin: true }),
  );
  expect(stored(state.doc)).toEqual([[["come home", bo, "typed"]]]);
});

test("a new paragraph leaves the words on both sides to their author", () => {
  const state = applied(anasEditor("come home"), (change) => change.split(5));
  expect(stored(state.doc)).toEqual([[["come", bo, "typed"]], [[" home", bo, "typed"]]]);
});

test("taking letters away changes no author", () => {
  const state = applied(anasEditor("come home"), (change) => change.delete(2, 6));
  expect(stored(state.doc)).toEqual([[["chome", bo, "typed"]]]);
});

test("several changes in one go are all marked where they ended up", () => {
  const state = applied(anasEditor("come home"), (change) => change.insertText("now ", 6).insertText("Please ", 1));
  expect(stored(state.doc)).toEqual([
    [
      ["Please ", ana, "typed"],
      ["come ", bo, "typed"],
      ["now ", ana, "typed"],
      ["home", bo, "typed"],
    ],
  ]);
});

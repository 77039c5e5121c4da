import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { updateYFragment, ySyncPluginKey } from "@tiptap/y-tiptap";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { readLongWords } from "#shared/board/long-words.ts";
import { isPlain, keepRunsInEditor } from "../../../../client/editor/keep-runs.ts";
import { longWordsExtensions } from "../../../../client/editor/run-mark.ts";

keepRunsInEditor();
const schema = getSchema(longWordsExtensions);

interface Device {
  readonly doc: Y.Doc;
  readonly why: Y.XmlFragment;
  /** Has the binding write what the editor would show: each paragraph as `words@person`. */
  readonly show: (...paragraphs: (readonly string[])[]) => void;
  readonly read: () => string[];
}

function aDevice(): Device {
  const doc = new Y.Doc();
  keepMarks(doc);
  const why = doc.getXmlFragment("why");
  const meta = { mapping: new Map(), isOMark: new Map() };
  return {
    doc,
    why,
    show: (...paragraphs) => {
      meta.mapping.clear();
      doc.transact(() => updateYFragment(doc, why, pageOf(paragraphs), meta), ySyncPluginKey);
    },
    read: () => readLongWords(why).paragraphs.map((runs) => runs.map(({ text, said }) => `${text}@${said}`).join(" ")),
  };
}

function pageOf(paragraphs: (readonly string[])[]): Node {
  const nodes = paragraphs.map((stretches) =>
    schema.node(
      "paragraph",
      null,
      stretches.map((stretch) => {
        const [text = "", said] = stretch.split("@");
        return schema.text(text, [schema.mark("run", { said, typed: said, how: "typed" })]);
      }),
    ),
  );
  return schema.node("doc", null, nodes);
}

function sync(one: Device, other: Device): void {
  Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(one.doc, Y.encodeStateVector(other.doc)));
  Y.applyUpdate(one.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(one.doc)));
}

test("what the binding writes reads back with its authors", () => {
  const ana = aDevice();
  ana.show(["come @bo", "home @ana", "now@bo"]);
  ana.show(["come @bo", "right @ana", "now@bo"], ["please@ana"]);
  expect(ana.read()).toEqual(["come @bo right @ana now@bo", "please@ana"]);
});

test("a paragraph that is emptied is empty", () => {
  const ana = aDevice();
  ana.show(["come home@bo"]);
  ana.show([]);
  expect(ana.read()).toEqual([""]);
});

test("taking back a letter and the split after it leaves the rest to who wrote it", () => {
  const bo = aDevice();
  bo.show(["come home now@bo"]);
  const ana = aDevice();
  sync(bo, ana);
  const undo = new Y.UndoManager(ana.why, {
    trackedOrigins: new Set([ySyncPluginKey]),
    captureTimeout: 60_000,
    // As the board's own undo does it: marks stay.
    deleteFilter: (item) => !(item.content instanceof Y.ContentFormat),
  });
  ana.show(["come@bo", "X@ana", " home now@bo"]);
  ana.show(["come@bo", "X@ana"], [" home now@bo"]);
  undo.undo();
  expect(ana.read()[0]).toBe("come home now@bo");
});

test("deleting the last of one's letters at the same time as another writes behind them changes no author", () => {
  const ana = aDevice();
  ana.show(["come @bo", "home @ana", "now@bo"]);
  const bo = aDevice();
  sync(ana, bo);
  ana.show(["come @bo", "now@bo"]);
  bo.show(["come @bo", "home @ana", "right @bo", "now@bo"]);
  sync(ana, bo);
  expect(ana.read()).toEqual(["come right now@bo"]);
  expect(bo.read()).toEqual(ana.read());
});

test("a letter typed beside its twin does not change the twin's hands on any device", () => {
  const bo = aDevice();
  bo.show(["helo@bo"]);
  const ana = aDevice();
  sync(bo, ana);
  ana.show(["he@bo", "l@ana", "lo@bo"]);
  bo.show(["hel@bo", "ooo@bo"]);
  sync(ana, bo);
  expect(ana.read()).toEqual(["he@bo l@ana looo@bo"]);
  expect(bo.read()).toEqual(ana.read());
});

test("outside of the binding's transactions a text is what Yjs makes it", () => {
  const { doc, why } = aDevice();
  const text = new Y.XmlText();
  why.insert(0, [text]);
  doc.transact(() => {
    text.insert(0, "come home", { run: { said: "bo" } });
    text.delete(4, 5);
    text.applyDelta([{ retain: 4, attributes: { run: null } }]);
  });
  expect(text.toDelta()).toEqual([{ insert: "come" }]);
});

test("a text with anything but paragraphs and runs in it is not opened", () => {
  const { why, show } = aDevice();
  expect(isPlain(why)).toBe(true);
  show(["come home@bo"]);
  expect(isPlain(why)).toBe(true);
  why.insert(1, [new Y.XmlElement("heading")]);
  expect(isPlain(why)).toBe(false);
});

import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { TextDelta, WordsRef } from "#shared/board/board.ts";
import { smallestChange } from "#shared/board/words.ts";
import { limits } from "#shared/protocol/limits.ts";
import { aCard, aDevice, ana, bo, must, sync, twoDevices } from "../../../support/builders.ts";

const wordsOf = (id: string): WordsRef => ({ of: "card", id: id as never, field: "words" });
const apply = (text: string, delta: TextDelta): string => {
  let [out, at] = ["", 0];
  for (const part of delta) {
    if ("retain" in part) {
      out += text.slice(at, at + part.retain);
      at += part.retain;
    } else if ("insert" in part) out += part.insert;
    else at += part.delete;
  }
  return out + text.slice(at);
};

describe("words", () => {
  test("[B16] the smallest change leaves alone what stays, and never splits a character", () => {
    expect(smallestChange("I cook", "I can cook")).toEqual({ index: 3, deleted: 0, inserted: "an c" });
    expect(smallestChange("same", "same")).toBeUndefined();
    // Both faces begin with the same half; 🍐 and a letter may end alike in the second half.
    expect(smallestChange("a😀b", "a😃b")).toEqual({ index: 1, deleted: 2, inserted: "😃" });
    expect(smallestChange("😀", "😀😀")).toEqual({ index: 2, deleted: 0, inserted: "😀" });
    expect(smallestChange("\u{1F400}", "\u{1F000}")).toEqual({ index: 0, deleted: 2, inserted: "\u{1F000}" });
  });

  test("[B16] half a character is not stored", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board, { words: "ok \ud83d" });
    sync(a, b);
    expect(a.board.card(id)?.words.text).toBe("ok \ufffd");
    expect(b.board.card(id)?.words.text).toBe("ok \ufffd");
  });

  test("[B15] letters written inside another's words keep their own author, and the words around them theirs", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board, { words: "I cook" });
    sync(a, b);
    must(b.board.writeWords(wordsOf(id), "I can cook", { how: "scribed", said: ana }));
    sync(a, b);
    const runs = a.board.card(id)?.words.runs;
    expect(runs).toEqual([
      { text: "I c", said: ana, typed: ana, how: "typed" },
      { text: "an c", said: ana, typed: bo, how: "scribed" },
      { text: "ook", said: ana, typed: ana, how: "typed" },
    ]);
    expect(b.board.card(id)?.words).toEqual(a.board.card(id)?.words);
  });

  test("[B15] what is typed on at the end of one's own words joins them", () => {
    const { board } = aDevice();
    const id = aCard(board, { words: "I" });
    for (const text of ["I c", "I co", "I cook"]) must(board.writeWords(wordsOf(id), text));
    expect(board.card(id)?.words.runs).toEqual([{ text: "I cook", said: ana, typed: ana, how: "typed" }]);
  });

  test("[B17] authors stay right when letters between two people's are deleted while a third is writing there", () => {
    const a = aDevice({ me: ana, seed: 1 });
    const b = aDevice({ me: bo, seed: 2 });
    const c = aDevice({ me: "cem" as never, seed: 3 });
    const id = aCard(b.board, { words: "hello" });
    sync(a, b, c);
    must(a.board.writeWords(wordsOf(id), "heXllo"));
    sync(a, b, c);
    // Cem writes behind Ana's X while Ana takes it back and Bo hears of it.
    must(c.board.writeWords(wordsOf(id), "heXYllo"));
    a.board.undo();
    sync(a, b);
    sync(a, b, c);
    for (const { board } of [a, b, c]) {
      expect(board.card(id)?.words.runs.map(({ text, typed }) => [text, typed])).toEqual([
        ["he", bo],
        ["Y", "cem"],
        ["llo", bo],
      ]);
    }
  });

  test("[B17] a person who may only read sends nothing, whatever arrives", () => {
    const a = aDevice({ me: ana, seed: 1 });
    const b = aDevice({ me: bo, seed: 2 });
    const reader = aDevice({ me: "kim" as never, seed: 3, lanes: [{ kind: "shared", access: "read" }] });
    let sent = 0;
    reader.doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin !== "sync") sent += 1;
    });
    const id = aCard(a.board, { words: "one two" });
    sync(a, b, reader);
    must(b.board.writeWords(wordsOf(id), "one and two"));
    sync(a, b, reader);
    must(a.board.writeWords(wordsOf(id), "one two"));
    sync(a, b, reader);
    expect(reader.board.card(id)?.words.text).toBe("one two");
    expect(sent).toBe(0);
  });

  test("[B9] words over the limit are refused, and what merging made too long can be made shorter", () => {
    const { board, doc } = aDevice();
    const tooLong = { ok: false, error: { kind: "words-too-long", most: limits.wordsLength } };
    expect(board.addCard({ kind: "hope", area: "home", time: "now", words: "x".repeat(2_001) })).toEqual(tooLong);
    const id = aCard(board, { words: "x".repeat(limits.wordsLength) });
    expect(board.writeWords(wordsOf(id), "x".repeat(2_001))).toEqual(tooLong);
    ((doc.getMap("cards").get(id) as Y.Map<unknown>).get("words") as Y.Text).insert(0, "y".repeat(500));
    expect(board.writeWords(wordsOf(id), "y".repeat(2_400)).ok).toBe(true);
  });

  test("[B18] a listener hears each change that it did not write, as a delta from the old text to the new", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board, { words: "I cook well" });
    sync(a, b);
    let [text, calls] = [a.board.card(id)?.words.text ?? "", 0];
    const stop = a.board.subscribeWords(wordsOf(id), (delta) => {
      text = apply(text, delta);
      calls += 1;
    });
    must(b.board.writeWords(wordsOf(id), "I can cook"));
    sync(a, b);
    expect(text).toBe("I can cook");
    must(a.board.writeWords(wordsOf(id), "I can cook rice"));
    expect(calls).toBe(1);
    text = "I can cook rice";
    a.board.undo();
    expect(text).toBe("I can cook");
    stop();
    must(b.board.writeWords(wordsOf(id), "no"));
    sync(a, b);
    expect(text).toBe("I can cook");
  });
});

describe("long words", () => {
  test("a story reads as paragraphs of runs, and the card knows that it has one", () => {
    const { board } = aDevice();
    const id = aCard(board);
    const fragment = board.longWords({ of: "card", id, field: "story" });
    expect(board.card(id)?.hasStory).toBe(false);
    const paragraph = new Y.XmlElement("paragraph");
    const text = new Y.XmlText();
    text.insert(0, "Every Sunday", { run: { said: ana, typed: bo, how: "scribed" } });
    paragraph.insert(0, [text]);
    fragment?.insert(0, [paragraph, new Y.XmlElement("paragraph")]);
    expect(board.card(id)?.hasStory).toBe(true);
    expect(board.story(id)).toEqual({
      isEmpty: false,
      paragraphs: [[{ text: "Every Sunday", said: ana, typed: bo, how: "scribed" }], []],
    });
    expect(board.story(id)).toBe(board.story(id));
  });
});

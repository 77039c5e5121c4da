import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { WordsRef } from "#shared/board/board.ts";
import { aCard, aDevice, aGoal, ana, aStep, bo, must, sync, twoDevices } from "../../../support/builders.ts";

const wordsOf = (id: string): WordsRef => ({ of: "card", id: id as never, field: "words" });
const elsewhere = { area: "work", time: "hoped", at: { x: 30, y: 40 } } as const;

describe("undo", () => {
  test("[B20] commands go back newest first, and forth again, across map and plan", () => {
    const { board } = aDevice();
    const card = aCard(board);
    const home = board.card(card)?.place;
    const goal = aGoal(board);
    must(board.placeCard(card, elsewhere));
    must(board.setGoalState(goal, "working"));
    expect(board.undo()).toBe("done");
    expect(board.goal(goal)?.state).toBe("idea");
    expect(board.undo()).toBe("done");
    expect(board.card(card)?.place).toEqual(home);
    expect(board.undo()).toBe("done");
    expect(board.goalIds()).toEqual([]);
    expect(board.undo()).toBe("done");
    expect(board.cardCount()).toBe(0);
    expect(board.removedCardIds()).toEqual([]);
    expect(board.undo()).toBe("nothing");
    for (let step = 0; step < 4; step += 1) expect(board.redo()).toBe("done");
    expect(board.redo()).toBe("nothing");
    expect(board.card(card)?.place).toEqual(elsewhere);
    expect(board.goal(goal)).toMatchObject({ state: "working", words: { text: "A room of my own" } });
  });

  test("[B20] what others do is not undone by me", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board);
    sync(a, b);
    must(b.board.setCardKind(id, "hope"));
    sync(a, b);
    expect(b.board.canUndo()).toBe(true);
    expect(a.board.undo()).toBe("kept");
    expect(a.board.card(id)?.kind).toBe("hope");
    expect(a.board.canUndo()).toBe(false);
  });

  test("[B21] a value that somebody changed since stays as they left it", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board);
    must(a.board.setCardKind(id, "hope"));
    sync(a, b);
    must(b.board.setCardKind(id, "value"));
    sync(a, b);
    expect(a.board.undo()).toBe("kept");
    expect(a.board.card(id)?.kind).toBe("value");
  });

  test("[B21] with another's value in between, undo goes back to it and no further", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board);
    must(a.board.setCardKind(id, "hope"));
    sync(a, b);
    must(b.board.setCardKind(id, "value"));
    sync(a, b);
    must(a.board.setCardKind(id, "need"));
    expect(a.board.undo()).toBe("done");
    expect(a.board.card(id)?.kind).toBe("value");
    expect(a.board.undo()).toBe("kept");
    expect(a.board.card(id)?.kind).toBe("value");
  });

  test("[B21] a record never loses a value by undo, also when two people changed it at once", () => {
    for (const seed of [1, 2, 3, 4]) {
      const a = aDevice({ me: ana, seed });
      const b = aDevice({ me: bo, seed: seed + 10 });
      const id = aCard(a.board);
      sync(a, b);
      must(a.board.placeCard(id, elsewhere));
      must(b.board.placeCard(id, { ...elsewhere, area: "fun" }));
      sync(a, b);
      a.board.undo();
      b.board.undo();
      sync(a, b);
      expect(a.board.unreadableCount()).toBe(0);
      expect(a.board.card(id)?.place).toEqual(b.board.card(id)?.place);
      expect(a.board.card(id)).toBeDefined();
    }
  });

  test("[B21] only my letters go, wherever others wrote between them", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board, { words: "" });
    must(a.board.writeWords(wordsOf(id), "I cook"));
    sync(a, b);
    must(b.board.writeWords(wordsOf(id), "I really cook"));
    sync(a, b);
    expect(a.board.undo()).toBe("done");
    sync(a, b);
    expect(b.board.card(id)?.words.runs).toMatchObject([{ text: "really ", typed: bo }]);
    expect(a.board.redo()).toBe("done");
    expect(a.board.card(id)?.words.text).toBe("I really cook");
  });

  test("[B21] letters of another that I deleted come back as theirs", () => {
    const { a, b } = twoDevices();
    const id = aCard(b.board, { words: "I cook well" });
    sync(a, b);
    must(a.board.writeWords(wordsOf(id), "well"));
    expect(a.board.undo()).toBe("done");
    sync(a, b);
    expect(b.board.card(id)?.words.runs).toEqual([{ text: "I cook well", said: bo, typed: bo, how: "typed" }]);
  });

  test("[B21] a card that others have written in stays whole when its adding is undone", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board, { words: "I cook" });
    sync(a, b);
    must(b.board.writeWords(wordsOf(id), "I cook well"));
    sync(a, b);
    expect(a.board.undo()).toBe("kept");
    expect(a.board.card(id)?.words.text).toBe("I cook well");
    expect(a.board.undo()).toBe("nothing");
  });

  test("[B21] a goal that others made something for stays: a step, a number, a link", () => {
    for (const make of ["step", "number", "link"] as const) {
      const { a, b } = twoDevices();
      const card = aCard(b.board);
      sync(a, b);
      const goal = aGoal(a.board);
      sync(a, b);
      if (make === "step") aStep(b.board, goal);
      else if (make === "number") must(b.board.setReading(goal, 4));
      else must(b.board.linkStrength(card, goal));
      sync(a, b);
      expect(a.board.undo()).toBe("kept");
      expect(a.board.goalIds()).toEqual([goal]);
    }
  });

  test("[B22] what somebody offline was writing in a card is not lost when its adding is undone meanwhile", () => {
    const { a, b } = twoDevices();
    const card = aCard(a.board, { words: "I cook" });
    const goal = aGoal(a.board, { words: "A room" });
    sync(a, b);
    must(b.board.writeWords(wordsOf(card), "I cook well"));
    aStep(b.board, goal);
    expect([a.board.undo(), a.board.undo()]).toEqual(["done", "done"]);
    expect([a.board.cardCount(), a.board.goalIds()]).toEqual([0, []]);
    sync(a, b);
    for (const { board } of [a, b]) {
      expect(board.card(card)).toMatchObject({ removed: undefined, words: { text: "I cook well" } });
      expect(board.cardIdsIn("home/now")).toEqual([card]);
      expect(board.goalIds()).toEqual([goal]);
      expect(board.stepIdsOf(goal)).toHaveLength(1);
    }
  });

  test("[B22] nobody else sees a card whose adding was undone, among those put away neither", () => {
    const { a, b } = twoDevices();
    aCard(a.board);
    sync(a, b);
    a.board.undo();
    sync(a, b);
    expect(b.board.cardCount()).toBe(0);
    expect(b.board.removedCardIds()).toEqual([]);
    a.board.redo();
    sync(a, b);
    expect(b.board.cardCount()).toBe(1);
  });

  test("[B23] letters typed within a second are one step, and an end of step parts them", () => {
    const { board, clock } = aDevice();
    const id = aCard(board, { words: "" });
    const type = (text: string, passedMs: number) => {
      clock.now += passedMs;
      must(board.writeWords(wordsOf(id), text));
    };
    type("a", 0);
    type("ab", 900);
    type("abc", 900);
    type("abcd", 1_000);
    board.endUndoStep();
    type("abcde", 10);
    const seen = [];
    for (let step = 0; step < 3; step += 1) {
      board.undo();
      seen.push(board.card(id)?.words.text);
    }
    expect(seen).toEqual(["abcd", "abc", ""]);
    for (let step = 0; step < 3; step += 1) board.redo();
    expect(board.card(id)?.words.text).toBe("abcde");
  });

  test("[B23] letters of two fields, or with a command between, are steps of their own", () => {
    const { board } = aDevice();
    const id = aCard(board, { words: "" });
    const other = aCard(board, { words: "" });
    must(board.writeWords(wordsOf(id), "a"));
    must(board.writeWords(wordsOf(other), "b"));
    must(board.setCardKind(other, "hope"));
    must(board.writeWords(wordsOf(other), "bc"));
    board.undo();
    expect(board.card(other)).toMatchObject({ kind: "hope", words: { text: "b" } });
    board.undo();
    expect(board.card(other)).toMatchObject({ kind: "strength", words: { text: "b" } });
    board.undo();
    expect(board.card(other)?.words.text).toBe("");
    expect(board.card(id)?.words.text).toBe("a");
  });

  test("[B24] a new change clears what could be redone", () => {
    const { board } = aDevice();
    const id = aCard(board, { words: "" });
    must(board.writeWords(wordsOf(id), "a"));
    board.undo();
    expect(board.canRedo()).toBe(true);
    must(board.setCardKind(id, "hope"));
    expect(board.canRedo()).toBe(false);
    expect(board.redo()).toBe("nothing");
  });

  test("[B20] several lanes have one order", () => {
    const device = aDevice({
      lanes: [
        { kind: "shared", access: "write" },
        { kind: "offers", access: "write" },
      ],
    });
    const other = aDevice({
      me: bo,
      seed: 5,
      lanes: [
        { kind: "shared", access: "read" },
        { kind: "offers", access: "write" },
      ],
    });
    const offered = aCard(other.board);
    sync(device, other);
    const own = aCard(device.board, { words: "" });
    must(device.board.setCardKind(offered, "gift"));
    must(device.board.writeWords(wordsOf(own), "x"));
    device.board.undo();
    expect(device.board.card(offered)?.kind).toBe("gift");
    device.board.undo();
    expect(device.board.card(offered)?.kind).toBe("strength");
    device.board.undo();
    expect(device.board.cardIdsIn("home/now")).toEqual([offered]);
  });

  test("[B20] the editor's changes are undone with the rest, and a paragraph that others wrote in stays", () => {
    const { a, b } = twoDevices();
    const origin = { name: "plugin" };
    a.board.trackUndoOrigin(origin);
    const id = aCard(a.board);
    const story = a.board.longWords({ of: "card", id, field: "story" });
    const text = new Y.XmlText();
    a.doc.transact(() => {
      const paragraph = new Y.XmlElement("paragraph");
      text.insert(0, "mine", { run: { said: ana, typed: ana, how: "typed" } });
      paragraph.insert(0, [text]);
      story?.insert(0, [paragraph]);
    }, origin);
    sync(a, b);
    const theirs = b.board.longWords({ of: "card", id, field: "story" })?.get(0) as Y.XmlElement;
    (theirs.get(0) as Y.XmlText).insert(4, " and theirs", { run: { said: bo, typed: bo, how: "typed" } });
    sync(a, b);
    expect(a.board.undo()).toBe("done");
    expect(a.board.story(id).paragraphs.flat()).toMatchObject([{ text: " and theirs", typed: bo }]);
    expect(a.board.undo()).toBe("kept");
  });

  test("[B20] removing, bringing back, linking and numbers can all be undone and redone", () => {
    const { board, clock } = aDevice();
    const card = aCard(board);
    const goal = aGoal(board);
    const link = must(board.linkStrength(card, goal));
    must(board.setReading(goal, 3));
    clock.now += 5;
    must(board.setReading(goal, 6));
    must(board.unlink(link));
    must(board.removeCard(card));
    const numbers = () => board.readingsOf(goal).map((reading) => reading.number);
    board.undo();
    expect(board.cardCount()).toBe(1);
    board.undo();
    expect(board.linksOfGoal(goal).map(({ id }) => id)).toEqual([link]);
    board.undo();
    expect(numbers()).toEqual([3]);
    board.undo();
    expect(numbers()).toEqual([]);
    board.undo();
    expect(board.linksOfCard(card)).toEqual([]);
    for (let step = 0; step < 5; step += 1) expect(board.redo()).toBe("done");
    expect(numbers()).toEqual([6]);
    expect(board.linksOfGoal(goal)).toEqual([]);
    expect(board.removedCardIds()).toEqual([card]);
  });
});

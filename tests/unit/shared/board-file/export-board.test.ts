import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { BoardFile } from "#shared/board-file/board-file.ts";
import { writeBoardFile } from "#shared/board-file/board-file.ts";
import { exportBoard } from "#shared/board-file/export-board.ts";
import { parseBoardFile } from "#shared/board-file/parse-board-file.ts";
import { limits } from "#shared/protocol/limits.ts";
import { aView, openCopy } from "../../../support/board-copy.ts";
import { aCard, aDevice, aGoal, ana, aStep, bo, must, type OpenDevice } from "../../../support/builders.ts";
import { createSeeded } from "../../../support/seeded.ts";

const at = Date.parse("2026-11-24T10:00:00Z");
const people = [
  { personId: ana, name: "Ana" },
  { personId: bo, name: "Bo" },
];
const fileOf = ({ board, lanes }: OpenDevice): BoardFile => exportBoard(board, aView(lanes, people), at);
const threeLanes = [
  { kind: "shared", access: "write" },
  { kind: "offers", access: "write" },
  { kind: "private", access: "write" },
] as const;

/** As the editor's binding does it. */
function writeStory(device: OpenDevice, cardId: ReturnType<typeof aCard>, paragraphs: readonly string[]): void {
  const fragment = device.board.longWords({ of: "card", id: cardId, field: "story" });
  const run = { run: { said: ana, typed: bo, how: "scribed" } };
  for (const words of paragraphs) {
    const [paragraph, text] = [new Y.XmlElement("paragraph"), new Y.XmlText()];
    fragment?.insert(fragment.length, [paragraph]);
    paragraph.insert(0, [text]);
    if (words) text.insert(0, words, run);
  }
}

describe("what a board's file holds", () => {
  test("A file reads as FORMAT.md says, with sorted keys and ids of its own", () => {
    const device = aDevice();
    const card = aCard(device.board, { words: "I cook", said: bo, how: "spoken" });
    writeStory(device, card, ["Once", ""]);
    const goal = aGoal(device.board);
    must(device.board.setGoalState(goal, "let-go", "Too soon"));
    const step = aStep(device.board, goal, { who: [{ person: bo }, { name: "Aunt" }], byWhen: { date: "2026-12-05" } });
    must(device.board.removeStep(step));
    must(device.board.setReading(goal, 3));
    must(device.board.linkStrength(card, goal));
    const moment = new Date(device.clock.now).toISOString();
    const own = { how: "typed", said: "p1", typed: "p1" };
    const writing = { author: "p1", createdAt: moment, language: "en", lane: "shared" };
    expect(JSON.parse(writeBoardFile(fileOf(device)))).toEqual({
      format: "alongside-board",
      version: 1,
      exportedAt: "2026-11-24T10:00:00.000Z",
      title: "Ana’s board",
      languages: ["en"],
      people: [
        { id: "p1", name: "Ana", role: "client", language: "en-GB", colour: "moss" },
        { id: "p2", name: "Bo", role: "supporter", language: "en-GB", colour: "moss", symbol: "boat" },
      ],
      cards: [
        {
          ...writing,
          id: "c1",
          kind: "strength",
          words: [{ text: "I cook", said: "p2", typed: "p1", how: "spoken" }],
          story: [[{ text: "Once", said: "p1", typed: "p2", how: "scribed" }], []],
          place: { area: "home", time: "now", at: { x: 12, y: 12 } },
        },
      ],
      goals: [
        {
          ...writing,
          id: "g1",
          words: [{ text: "A room of my own", ...own }],
          ...{ why: [], notes: [], zero: [], ten: [], signs: [], whose: "mine" },
          state: { is: "let-go", reason: "Too soon", by: "p1", at: moment },
        },
      ],
      steps: [
        {
          ...writing,
          id: "s1",
          goal: "g1",
          what: [{ text: "Call the office", ...own }],
          who: [{ person: "p2" }, { name: "Aunt" }],
          byWhen: { date: "2026-12-05" },
          size: "this-week",
          state: { is: "to-do", by: "p1", at: moment },
          removed: { by: "p1", at: moment },
        },
      ],
      readings: [{ lane: "shared", goal: "g1", person: "p1", number: 3, at: moment, day: "2026-03-02" }],
      links: [{ lane: "shared", kind: "strength-goal", card: "c1", goal: "g1", by: "p1" }],
    });
    const keys = [...writeBoardFile(fileOf(device)).matchAll(/^ {2}"(\w+)"/gm)].map(([, key]) => key);
    expect(keys).toEqual([...keys].sort());
  });

  test("What stands in a private lane leaves no trace: the file is that of a board that never held it", () => {
    const [plain, secret] = [1, 1].map((seed) => aDevice({ seed, lanes: threeLanes })) as [OpenDevice, OpenDevice];
    for (const device of [plain, secret]) {
      const first = aCard(device.board, { words: "Seen" });
      const goal = aGoal(device.board);
      aStep(device.board, goal);
      must(device.board.linkStrength(first, goal));
      aCard(device.board, { words: "Seen too", at: { x: 0, y: 500 } });
    }
    const hidden = aDevice({
      seed: 2,
      me: bo,
      lanes: [{ kind: "private", access: "write", doc: secret.docs.private as Y.Doc }],
    });
    aCard(hidden.board, { words: "Hidden", at: { x: 0, y: 200 } });
    aStep(hidden.board, aGoal(hidden.board, { language: "fr" }));
    expect(secret.reopen().cardCount()).toBe(3);
    expect(writeBoardFile(fileOf(secret))).toBe(writeBoardFile(fileOf(plain)));
  });

  test("Offers go home as offers and come back as offers", () => {
    const chris = aDevice({ me: bo, lanes: [{ kind: "offers", access: "write" }] });
    aCard(chris.board, { kind: "gift" });
    const file = fileOf(chris);
    expect(file.cards[0]?.lane).toBe("offers");
    const copy = openCopy(file, createSeeded(1));
    const [, offers] = copy.view.lanes;
    expect(copy.board.records().cards[0]?.laneId).toBe(offers?.laneId);
  });

  test("A card that was put away is there with its links; one whose adding was undone is not", () => {
    const device = aDevice();
    const [kept, undone] = [aCard(device.board), aCard(device.board, { words: "Oh no" })];
    device.board.undo();
    const goal = aGoal(device.board);
    must(device.board.linkStrength(kept, goal));
    must(device.board.removeCard(kept));
    expect(device.board.card(undone)?.removed).toBeDefined();
    const file = fileOf(device);
    expect(file.cards.map(({ removed }) => removed?.by)).toEqual(["p1"]);
    expect(file.links).toHaveLength(1);
    const copy = openCopy(file, createSeeded(1));
    const [away] = copy.board.removedCardIds();
    must(copy.board.bringBackCard(away ?? ("" as never)));
    expect(copy.board.linksOfCard(away ?? ("" as never))).toHaveLength(1);
  });

  test("Somebody whose name is not kept has an id and nothing else, and has none on the new board either", () => {
    const device = aDevice({ me: bo });
    aCard(device.board);
    const file = exportBoard(device.board, aView(device.lanes, people.slice(0, 1)), at);
    expect(file.people.slice(1)).toEqual([{ id: "p2" }]);
    const copy = openCopy(file, createSeeded(1));
    expect(copy.view.people.map(({ name }) => name)).toEqual(["Ana"]);
    expect(exportBoard(copy.board, copy.view, at)).toEqual(file);
  });

  test("Long words come in updates that the wire can carry, whole to the last letter", () => {
    const device = aDevice();
    const long = `${"بيت ".repeat(20_000)}${"🍲".repeat(15_001)}`;
    writeStory(device, aCard(device.board), [long]);
    const copy = openCopy(fileOf(device), createSeeded(1));
    for (const { length } of copy.updates) expect(length).toBeLessThanOrEqual(limits.updateBytes);
    expect(copy.updates.length).toBeGreaterThan(2);
    expect(copy.board.records().cards[0]?.story.paragraphs).toEqual([
      [expect.objectContaining({ text: long, how: "scribed" })],
    ]);
  });

  test("Numbers of a damaged record that no date can hold do not stop a copy", () => {
    const device = aDevice();
    const card = aCard(device.board);
    (device.doc.getMap("cards").get(card) as Y.Map<unknown>).set("createdAt", 1e300);
    const file = fileOf(device);
    expect(file.cards[0]?.createdAt).toBe("+275760-09-13T00:00:00.000Z");
    expect(parseBoardFile(JSON.parse(writeBoardFile(file)))).toEqual({ ok: true, value: file });
  });
});

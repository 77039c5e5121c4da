import { describe, expect, test } from "vitest";
import { mostBoardFileBytes } from "#shared/board-file/board-file.ts";
import { parseBoardFile, parseBoardFileBytes } from "#shared/board-file/parse-board-file.ts";

const run = { text: "I cook", said: "p1", typed: "p1", how: "typed" };
const written = { lane: "shared", author: "p1", language: "en", createdAt: "2026-11-24T10:00:00.000Z" };
const card = {
  ...written,
  id: "c1",
  kind: "strength",
  words: [run],
  story: [[run]],
  place: { area: "home", time: "now", at: { x: 12, y: 12 } },
};
const goal = {
  ...written,
  id: "g1",
  ...{ words: [run], why: [], notes: [], zero: [], ten: [], signs: [], whose: "mine" },
  state: { is: "idea" },
};
const person = { id: "p1", name: "Ana", role: "client", language: "en", colour: "teal" };
const whole = {
  format: "alongside-board",
  version: 1,
  exportedAt: "2026-11-24T10:00:00.000Z",
  title: "Ana’s board",
  languages: ["en"],
  people: [person],
  cards: [card],
  goals: [goal],
  steps: [],
  readings: [],
  links: [],
};
const problem = (value: unknown) => {
  const parsed = parseBoardFile(value);
  return parsed.ok ? undefined : parsed.error;
};
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a file is whole or refused", () => {
  test("A whole file is taken as it is", () => {
    expect(parseBoardFile(whole)).toEqual({ ok: true, value: whole });
  });

  test("Another format is no board file, and a newer version says which", () => {
    expect(problem({ ...whole, format: "else" })).toEqual({ kind: "not-a-board-file" });
    expect(problem({ ...whole, version: 7, cards: "anything" })).toEqual({ kind: "newer-version", version: 7 });
    expect(problem({ ...whole, version: 0 })).toEqual({ kind: "malformed", at: "version", why: "wrong-value" });
  });

  test.each([
    ["cards[0].kind", "wrong-value", { cards: [{ ...card, kind: "tick" }] }],
    ["cards[0].words[0].how", "wrong-value", { cards: [{ ...card, words: [{ ...run, how: "sung" }] }] }],
    ["cards[0].story[0][0].text", "wrong-value", { cards: [{ ...card, story: [[{ ...run, text: "" }]] }] }],
    ["cards[0].words[0].text", "wrong-value", { cards: [{ ...card, words: [{ ...run, text: "\ud800" }] }] }],
    ["cards[0].place.at.y", "missing", { cards: [{ ...card, place: { ...card.place, at: { x: 1 } } }] }],
    ["cards[0].colour", "unknown-field", { cards: [{ ...card, colour: "red" }] }],
    ["cards[0].?", "unknown-field", { cards: [{ ...card, "My secret, 7": 1 }] }],
    ["cards[0].author", "unknown-id", { cards: [{ ...card, author: "p2" }] }],
    ["cards[0].besides", "unknown-id", { cards: [{ ...card, besides: "c2" }] }],
    ["cards[1].id", "same-id", { cards: [card, card] }],
    ["cards[0].createdAt", "wrong-value", { cards: [{ ...card, createdAt: "24 Nov 2026" }] }],
    [
      "goals[0].state.at",
      "wrong-value",
      { goals: [{ ...goal, state: { is: "idea", at: "2026-02-30T00:00:00.000Z" } }] },
    ],
    ["goals[0].goodEnough", "wrong-value", { goals: [{ ...goal, goodEnough: 11 }] }],
    ["goals[0].review", "wrong-value", { goals: [{ ...goal, review: "2026-02-30" }] }],
    [
      "links[0].goal",
      "unknown-id",
      { links: [{ lane: "shared", kind: "strength-goal", card: "c1", goal: "g9", by: "p1" }] },
    ],
    ["people[0].name", "wrong-value", { people: [{ ...person, name: "A\u202eb" }] }],
    ["people", "wrong-value", { people: [person, { ...person, id: "p2" }] }],
    ["steps", "missing", { steps: undefined }],
    ["title", "wrong-value", { title: "  " }],
  ])("What is wrong at %s is told as %s", (at, why, change) => {
    expect(problem(JSON.parse(JSON.stringify({ ...whole, ...change })))).toEqual({ kind: "malformed", at, why });
  });

  test("Bytes that are too many, no UTF-8 or no JSON are told apart from a broken board", () => {
    expect(parseBoardFileBytes(bytes(JSON.stringify(whole))).ok).toBe(true);
    expect(parseBoardFileBytes(new Uint8Array(mostBoardFileBytes + 1))).toEqual({
      ok: false,
      error: { kind: "too-large", mostBytes: mostBoardFileBytes },
    });
    const broken = bytes(JSON.stringify(whole));
    broken[broken.length - 20] = 0xff;
    for (const bad of [broken, bytes("[".repeat(200_000)), bytes(""), bytes('{"format":')]) {
      expect(parseBoardFileBytes(bad)).toEqual({ ok: false, error: { kind: "not-a-board-file" } });
    }
  });
});

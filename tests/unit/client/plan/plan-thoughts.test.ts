import { expect, test } from "vitest";
import type { Doer, Reading, Step } from "#shared/board/board.ts";
import type { GoalId, LaneId, PersonId, ReadingId, StepId } from "#shared/board/ids.ts";
import type { StepState } from "#shared/board/schema.ts";
import {
  allOnOne,
  latestReadings,
  numberAfterKey,
  speakerOf,
  spreadOf,
} from "../../../../client/plan/plan-thoughts.ts";

const ana: Doer = { person: "ana" as PersonId };
const bo: Doer = { person: "bo" as PersonId };

function aStep(who: readonly Doer[], state: StepState = "to-do"): Step {
  return {
    id: "s" as StepId,
    laneId: "l" as LaneId,
    goalId: "g" as GoalId,
    what: { text: "Ask", runs: [] },
    who,
    byWhen: undefined,
    size: "later",
    state,
    stateAt: undefined,
    author: "ana" as PersonId,
    language: "en",
    createdAt: 0,
    removed: undefined,
  };
}

function aReading(person: string, number: number, at = 0): Reading {
  return { id: `${person}${at}` as ReadingId, goalId: "g" as GoalId, person: person as PersonId, number, at };
}

test("two open steps of one person are worth asking about", () => {
  expect(allOnOne([aStep([ana]), aStep([ana], "stuck")])).toEqual({ doer: ana, count: 2 });
});

test("somebody who is not on the board can have them all too", () => {
  expect(allOnOne([aStep([{ name: "Beryl" }]), aStep([{ name: "Beryl" }])])?.doer).toEqual({ name: "Beryl" });
});

test("one step, a shared step, or a step of another is nothing to ask about", () => {
  expect(allOnOne([aStep([ana])])).toBeUndefined();
  expect(allOnOne([aStep([ana]), aStep([ana, bo])])).toBeUndefined();
  expect(allOnOne([aStep([ana]), aStep([bo])])).toBeUndefined();
});

test("a step that nobody has taken yet falls to no side", () => {
  expect(allOnOne([aStep([ana]), aStep([ana]), aStep([])])).toBeUndefined();
});

test("steps that are done or not for now do not count", () => {
  expect(allOnOne([aStep([ana]), aStep([ana], "done"), aStep([ana], "not-now")])).toBeUndefined();
  expect(allOnOne([aStep([ana]), aStep([ana]), aStep([bo], "done")])?.count).toBe(2);
});

test("everyone's latest number stands, in the order in which people first spoke", () => {
  const readings = [aReading("ana", 2), aReading("bo", 5, 1), aReading("ana", 4, 2)];
  expect(latestReadings(readings).map(({ person, number }) => [person, number])).toEqual([
    ["ana", 4],
    ["bo", 5],
  ]);
});

test("numbers two or more apart start a talk, one apart does not", () => {
  expect(spreadOf([aReading("ana", 6), aReading("bo", 3)])).toMatchObject({
    kind: "apart",
    low: { person: "bo" },
    high: { person: "ana" },
  });
  expect(spreadOf([aReading("ana", 4), aReading("bo", 3)]).kind).toBe("near");
  expect(spreadOf([aReading("ana", 4), aReading("bo", 4)])).toEqual({ kind: "same", number: 4 });
  expect(spreadOf([aReading("ana", 4)]).kind).toBe("too-few");
});

test("the arrow that points to 10 leads there in both writing directions", () => {
  expect(numberAfterKey("ArrowRight", "ltr", 4)).toBe(5);
  expect(numberAfterKey("ArrowLeft", "rtl", 4)).toBe(5);
  expect(numberAfterKey("ArrowLeft", "ltr", 4)).toBe(3);
  expect(numberAfterKey("ArrowRight", "rtl", 4)).toBe(3);
});

test("arrows stop at the ends, Home and End go there, other keys are left alone", () => {
  expect(numberAfterKey("ArrowUp", "ltr", 10)).toBe(10);
  expect(numberAfterKey("ArrowDown", "ltr", 0)).toBe(0);
  expect(numberAfterKey("Home", "rtl", 4)).toBe(0);
  expect(numberAfterKey("End", "rtl", 4)).toBe(10);
  expect(numberAfterKey("Tab", "ltr", 4)).toBeUndefined();
});

test("a goal of one's own is named after who said it, whoever typed", () => {
  const run = (text: string, said: string) => ({
    text,
    said: said as PersonId,
    typed: "bo" as PersonId,
    how: undefined,
  });
  const words = { text: "", runs: [run("Get my weekends back", "ana"), run(" soon", "bo")] };
  expect(speakerOf({ words, author: "bo" as PersonId })).toBe("ana");
  expect(speakerOf({ words: { text: "", runs: [] }, author: "bo" as PersonId })).toBe("bo");
});

import { describe, expect, test } from "vitest";
import type { GoalId } from "#shared/board/ids.ts";
import { aCard, aDevice, aGoal, ana, aStep, bo, must, sync, twoDevices } from "../../../support/builders.ts";

const outOfRange = { ok: false, error: { kind: "value-out-of-range" } };

describe("goals", () => {
  test("[B12] goals keep the order that people gave them", () => {
    const { board } = aDevice();
    const [one, two, three] = [aGoal(board), aGoal(board), aGoal(board)];
    expect(board.goalIds()).toEqual([one, two, three]);
    must(board.moveGoal(three, { before: one }));
    expect(board.goalIds()).toEqual([three, one, two]);
    must(board.moveGoal(three, "end"));
    expect(board.goalIds()).toEqual([one, two, three]);
    must(board.moveGoal(one, { before: one }));
    expect(board.goalIds()).toEqual([one, two, three]);
    const gone = "gone" as GoalId;
    expect(board.moveGoal(one, { before: gone })).toEqual({
      ok: false,
      error: { kind: "goal-not-found", goalId: gone },
    });
  });

  test("[B12] two people who reorder at once lose and double nothing, and there is room between equal ranks", () => {
    const { a, b } = twoDevices();
    const [one, two] = [aGoal(a.board), aGoal(a.board)];
    sync(a, b);
    const [fromA, fromB] = [aGoal(a.board), aGoal(b.board)];
    sync(a, b);
    const order = a.board.goalIds();
    expect(b.board.goalIds()).toEqual(order);
    expect(order).toHaveLength(4);
    // Both were added at the end, so they have the same rank.
    const [third, fourth] = order.slice(2) as [GoalId, GoalId];
    expect(new Set([third, fourth])).toEqual(new Set([fromA, fromB]));
    must(a.board.moveGoal(one, { before: fourth }));
    sync(a, b);
    expect(b.board.goalIds()).toEqual([two, third, one, fourth]);
    a.board.undo();
    expect(a.board.goalIds()).toEqual(order);
  });

  test("[B11] a state and its reason are one value", () => {
    const { a, b } = twoDevices();
    const goal = aGoal(a.board);
    sync(a, b);
    must(a.board.setGoalState(goal, "let-go", "we moved"));
    must(b.board.setGoalState(goal, "working"));
    sync(a, b);
    const { state, stateReason, stateBy } = a.board.goal(goal) ?? {};
    expect([
      ["let-go", "we moved", ana],
      ["working", undefined, bo],
    ]).toContainEqual([state, stateReason, stateBy]);
    expect(b.board.goal(goal)).toEqual(a.board.goal(goal));
  });

  test("[B9] numbers, dates and words out of range are refused and change nothing", () => {
    const { board } = aDevice();
    const goal = aGoal(board);
    const before = board.goal(goal);
    for (const bad of [-1, 11, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(board.setGoodEnough(goal, bad)).toEqual(outOfRange);
      expect(board.setReading(goal, bad)).toEqual(outOfRange);
    }
    for (const bad of ["2026-02-30", "tomorrow", "2026-1-1", ""])
      expect(board.setReview(goal, bad)).toEqual(outOfRange);
    expect(board.setGoalState(goal, "let-go", "x".repeat(2_001))).toMatchObject({ error: { kind: "words-too-long" } });
    expect(board.addGoal({ language: "not a language" })).toEqual(outOfRange);
    expect(board.goal(goal)).toBe(before);
    must(board.setReview(goal, "2026-12-05"));
    must(board.setGoodEnough(goal, 7));
    must(board.setWhose(goal, "ours"));
    expect(board.goal(goal)).toMatchObject({ review: "2026-12-05", goodEnough: 7, whose: "ours" });
    must(board.setReview(goal, undefined));
    must(board.setGoodEnough(goal, undefined));
    expect(board.goal(goal)).toMatchObject({ review: undefined, goodEnough: undefined });
  });

  test("[B13] a second number on one day replaces the first, another day's and another person's stay", () => {
    const { a, b } = twoDevices();
    const goal = aGoal(a.board);
    sync(a, b);
    must(a.board.setReading(goal, 3));
    a.clock.now += 1_000;
    must(a.board.setReading(goal, 5));
    b.clock.now += 2_000;
    must(b.board.setReading(goal, 8));
    sync(a, b);
    const first = a.board.readingsOf(goal);
    expect(first.map(({ person, number }) => [person, number])).toEqual([
      [ana, 5],
      [bo, 8],
    ]);
    a.clock.now += 86_400_000;
    a.clock.today = "2026-03-03";
    must(a.board.setReading(goal, 6));
    expect(a.board.readingsOf(goal).map(({ number }) => number)).toEqual([5, 8, 6]);
    expect(a.board.readingsOf(goal)).toBe(a.board.readingsOf(goal));
    expect(a.board.readingsOf(goal)[0]?.id).toBe(first[0]?.id);
  });

  test("[B10] links of a card that is put away are hidden with it and come back with it", () => {
    const { board } = aDevice();
    const [card, goal] = [aCard(board), aGoal(board)];
    const link = must(board.linkStrength(card, goal));
    expect(must(board.linkStrength(card, goal))).toBe(link);
    must(board.removeCard(card));
    expect(board.linksOfGoal(goal)).toEqual([]);
    expect(board.linkStrength(card, goal)).toMatchObject({ error: { kind: "card-not-found" } });
    must(board.bringBackCard(card));
    expect(board.linksOfGoal(goal)).toEqual([{ id: link, kind: "strength-goal", cardId: card, goalId: goal, by: ana }]);
    expect(board.linksOfCard(card)).toEqual(board.linksOfGoal(goal));
  });

  test("[B14] two people connecting the same two makes one connection, and one taking away", () => {
    const { a, b } = twoDevices();
    const [card, goal] = [aCard(a.board), aGoal(a.board)];
    sync(a, b);
    must(a.board.linkStrength(card, goal));
    must(b.board.linkStrength(card, goal));
    sync(a, b);
    expect(a.board.linksOfGoal(goal)).toHaveLength(1);
    expect(b.board.linksOfGoal(goal)).toEqual(a.board.linksOfGoal(goal));
    must(a.board.unlink(a.board.linksOfGoal(goal)[0]?.id ?? ("" as never)));
    sync(a, b);
    expect(b.board.linksOfGoal(goal)).toEqual([]);
  });
});

describe("steps", () => {
  test("[B3] a step says what, who, by when and how big, and each can be changed", () => {
    const { board, clock } = aDevice();
    const goal = aGoal(board);
    const step = aStep(board, goal, { who: [{ person: bo }], byWhen: { when: "when the letter comes" } });
    expect(board.step(step)).toMatchObject({
      goalId: goal,
      what: { text: "Call the office" },
      who: [{ person: bo }],
      byWhen: { when: "when the letter comes" },
      size: "this-week",
      state: "to-do",
    });
    clock.now += 7;
    must(board.setStepWho(step, [{ person: ana }, { name: "Aunt Vi" }]));
    must(board.setStepByWhen(step, { date: "2026-12-05" }));
    must(board.setStepSize(step, "today"));
    must(board.setStepState(step, "done"));
    expect(board.step(step)).toMatchObject({
      who: [{ person: ana }, { name: "Aunt Vi" }],
      byWhen: { date: "2026-12-05" },
      size: "today",
      state: "done",
      stateAt: clock.now,
    });
    must(board.setStepByWhen(step, undefined));
    expect(board.step(step)?.byWhen).toBeUndefined();
    expect(board.setStepByWhen(step, { date: "2026-99-01" })).toEqual(outOfRange);
  });

  test("[B12] steps move within a goal and to another", () => {
    const { board } = aDevice();
    const [goal, other] = [aGoal(board), aGoal(board)];
    const [one, two, three] = [aStep(board, goal), aStep(board, goal), aStep(board, other)];
    must(board.moveStep(two, goal, { before: one }));
    expect(board.stepIdsOf(goal)).toEqual([two, one]);
    must(board.moveStep(one, other, { before: three }));
    expect([board.stepIdsOf(goal), board.stepIdsOf(other)]).toEqual([[two], [one, three]]);
    board.undo();
    expect([board.stepIdsOf(goal), board.stepIdsOf(other)]).toEqual([[two, one], [three]]);
  });

  test("[B10] a step that was put away can be brought back to its place", () => {
    const { board } = aDevice();
    const goal = aGoal(board);
    const [one, two] = [aStep(board, goal), aStep(board, goal)];
    must(board.removeStep(one));
    expect([board.stepIdsOf(goal), board.removedStepIdsOf(goal)]).toEqual([[two], [one]]);
    expect(board.setStepState(one, "done")).toMatchObject({ error: { kind: "step-not-found" } });
    must(board.bringBackStep(one));
    expect([board.stepIdsOf(goal), board.removedStepIdsOf(goal)]).toEqual([[one, two], []]);
  });
});

import { expect, test } from "vitest";
import { aDevice, aGoal, aStep, must } from "../../../support/builders.ts";

test("[B23] moving a step to another group changes its place and its size as one undo step", () => {
  const { board } = aDevice();
  const goal = aGoal(board);
  const call = aStep(board, goal, { what: "Call", size: "today" });
  const ask = aStep(board, goal, { what: "Ask", size: "later" });
  must(board.moveStep(ask, goal, { before: call }, "today"));
  expect(board.stepIdsOf(goal)).toEqual([ask, call]);
  expect(board.step(ask)?.size).toBe("today");
  expect(board.undo()).toBe("done");
  expect(board.stepIdsOf(goal)).toEqual([call, ask]);
  expect(board.step(ask)?.size).toBe("later");
});

test("a size that does not exist is refused, and the step stays where it is", () => {
  const { board } = aDevice();
  const goal = aGoal(board);
  const call = aStep(board, goal);
  const ask = aStep(board, goal);
  expect(board.moveStep(ask, goal, { before: call }, "never" as "later")).toEqual({
    ok: false,
    error: { kind: "value-out-of-range" },
  });
  expect(board.stepIdsOf(goal)).toEqual([call, ask]);
});

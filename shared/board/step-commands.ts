import * as Y from "yjs";
import { type Rank, ranksToInsert } from "../order/rank.ts";
import { fail, ok } from "../result.ts";
import type { Board, ByWhen, Doer, Done } from "./board.ts";
import {
  authorOf,
  goalNotFound,
  isTooLong,
  outOfRange,
  readOnly,
  stepNotFound,
  tooLong,
  type Workbench,
  wellFormed,
  writableLane,
  writeFields,
} from "./commands.ts";
import { newId, type StepId } from "./ids.ts";
import { type Lane, laneNaming, mayName } from "./lanes.ts";
import { parseByWhen, parseDoers, parseLanguage, parseOneOf } from "./read-value.ts";
import { roots, stepFields, stepSizes, stepStates } from "./schema.ts";
import type { ValueWrite } from "./undo.ts";
import { newText } from "./words.ts";

type StepCommands = Pick<
  Board,
  | "addStep"
  | "moveStep"
  | "setStepWho"
  | "setStepByWhen"
  | "setStepSize"
  | "setStepState"
  | "removeStep"
  | "bringBackStep"
>;

export function stepCommands(bench: Workbench): StepCommands {
  const { lanes, index, history, context } = bench;
  const { goals, steps } = index.caches;

  /** A step on the plan; one put away can only be brought back. */
  const findStep = (id: StepId): Done<Lane> => {
    index.settle();
    const isThere = steps.get(id)?.step.removed === undefined;
    return writableLane(isThere ? steps.laneOf(id) : undefined, stepNotFound(id));
  };
  const set = (id: StepId, field: string, value: unknown): Done => {
    const lane = findStep(id);
    if (!lane.ok) return lane;
    writeFields(bench, lane.value, roots.steps, id, [{ field, value }]);
    return ok(undefined);
  };
  const rankOf = (id: StepId): Rank | undefined => steps.get(id)?.rank;
  const valueWrite = (id: StepId, field: string, value: unknown): ValueWrite | undefined => {
    const lane = steps.laneOf(id);
    if (lane?.access !== "write") return undefined;
    return { lane, slot: { root: roots.steps, id, field }, value: () => value };
  };

  return {
    addStep: (step) => {
      index.settle();
      if (isTooLong(step.what) || areWordsTooLong(step.who, step.byWhen)) return fail(tooLong);
      const goalLane = index.isShownGoal(step.goalId) ? goals.laneOf(step.goalId) : undefined;
      if (!goalLane) return fail(goalNotFound(step.goalId));
      const language = parseLanguage(step.language ?? context.language());
      const size = parseOneOf(stepSizes, step.size ?? "this-week");
      const who = parseDoers(step.who ?? []);
      const byWhen = step.byWhen && parseByWhen(step.byWhen);
      if (!language || !size || !who || (step.byWhen && !byWhen)) return fail(outOfRange);
      const lane = laneNaming([goalLane], lanes);
      if (!lane) return fail(readOnly);
      const id = newId<StepId>(context.random);
      const ranks = index
        .stepIdsOf(step.goalId)
        .map(rankOf)
        .filter((rank) => rank !== undefined);
      const createdAt = context.now();
      history.add(
        lane,
        roots.steps,
        id,
        () =>
          new Y.Map<unknown>([
            [stepFields.goal, step.goalId],
            [stepFields.what, newText(wellFormed(step.what ?? ""), authorOf(bench, step))],
            [stepFields.who, who],
            [stepFields.size, size],
            [stepFields.state, { state: "to-do", by: context.me, at: createdAt }],
            [stepFields.rank, ranksToInsert(ranks, ranks.length).rank],
            [stepFields.author, context.me],
            [stepFields.language, language],
            [stepFields.createdAt, createdAt],
            ...(byWhen ? ([[stepFields.byWhen, byWhen]] as const) : []),
          ]),
        { by: context.me, at: createdAt, undone: true },
      );
      return ok(id);
    },
    moveStep: (id, goalId, to, size) => {
      if (size !== undefined && !parseOneOf(stepSizes, size)) return fail(outOfRange);
      const lane = findStep(id);
      if (!lane.ok) return lane;
      const goalLane = index.isShownGoal(goalId) ? goals.laneOf(goalId) : undefined;
      if (!goalLane) return fail(goalNotFound(goalId));
      if (!mayName(lane.value, goalLane)) return fail(readOnly);
      const resized =
        size === undefined || steps.get(id)?.step.size === size ? undefined : valueWrite(id, stepFields.size, size);
      if (to !== "end" && to.before === id) {
        if (resized) history.write([resized]);
        return ok(undefined);
      }
      const others = index.stepIdsOf(goalId).filter((other) => other !== id);
      const position = to === "end" ? others.length : others.indexOf(to.before);
      if (to !== "end" && position < 0) return fail(stepNotFound(to.before));
      const ranks = others.map(rankOf).filter((rank) => rank !== undefined);
      const { rank, rewritten } = ranksToInsert(ranks, position);
      const writes = [
        steps.get(id)?.step.goalId === goalId ? undefined : valueWrite(id, stepFields.goal, goalId),
        resized,
        valueWrite(id, stepFields.rank, rank),
        ...[...rewritten].map(([at, fresh]) => valueWrite(others[at] as StepId, stepFields.rank, fresh)),
      ];
      history.write(writes.filter((write) => write !== undefined));
      return ok(undefined);
    },
    setStepWho: (id, who) => {
      if (areWordsTooLong(who, undefined)) return fail(tooLong);
      const parsed = parseDoers(who);
      return parsed ? set(id, stepFields.who, parsed) : fail(outOfRange);
    },
    setStepByWhen: (id, byWhen) => {
      if (areWordsTooLong(undefined, byWhen)) return fail(tooLong);
      const parsed = byWhen && parseByWhen(byWhen);
      return byWhen && !parsed ? fail(outOfRange) : set(id, stepFields.byWhen, parsed);
    },
    setStepSize: (id, size) => (parseOneOf(stepSizes, size) ? set(id, stepFields.size, size) : fail(outOfRange)),
    setStepState: (id, state) =>
      parseOneOf(stepStates, state)
        ? set(id, stepFields.state, { state, by: context.me, at: context.now() })
        : fail(outOfRange),
    removeStep: (id) => set(id, stepFields.removed, { by: context.me, at: context.now() }),
    bringBackStep: (id) => {
      index.settle();
      const lane = writableLane(steps.laneOf(id), stepNotFound(id));
      if (!lane.ok) return lane;
      writeFields(bench, lane.value, roots.steps, id, [{ field: stepFields.removed, value: undefined }]);
      return ok(undefined);
    },
  };
}

function areWordsTooLong(who: readonly Doer[] | undefined, byWhen: ByWhen | undefined): boolean {
  return (
    (who ?? []).some((doer) => "name" in doer && isTooLong(doer.name)) ||
    (byWhen !== undefined && "when" in byWhen && isTooLong(byWhen.when))
  );
}

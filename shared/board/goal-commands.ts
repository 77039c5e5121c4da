import * as Y from "yjs";
import { type Rank, ranksToInsert } from "../order/rank.ts";
import { fail, ok } from "../result.ts";
import type { Board, Done } from "./board.ts";
import {
  authorOf,
  cardNotFound,
  goalNotFound,
  isTooLong,
  outOfRange,
  readOnly,
  tooLong,
  type Workbench,
  wellFormed,
  writableLane,
  writeFields,
} from "./commands.ts";
import { type GoalId, type LinkId, newId, type ReadingId } from "./ids.ts";
import { type Lane, laneForNew, laneNaming } from "./lanes.ts";
import { parseDay, parseLanguage, parseOneOf, parseScore } from "./read-value.ts";
import { goalFields, goalStates, linkFields, readingFields, roots } from "./schema.ts";
import type { ValueWrite } from "./undo.ts";
import { newText } from "./words.ts";

type GoalCommands = Pick<
  Board,
  | "addGoal"
  | "moveGoal"
  | "setGoalState"
  | "setGoodEnough"
  | "setWhose"
  | "setReview"
  | "setReading"
  | "linkStrength"
  | "unlink"
>;

export function goalCommands(bench: Workbench): GoalCommands {
  const { lanes, index, history, context } = bench;
  const { cards, goals, readings, links } = index.caches;

  const findGoal = (id: GoalId): Done<Lane> => {
    index.settle();
    return writableLane(index.isShownGoal(id) ? goals.laneOf(id) : undefined, goalNotFound(id));
  };
  const set = (id: GoalId, field: string, value: unknown): Done => {
    const lane = findGoal(id);
    if (!lane.ok) return lane;
    writeFields(bench, lane.value, roots.goals, id, [{ field, value }]);
    return ok(undefined);
  };
  const rankOf = (id: GoalId): Rank | undefined => goals.get(id)?.rank;
  const rankWrite = (id: GoalId, rank: Rank): ValueWrite | undefined => {
    const lane = goals.laneOf(id);
    if (lane?.access !== "write") return undefined;
    return { lane, slot: { root: roots.goals, id, field: goalFields.rank }, value: () => rank };
  };

  return {
    addGoal: (goal) => {
      index.settle();
      if (isTooLong(goal.words)) return fail(tooLong);
      const language = parseLanguage(goal.language ?? context.language());
      if (!language) return fail(outOfRange);
      const lane = laneForNew(lanes);
      if (!lane) return fail(readOnly);
      const id = newId<GoalId>(context.random);
      const author = authorOf(bench, goal);
      const ranks = index
        .goalIds()
        .map(rankOf)
        .filter((rank) => rank !== undefined);
      const createdAt = context.now();
      history.add(
        lane,
        roots.goals,
        id,
        () =>
          new Y.Map<unknown>([
            [goalFields.words, newText(wellFormed(goal.words ?? ""), author)],
            [goalFields.why, new Y.XmlFragment()],
            [goalFields.notes, new Y.XmlFragment()],
            [goalFields.zero, new Y.Text()],
            [goalFields.ten, new Y.Text()],
            [goalFields.signs, new Y.Text()],
            [goalFields.whose, goal.whose ?? "mine"],
            [goalFields.state, { state: "idea", by: context.me, at: createdAt }],
            [goalFields.rank, ranksToInsert(ranks, ranks.length).rank],
            [goalFields.author, context.me],
            [goalFields.language, language],
            [goalFields.createdAt, createdAt],
          ]),
        { by: context.me, at: createdAt, undone: true },
      );
      return ok(id);
    },
    moveGoal: (id, to) => {
      const lane = findGoal(id);
      if (!lane.ok) return lane;
      if (to !== "end" && to.before === id) return ok(undefined);
      const others = index.goalIds().filter((other) => other !== id);
      const position = to === "end" ? others.length : others.indexOf(to.before);
      if (to !== "end" && position < 0) return fail(goalNotFound(to.before));
      const ranks = others.map(rankOf).filter((rank) => rank !== undefined);
      const { rank, rewritten } = ranksToInsert(ranks, position);
      const writes = [
        rankWrite(id, rank),
        ...[...rewritten].map(([at, fresh]) => rankWrite(others[at] as GoalId, fresh)),
      ];
      history.write(writes.filter((write) => write !== undefined));
      return ok(undefined);
    },
    setGoalState: (id, state, reason) => {
      if (!parseOneOf(goalStates, state)) return fail(outOfRange);
      if (isTooLong(reason)) return fail(tooLong);
      const value = { state, by: context.me, at: context.now() };
      return set(id, goalFields.state, reason ? { ...value, reason: wellFormed(reason) } : value);
    },
    setGoodEnough: (id, number) =>
      number === undefined || parseScore(number) !== undefined
        ? set(id, goalFields.goodEnough, number)
        : fail(outOfRange),
    setWhose: (id, whose) =>
      parseOneOf(["mine", "ours"] as const, whose) ? set(id, goalFields.whose, whose) : fail(outOfRange),
    setReview: (id, date) =>
      date === undefined || parseDay(date) ? set(id, goalFields.review, date) : fail(outOfRange),
    setReading: (goalId, number) => {
      index.settle();
      if (parseScore(number) === undefined) return fail(outOfRange);
      const goalLane = index.isShownGoal(goalId) ? goals.laneOf(goalId) : undefined;
      if (!goalLane) return fail(goalNotFound(goalId));
      const day = context.today();
      const earlier = index
        .readingsOf(goalId)
        .map((reading) => readings.get(reading.id))
        .findLast((stored) => stored?.reading.person === context.me && stored.day === day);
      const earlierLane = earlier && readings.laneOf(earlier.reading.id);
      const lane = earlierLane?.access === "write" ? earlierLane : laneNaming([goalLane], lanes);
      if (!lane) return fail(readOnly);
      const id = earlier && lane === earlierLane ? earlier.reading.id : newId<ReadingId>(context.random);
      const fields: [string, unknown][] = [
        [readingFields.goal, goalId],
        [readingFields.person, context.me],
        [readingFields.number, number],
        [readingFields.at, context.now()],
        [readingFields.day, day],
      ];
      history.write([
        { lane, slot: { root: roots.readings, id, field: undefined }, value: () => new Y.Map<unknown>(fields) },
      ]);
      return ok(undefined);
    },
    linkStrength: (cardId, goalId) => {
      index.settle();
      const cardLane = cards.get(cardId)?.card.removed === undefined ? cards.laneOf(cardId) : undefined;
      if (!cardLane) return fail(cardNotFound(cardId));
      const goalLane = index.isShownGoal(goalId) ? goals.laneOf(goalId) : undefined;
      if (!goalLane) return fail(goalNotFound(goalId));
      const existing = index.linksOfGoal(goalId).find((link) => link.cardId === cardId);
      if (existing) return ok(existing.id);
      const lane = laneNaming([cardLane, goalLane], lanes);
      if (!lane) return fail(readOnly);
      const id = newId<LinkId>(context.random);
      const fields: [string, unknown][] = [
        [linkFields.kind, "strength-goal"],
        [linkFields.card, cardId],
        [linkFields.goal, goalId],
        [linkFields.by, context.me],
      ];
      history.write([
        { lane, slot: { root: roots.links, id, field: undefined }, value: () => new Y.Map<unknown>(fields) },
      ]);
      return ok(id);
    },
    unlink: (id) => {
      index.settle();
      const link = links.get(id);
      // Somebody else was quicker: what was asked for is already so.
      if (!link) return ok(undefined);
      const same = [...links.values()].filter((other) => other.cardId === link.cardId && other.goalId === link.goalId);
      const writes: ValueWrite[] = [];
      for (const { id: linkId } of same) {
        const lane = links.laneOf(linkId);
        if (lane?.access !== "write") return fail(readOnly);
        writes.push({ lane, slot: { root: roots.links, id: linkId, field: undefined }, value: undefined });
      }
      history.write(writes);
      return ok(undefined);
    },
  };
}

import { assert } from "../assert.ts";
import type { BoardRecords, LongWords, Run, Words } from "../board/board.ts";
import {
  type CardId,
  type GoalId,
  type LaneId,
  type LinkId,
  newId,
  type PersonId,
  type RandomBytes,
  type ReadingId,
  type StepId,
} from "../board/ids.ts";
import type { BoardFile, FileId, FileLane, FileLongWords, FileWords } from "./board-file.ts";

/**
 * The records of a parsed file with fresh ids, for `shared/board/write-records.ts`. `people` has an id for everybody of
 * the file. What stands in the same place on the board is ordered by id, so fresh ids ascend in the file's order.
 */
export function recordsOf(
  file: BoardFile,
  people: ReadonlyMap<FileId, PersonId>,
  lanes: Readonly<Record<FileLane, LaneId>>,
  random: RandomBytes,
): BoardRecords {
  const cardIds = ascending<CardId>(file.cards.length, random);
  const goalIds = ascending<GoalId>(file.goals.length, random);
  const stepIds = ascending<StepId>(file.steps.length, random);
  const readingIds = ascending<ReadingId>(file.readings.length, random);
  const linkIds = ascending<LinkId>(file.links.length, random);
  const cards = new Map(file.cards.map(({ id }, index) => [id, cardIds[index] as CardId]));
  const goals = new Map(file.goals.map(({ id }, index) => [id, goalIds[index] as GoalId]));
  const person = (id: FileId): PersonId => found(people, id);
  const maybe = (id: FileId | undefined) => (id === undefined ? undefined : person(id));
  const words = wordsReader(maybe);
  const removed = (value: { readonly by: FileId; readonly at: string } | undefined) =>
    value && { by: person(value.by), at: Date.parse(value.at) };
  const writing = (record: {
    readonly lane: FileLane;
    readonly author: FileId;
    readonly language: string;
    readonly createdAt: string;
  }) => ({
    laneId: lanes[record.lane],
    author: person(record.author),
    language: record.language,
    createdAt: Date.parse(record.createdAt),
  });

  return {
    cards: file.cards.map((card, index) => {
      const story = words.long(card.story);
      return {
        ...writing(card),
        id: cardIds[index] as CardId,
        kind: card.kind,
        words: words.short(card.words),
        story,
        hasStory: !story.isEmpty,
        place: card.place,
        removed: removed(card.removed),
        besides: card.besides === undefined ? undefined : found(cards, card.besides),
      };
    }),
    goals: file.goals.map((goal, index) => ({
      ...writing(goal),
      id: goalIds[index] as GoalId,
      words: words.short(goal.words),
      why: words.long(goal.why),
      notes: words.long(goal.notes),
      zero: words.short(goal.zero),
      ten: words.short(goal.ten),
      signs: words.short(goal.signs),
      goodEnough: goal.goodEnough,
      whose: goal.whose,
      state: goal.state.is,
      stateReason: goal.state.reason,
      stateBy: maybe(goal.state.by),
      stateAt: momentOf(goal.state.at),
      review: goal.review,
    })),
    steps: file.steps.map((step, index) => ({
      ...writing(step),
      id: stepIds[index] as StepId,
      goalId: found(goals, step.goal),
      what: words.short(step.what),
      who: step.who.map((doer) => ("person" in doer ? { person: person(doer.person) } : { name: doer.name })),
      byWhen: step.byWhen,
      size: step.size,
      state: step.state.is,
      stateBy: maybe(step.state.by),
      stateAt: momentOf(step.state.at),
      removed: removed(step.removed),
    })),
    readings: file.readings.map((reading, index) => ({
      id: readingIds[index] as ReadingId,
      laneId: lanes[reading.lane],
      goalId: found(goals, reading.goal),
      person: person(reading.person),
      number: reading.number,
      at: Date.parse(reading.at),
      day: reading.day,
    })),
    links: file.links.map((link, index) => ({
      id: linkIds[index] as LinkId,
      laneId: lanes[link.lane],
      kind: link.kind,
      cardId: found(cards, link.card),
      goalId: found(goals, link.goal),
      by: person(link.by),
    })),
  };
}

function ascending<Id extends string>(count: number, random: RandomBytes): readonly Id[] {
  return Array.from({ length: count }, () => newId<Id>(random)).sort((a, b) => (a < b ? -1 : 1));
}

function found<T>(ids: ReadonlyMap<FileId, T>, id: FileId): T {
  const value = ids.get(id);
  assert(value !== undefined, "a parsed file names only what is in it");
  return value;
}

const momentOf = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));

function wordsReader(person: (id: FileId | undefined) => PersonId | undefined) {
  const runs = (list: FileWords): readonly Run[] =>
    list.map(({ text, said, typed, how }) => ({ text, said: person(said), typed: person(typed), how }));
  return {
    short: (list: FileWords): Words => ({ text: list.map(({ text }) => text).join(""), runs: runs(list) }),
    long: (list: FileLongWords): LongWords => ({
      paragraphs: list.map(runs),
      isEmpty: list.every((paragraph) => paragraph.length === 0),
    }),
  };
}

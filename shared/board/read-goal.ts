import * as Y from "yjs";
import { parseRank, type Rank } from "../order/rank.ts";
import type { Goal, Link, Reading } from "./board.ts";
import { type CardId, type GoalId, type LaneId, type LinkId, type PersonId, parseId, type ReadingId } from "./ids.ts";
import { readLongWords } from "./long-words.ts";
import { asFields, parseDay, parseLanguage, parseMoment, parseOneOf, parseRemoved, parseScore } from "./read-value.ts";
import { goalFields, goalStates, linkFields, linkKinds, readingFields } from "./schema.ts";
import { hasWordsOfOthers, readWords } from "./words.ts";

export interface StoredGoal {
  readonly goal: Goal;
  readonly rank: Rank;
  /** Unix ms of the last change of state. */
  readonly stateAt: number | undefined;
  /** Who undid its adding, while nobody else has words in it. */
  readonly undoneBy: PersonId | undefined;
}

/** A goal from its record, or `undefined` when the record is not one. */
export function readGoal(id: GoalId, record: unknown, laneId: LaneId): StoredGoal | undefined {
  if (!(record instanceof Y.Map)) return undefined;
  const texts = [goalFields.words, goalFields.zero, goalFields.ten, goalFields.signs].map((field) => record.get(field));
  const [wordsText, zeroText, tenText, signsText] = texts;
  const why = record.get(goalFields.why);
  const notes = record.get(goalFields.notes);
  if (!(wordsText instanceof Y.Text) || !(zeroText instanceof Y.Text)) return undefined;
  if (!(tenText instanceof Y.Text) || !(signsText instanceof Y.Text)) return undefined;
  if (!(why instanceof Y.XmlFragment) || !(notes instanceof Y.XmlFragment)) return undefined;
  const whose = parseOneOf(["mine", "ours"] as const, record.get(goalFields.whose));
  const stateFields = asFields(record.get(goalFields.state));
  const state = parseOneOf(goalStates, stateFields?.state);
  const rank = parseRank(record.get(goalFields.rank));
  const author = parseId<PersonId>(record.get(goalFields.author));
  const language = parseLanguage(record.get(goalFields.language));
  const createdAt = parseMoment(record.get(goalFields.createdAt));
  if (!whose || !state || !rank || !author || !language || createdAt === undefined) return undefined;
  const goal: Goal = {
    id,
    laneId,
    words: readWords(wordsText),
    why: readLongWords(why),
    notes: readLongWords(notes),
    zero: readWords(zeroText),
    ten: readWords(tenText),
    signs: readWords(signsText),
    goodEnough: parseScore(record.get(goalFields.goodEnough)),
    whose,
    state,
    stateReason: typeof stateFields?.reason === "string" ? stateFields.reason : undefined,
    stateBy: parseId<PersonId>(stateFields?.by),
    review: parseDay(record.get(goalFields.review)),
    author,
    language,
    createdAt,
  };
  const removed = parseRemoved(record.get(goalFields.removed));
  const texted = [goal.words, goal.zero, goal.ten, goal.signs].map((words) => words.runs);
  const isWrittenOn =
    removed !== undefined &&
    [...texted, ...goal.why.paragraphs, ...goal.notes.paragraphs].some((runs) => hasWordsOfOthers(runs, removed.by));
  const stateAt = parseMoment(stateFields?.at);
  return { goal, rank, stateAt, undoneBy: removed && !isWrittenOn ? removed.by : undefined };
}

export interface StoredReading {
  readonly reading: Reading;
  readonly day: string | undefined;
}

export function readReading(id: ReadingId, record: unknown): StoredReading | undefined {
  if (!(record instanceof Y.Map)) return undefined;
  const goalId = parseId<GoalId>(record.get(readingFields.goal));
  const person = parseId<PersonId>(record.get(readingFields.person));
  const number = parseScore(record.get(readingFields.number));
  const at = parseMoment(record.get(readingFields.at));
  if (!goalId || !person || number === undefined || at === undefined) return undefined;
  return { reading: { id, goalId, person, number, at }, day: parseDay(record.get(readingFields.day)) };
}

export function readLink(id: LinkId, record: unknown): Link | undefined {
  if (!(record instanceof Y.Map)) return undefined;
  const kind = parseOneOf(linkKinds, record.get(linkFields.kind));
  const cardId = parseId<CardId>(record.get(linkFields.card));
  const goalId = parseId<GoalId>(record.get(linkFields.goal));
  const by = parseId<PersonId>(record.get(linkFields.by));
  return kind && cardId && goalId && by && { id, kind, cardId, goalId, by };
}

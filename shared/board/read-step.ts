import * as Y from "yjs";
import { parseRank, type Rank } from "../order/rank.ts";
import type { Step } from "./board.ts";
import { type GoalId, type LaneId, type PersonId, parseId, type StepId } from "./ids.ts";
import {
  asFields,
  parseByWhen,
  parseDoers,
  parseLanguage,
  parseMoment,
  parseOneOf,
  parseRemoved,
} from "./read-value.ts";
import { stepFields, stepSizes, stepStates } from "./schema.ts";
import { hasWordsOfOthers, readWords } from "./words.ts";

export interface StoredStep {
  readonly step: Step;
  readonly rank: Rank;
  /** Who changed its state last. */
  readonly stateBy: PersonId | undefined;
  /** Its adding was undone, so it is not among the steps put away either. */
  readonly isUndone: boolean;
}

/** A step from its record, or `undefined` when the record is not one. */
export function readStep(id: StepId, record: unknown, laneId: LaneId): StoredStep | undefined {
  if (!(record instanceof Y.Map)) return undefined;
  const what = record.get(stepFields.what);
  const goalId = parseId<GoalId>(record.get(stepFields.goal));
  const who = parseDoers(record.get(stepFields.who));
  const size = parseOneOf(stepSizes, record.get(stepFields.size));
  const stateFields = asFields(record.get(stepFields.state));
  const state = parseOneOf(stepStates, stateFields?.state);
  const rank = parseRank(record.get(stepFields.rank));
  const author = parseId<PersonId>(record.get(stepFields.author));
  const language = parseLanguage(record.get(stepFields.language));
  const createdAt = parseMoment(record.get(stepFields.createdAt));
  if (!(what instanceof Y.Text) || !goalId || !who || !size || !state) return undefined;
  if (!rank || !author || !language || createdAt === undefined) return undefined;
  const words = readWords(what);
  const removed = parseRemoved(record.get(stepFields.removed));
  const isWrittenOn = removed?.isUndone === true && hasWordsOfOthers(words.runs, removed.by);
  return {
    step: {
      id,
      laneId,
      goalId,
      what: words,
      who,
      byWhen: parseByWhen(record.get(stepFields.byWhen)),
      size,
      state,
      stateAt: parseMoment(stateFields?.at),
      author,
      language,
      createdAt,
      removed: removed && !isWrittenOn ? { by: removed.by, at: removed.at } : undefined,
    },
    rank,
    stateBy: parseId<PersonId>(stateFields?.by),
    isUndone: removed?.isUndone === true && !isWrittenOn,
  };
}

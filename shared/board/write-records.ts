import * as Y from "yjs";
import { assert } from "../assert.ts";
import { type Rank, ranksToInsert } from "../order/rank.ts";
import type { BoardRecords, LongWords, Run, Words } from "./board.ts";
import type { GoalId, LaneId } from "./ids.ts";
import type { ReadRoot } from "./lanes.ts";
import { origins } from "./origins.ts";
import { cardFields, goalFields, linkFields, readingFields, roots, runAttribute, stepFields } from "./schema.ts";
import { upgradeLane } from "./upgrade.ts";

/** One stretch of a lane's new document, to be kept in the order in which it came. */
export interface LaneUpdate {
  readonly laneId: LaneId;
  readonly bytes: Uint8Array;
}

/** Bytes gathered before they become an update: with the largest single change on top it stays under the wire's limit. */
const gatheredBytes = 24 * 1024;
/** Letters (UTF-16 units) written by one change: at most 24 kB as UTF-8. */
const lettersAtOnce = 8_000;

/**
 * Writes records into fresh documents, one for each of `lanes`, under the origin `import`, and gives their updates.
 * Records keep the ids they come with and stand in the order they come in. A lane without records has no update.
 * `undefined` in between is a good moment to let others run: nothing here takes longer than a few milliseconds.
 *
 * The caller must keep true that each record's lane is one of `lanes`. `newClientId` gives numbers below 2³².
 */
export function* writeRecords(
  lanes: readonly LaneId[],
  records: BoardRecords,
  newClientId: () => number,
): Generator<LaneUpdate | undefined, void> {
  const ranks = ranksOf(records);
  for (const laneId of lanes) {
    const lane = startLane(newClientId());
    const isHere = (record: { readonly laneId: LaneId }) => record.laneId === laneId;
    for (const card of records.cards.filter(isHere)) yield* written(lane, laneId, cardRecord(card));
    for (const goal of records.goals.filter(isHere)) yield* written(lane, laneId, goalRecord(goal, ranks));
    for (const step of records.steps.filter(isHere)) yield* written(lane, laneId, stepRecord(step, ranks));
    for (const reading of records.readings.filter(isHere)) yield* written(lane, laneId, readingRecord(reading));
    for (const link of records.links.filter(isHere)) yield* written(lane, laneId, linkRecord(link));
    const bytes = lane.takeRest();
    if (bytes) yield { laneId, bytes };
    lane.doc.destroy();
  }
  const known = new Set(lanes);
  for (const list of Object.values(records)) {
    for (const { laneId } of list) assert(known.has(laneId), "a record's lane is one of those written");
  }
}

/** A record before it is stored: plain values, and texts that are filled in afterwards, piece by piece. */
interface NewRecord {
  readonly root: ReadRoot;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly words: Readonly<Record<string, Words>>;
  readonly longWords: Readonly<Record<string, LongWords>>;
}

function startLane(clientId: number) {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  let gathered = 0;
  const waiting: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => {
    gathered += update.length;
    waiting.push(update);
  });
  const take = (): Uint8Array => {
    gathered = 0;
    return Y.mergeUpdates(waiting.splice(0));
  };
  return {
    doc,
    change: (run: () => void) => doc.transact(run, origins.import),
    takeIfMuch: () => (gathered > gatheredBytes ? take() : undefined),
    takeRest: () => (gathered > 0 ? take() : undefined),
  };
}

function* written(
  lane: ReturnType<typeof startLane>,
  laneId: LaneId,
  record: NewRecord,
): Generator<LaneUpdate | undefined, void> {
  const { doc, change } = lane;
  const texts = Object.entries(record.words).map(([field, { runs }]) => ({ field, type: new Y.Text(), runs }));
  const fragments = Object.entries(record.longWords).map(([field, { paragraphs }]) => {
    return { field, type: new Y.XmlFragment(), paragraphs };
  });
  change(() => {
    upgradeLane(doc);
    const values = Object.entries(record.values).filter(([, value]) => value !== undefined);
    const types = [...texts, ...fragments].map(({ field, type }) => [field, type] as const);
    doc.getMap(record.root).set(record.id, new Y.Map<unknown>([...values, ...types]));
  });
  const taken = function* () {
    const bytes = lane.takeIfMuch();
    yield bytes && { laneId, bytes };
  };
  for (const { type, runs } of texts) {
    for (const piece of piecesOf(runs)) {
      change(() => append(type, piece));
      yield* taken();
    }
  }
  for (const { type, paragraphs } of fragments) {
    for (const runs of paragraphs) {
      const text = new Y.XmlText();
      change(() => {
        const paragraph = new Y.XmlElement("paragraph");
        type.insert(type.length, [paragraph]);
        if (runs.length > 0) paragraph.insert(0, [text]);
      });
      for (const piece of piecesOf(runs)) {
        change(() => append(text, piece));
        yield* taken();
      }
    }
  }
  yield* taken();
}

/** What comes in carries its own author, and nothing of its neighbours'. */
function append(text: Y.Text, { said, typed, how, text: letters }: Run): void {
  const author = defined({ said, typed, how });
  text.insert(text.length, letters, Object.keys(author).length > 0 ? { [runAttribute]: author } : {});
}

/** Runs cut where they are long, never between the halves of one character. */
function* piecesOf(runs: readonly Run[]): Generator<Run> {
  for (const run of runs) {
    for (let from = 0; from < run.text.length; ) {
      let to = Math.min(run.text.length, from + lettersAtOnce);
      const last = run.text.charCodeAt(to - 1);
      if (to < run.text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
      yield { ...run, text: run.text.slice(from, to) };
      from = to;
    }
  }
}

/** Ranks that keep goals, and the steps of each goal, in the order that they come in. */
function ranksOf({ goals, steps }: BoardRecords): ReadonlyMap<string, Rank> {
  const ranks = new Map<string, Rank>();
  const next = (last: Rank | undefined): Rank => ranksToInsert(last ? [last] : [], last ? 1 : 0).rank;
  let lastGoal: Rank | undefined;
  for (const { id } of goals) {
    lastGoal = next(lastGoal);
    ranks.set(id, lastGoal);
  }
  const lastSteps = new Map<GoalId, Rank>();
  for (const { id, goalId } of steps) {
    const rank = next(lastSteps.get(goalId));
    lastSteps.set(goalId, rank);
    ranks.set(id, rank);
  }
  return ranks;
}

function cardRecord(card: BoardRecords["cards"][number]): NewRecord {
  const { area, time, at } = card.place;
  return {
    root: roots.cards,
    id: card.id,
    values: {
      [cardFields.kind]: card.kind,
      [cardFields.place]: { area, time, at: { x: at.x, y: at.y } },
      [cardFields.author]: card.author,
      [cardFields.language]: card.language,
      [cardFields.createdAt]: card.createdAt,
      [cardFields.removed]: card.removed && { by: card.removed.by, at: card.removed.at },
      [cardFields.besides]: card.besides,
    },
    words: { [cardFields.words]: card.words },
    longWords: { [cardFields.story]: card.story },
  };
}

function goalRecord(goal: BoardRecords["goals"][number], ranks: ReadonlyMap<string, Rank>): NewRecord {
  const { state, stateReason, stateBy, stateAt } = goal;
  return {
    root: roots.goals,
    id: goal.id,
    values: {
      [goalFields.whose]: goal.whose,
      [goalFields.state]: defined({ state, reason: stateReason, by: stateBy, at: stateAt }),
      [goalFields.rank]: ranks.get(goal.id),
      [goalFields.goodEnough]: goal.goodEnough,
      [goalFields.review]: goal.review,
      [goalFields.author]: goal.author,
      [goalFields.language]: goal.language,
      [goalFields.createdAt]: goal.createdAt,
    },
    words: {
      [goalFields.words]: goal.words,
      [goalFields.zero]: goal.zero,
      [goalFields.ten]: goal.ten,
      [goalFields.signs]: goal.signs,
    },
    longWords: { [goalFields.why]: goal.why, [goalFields.notes]: goal.notes },
  };
}

function stepRecord(step: BoardRecords["steps"][number], ranks: ReadonlyMap<string, Rank>): NewRecord {
  const { state, stateBy, stateAt } = step;
  return {
    root: roots.steps,
    id: step.id,
    values: {
      [stepFields.goal]: step.goalId,
      [stepFields.who]: step.who,
      [stepFields.byWhen]: step.byWhen,
      [stepFields.size]: step.size,
      [stepFields.state]: defined({ state, by: stateBy, at: stateAt }),
      [stepFields.rank]: ranks.get(step.id),
      [stepFields.author]: step.author,
      [stepFields.language]: step.language,
      [stepFields.createdAt]: step.createdAt,
      [stepFields.removed]: step.removed && { by: step.removed.by, at: step.removed.at },
    },
    words: { [stepFields.what]: step.what },
    longWords: {},
  };
}

function readingRecord(reading: BoardRecords["readings"][number]): NewRecord {
  return {
    root: roots.readings,
    id: reading.id,
    values: {
      [readingFields.goal]: reading.goalId,
      [readingFields.person]: reading.person,
      [readingFields.number]: reading.number,
      [readingFields.at]: reading.at,
      [readingFields.day]: reading.day,
    },
    words: {},
    longWords: {},
  };
}

function linkRecord(link: BoardRecords["links"][number]): NewRecord {
  return {
    root: roots.links,
    id: link.id,
    values: {
      [linkFields.kind]: link.kind,
      [linkFields.card]: link.cardId,
      [linkFields.goal]: link.goalId,
      [linkFields.by]: link.by,
    },
    words: {},
    longWords: {},
  };
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

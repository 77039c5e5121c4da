import { ownerRole } from "../access/roles.ts";
import type { Board, BoardRecords, LongWords, Run, Words } from "../board/board.ts";
import type { LaneId, PersonId } from "../board/ids.ts";
import { parseLanguage } from "../board/read-value.ts";
import type { BoardView } from "../protocol/api.ts";
import {
  type BoardFile,
  boardFileFormat,
  boardFileVersion,
  type FileCard,
  type FileGoal,
  type FileId,
  type FileLane,
  type FileLink,
  type FileLongWords,
  type FilePerson,
  type FileReading,
  type FileRun,
  type FileStep,
  type FileWords,
  fileLanes,
} from "./board-file.ts";

/**
 * The board as a file, as `view`'s person may see it: only what stands in lanes that they may read, without private
 * lanes. What hangs on something left out is left out too, and numbers count only what is there, so that nothing in the
 * file tells that there was more. `exportedAt` is Unix ms.
 */
export function exportBoard(
  board: Pick<Board, "records">,
  view: Pick<BoardView, "title" | "lanes" | "people">,
  exportedAt: number,
): BoardFile {
  const laneOf = laneNames(view);
  const people = peopleCounter(view);
  const words = wordsWriter(people.idOf);
  const records = board.records();

  const cards = numbered("c", records.cards, laneOf);
  const goals = numbered("g", records.goals, laneOf);
  const steps = numbered(
    "s",
    records.steps.filter((step) => goals.ids.has(step.goalId)),
    laneOf,
  );
  const removed = (value: { readonly by: PersonId; readonly at: number } | undefined) =>
    value && { removed: { by: people.idOf(value.by), at: moment(value.at) } };
  const language = (tag: string) => parseLanguage(tag) ?? "und";
  const writing = (record: { readonly author: PersonId; readonly language: string; readonly createdAt: number }) => ({
    author: people.idOf(record.author),
    language: language(record.language),
    createdAt: moment(record.createdAt),
  });

  // The order in which people are counted is the order of the lines below, record by record.
  const fileCards = cards.list.map(({ id, lane, record }): FileCard => {
    const { kind, place } = record;
    const besides = record.besides && cards.ids.get(record.besides);
    return {
      ...{ id, lane, kind, ...writing(record) },
      words: words.short(record.words),
      story: words.long(record.story),
      place: { area: place.area, time: place.time, at: { x: place.at.x, y: place.at.y } },
      ...removed(record.removed),
      ...(besides && { besides }),
    };
  });
  const fileGoals = goals.list.map(({ id, lane, record }): FileGoal => {
    const { whose, goodEnough, review, state, stateReason, stateBy, stateAt } = record;
    return {
      ...{ id, lane, whose, ...writing(record) },
      words: words.short(record.words),
      why: words.long(record.why),
      notes: words.long(record.notes),
      zero: words.short(record.zero),
      ten: words.short(record.ten),
      signs: words.short(record.signs),
      state: {
        is: state,
        ...(stateReason !== undefined && { reason: stateReason.toWellFormed() }),
        ...changedBy(stateBy, stateAt, people.idOf),
      },
      ...(goodEnough !== undefined && { goodEnough }),
      ...(review !== undefined && { review }),
    };
  });
  const fileSteps = steps.list.map(({ id, lane, record }): FileStep => {
    const { byWhen, size, state, stateBy, stateAt } = record;
    return {
      ...{ id, lane, size, ...writing(record) },
      goal: goals.ids.get(record.goalId) as FileId,
      what: words.short(record.what),
      who: record.who.map((doer) =>
        "person" in doer ? { person: people.idOf(doer.person) } : { name: doer.name.toWellFormed() },
      ),
      ...(byWhen && { byWhen: "when" in byWhen ? { when: byWhen.when.toWellFormed() } : byWhen }),
      state: { is: state, ...changedBy(stateBy, stateAt, people.idOf) },
      ...removed(record.removed),
    };
  });
  const fileReadings = records.readings.flatMap((reading): FileReading[] => {
    const [lane, goal] = [laneOf(reading.laneId), goals.ids.get(reading.goalId)];
    if (!lane || !goal) return [];
    const { number, day } = reading;
    const person = people.idOf(reading.person);
    return [{ lane, goal, person, number, at: moment(reading.at), ...(day !== undefined && { day }) }];
  });
  const fileLinks = exportLinks(records.links, laneOf, cards.ids, goals.ids, people.idOf);

  return {
    format: boardFileFormat,
    version: boardFileVersion,
    exportedAt: moment(exportedAt),
    title: view.title,
    languages: [...new Set([...fileCards, ...fileGoals, ...fileSteps].map((record) => record.language))],
    people: people.list(language),
    cards: fileCards,
    goals: fileGoals,
    steps: fileSteps,
    readings: fileReadings,
    links: fileLinks,
  };
}

type LaneOf = (laneId: LaneId) => FileLane | undefined;

function laneNames({ lanes }: Pick<BoardView, "lanes">): LaneOf {
  const names = new Map(lanes.map(({ laneId, kind }) => [laneId, fileLanes.find((name) => name === kind)] as const));
  return (laneId) => names.get(laneId);
}

/** The records of lanes that go into the file, counted from 1. */
function numbered<Id extends string, T extends { readonly id: Id; readonly laneId: LaneId }>(
  letter: string,
  records: readonly T[],
  laneOf: LaneOf,
) {
  const list = records
    .flatMap((record) => {
      const lane = laneOf(record.laneId);
      return lane ? [{ lane, record }] : [];
    })
    .map((entry, index) => ({ ...entry, id: `${letter}${index + 1}` }));
  return { list, ids: new Map<Id, FileId>(list.map(({ id, record }) => [record.id, id])) };
}

function peopleCounter({ people }: Pick<BoardView, "people">) {
  const views = new Map(people.map((person) => [person.personId, person]));
  const ids = new Map<PersonId, FileId>();
  const idOf = (personId: PersonId): FileId => {
    const id = ids.get(personId) ?? `p${ids.size + 1}`;
    ids.set(personId, id);
    return id;
  };
  // The owner first, whether or not they have written anything.
  for (const person of people) if (person.role === ownerRole) idOf(person.personId);
  const list = (language: (tag: string) => string): readonly FilePerson[] =>
    [...ids].map(([personId, id]): FilePerson => {
      const view = views.get(personId);
      if (!view) return { id };
      const { name, role, colour, symbol } = view;
      return { id, name, role, language: language(view.language), colour, ...(symbol && { symbol }) };
    });
  return { idOf, list };
}

function wordsWriter(idOf: (personId: PersonId) => FileId) {
  const run = ({ text, said, typed, how }: Run): FileRun => ({
    text: text.toWellFormed(),
    ...(said !== undefined && { said: idOf(said) }),
    ...(typed !== undefined && { typed: idOf(typed) }),
    ...(how !== undefined && { how }),
  });
  const runs = (list: readonly Run[]): FileWords => {
    const joined: FileRun[] = [];
    for (const each of list.map(run)) {
      const last = joined.at(-1);
      if (last && last.said === each.said && last.typed === each.typed && last.how === each.how) {
        joined[joined.length - 1] = { ...last, text: last.text + each.text };
      } else {
        joined.push(each);
      }
    }
    return joined;
  };
  return {
    short: (words: Words): FileWords => runs(words.runs),
    long: (words: LongWords): FileLongWords => words.paragraphs.map(runs),
  };
}

function changedBy(by: PersonId | undefined, at: number | undefined, idOf: (personId: PersonId) => FileId) {
  return { ...(by !== undefined && { by: idOf(by) }), ...(at !== undefined && { at: moment(at) }) };
}

/** One link for each card and goal, as the board shows them, by goal and then by card. */
function exportLinks(
  links: BoardRecords["links"],
  laneOf: LaneOf,
  cardIds: ReadonlyMap<string, FileId>,
  goalIds: ReadonlyMap<string, FileId>,
  idOf: (personId: PersonId) => FileId,
): readonly FileLink[] {
  const cardOrder = new Map([...cardIds.keys()].map((id, index) => [id, index]));
  const byGoal = Map.groupBy(links, (link) => link.goalId);
  return [...goalIds].flatMap(([goalId, goal]) => {
    const seen = new Set<string>();
    return (byGoal.get(goalId as never) ?? [])
      .filter((link) => {
        if (!laneOf(link.laneId) || !cardIds.has(link.cardId) || seen.has(link.cardId)) return false;
        seen.add(link.cardId);
        return true;
      })
      .sort((a, b) => (cardOrder.get(a.cardId) ?? 0) - (cardOrder.get(b.cardId) ?? 0))
      .map((link) => ({
        lane: laneOf(link.laneId) as FileLane,
        kind: link.kind,
        card: cardIds.get(link.cardId) as FileId,
        goal,
        by: idOf(link.by),
      }));
  });
}

/** The last moment that a date can be. */
const lastMoment = 8.64e15;

/** Stored moments are any number from 0 up; in a file they are whole milliseconds. */
function moment(unixMs: number): string {
  return new Date(Math.min(Math.floor(unixMs), lastMoment)).toISOString();
}

import { cellKeyOf } from "../geometry/map-layout.ts";
import { byRankThenId } from "../order/rank.ts";
import type { BoardRecords } from "./board.ts";
import type { BoardIndex } from "./board-index.ts";
import { areas, times } from "./schema.ts";

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Everything on a settled board, in reading order. Ties go by id, so that the same lanes always read the same. */
export function readRecords({ caches, ...index }: BoardIndex): BoardRecords {
  const cardIds = [
    ...areas.flatMap((area) => times.flatMap((time) => index.cardIdsIn(cellKeyOf(area, time)))),
    ...index.removedCardIds(),
  ];
  const goalIds = index.goalIds();
  const steps = Map.groupBy(
    [...caches.steps.values()].filter(({ isUndone }) => !isUndone),
    ({ step }) => step.goalId,
  );
  const links = Map.groupBy([...caches.links.values()].sort(byId), (link) => link.goalId);
  return {
    cards: cardIds.flatMap((id) => {
      const stored = caches.cards.get(id);
      return stored ? [{ ...stored.card, story: stored.story }] : [];
    }),
    goals: goalIds.flatMap((id) => {
      const stored = caches.goals.get(id);
      return stored ? [{ ...stored.goal, stateAt: stored.stateAt }] : [];
    }),
    steps: goalIds.flatMap((goalId) =>
      (steps.get(goalId) ?? [])
        .map(({ step, rank, stateBy }) => ({ rank, id: step.id, step: { ...step, stateBy } }))
        .sort(byRankThenId)
        .map(({ step }) => step),
    ),
    readings: goalIds.flatMap((goalId) =>
      index.readingsOf(goalId).flatMap((reading) => {
        const lane = caches.readings.laneOf(reading.id);
        return lane ? [{ ...reading, laneId: lane.laneId, day: caches.readings.get(reading.id)?.day }] : [];
      }),
    ),
    links: goalIds.flatMap((goalId) =>
      (links.get(goalId) ?? []).flatMap((link) => {
        const lane = caches.links.laneOf(link.id);
        return lane ? [{ ...link, laneId: lane.laneId }] : [];
      }),
    ),
  };
}

import { byRankThenId } from "../order/rank.ts";
import type { BoardChange, Card, CellKey, Link, Reading } from "./board.ts";
import type { CardId, GoalId, LinkId, PersonId, ReadingId, StepId } from "./ids.ts";
import type { Lane, ReadRoot } from "./lanes.ts";
import { readCard, type StoredCard } from "./read-card.ts";
import { readGoal, readLink, readReading, type StoredGoal, type StoredReading } from "./read-goal.ts";
import { readStep, type StoredStep } from "./read-step.ts";
import { createRecordCache } from "./record-cache.ts";
import { roots } from "./schema.ts";

/**
 * What the readers of a board answer from. A change marks records; the first reader after it (or the end of the frame)
 * settles: marked records are read again, and only the lists that they stand in are made anew.
 */
export type BoardIndex = ReturnType<typeof createBoardIndex>;

type Pending = {
  -readonly [K in keyof Omit<BoardChange, "byMe">]: BoardChange[K] extends ReadonlySet<infer T> ? Set<T> : boolean;
};

const nothingPending = (): Pending => ({
  cards: new Set(),
  cells: new Set(),
  goals: new Set(),
  steps: new Set(),
  links: false,
  goalOrder: false,
});

const none: readonly never[] = [];

export function createBoardIndex(lanes: readonly Lane[]) {
  const cards = createRecordCache<CardId, StoredCard>(lanes, roots.cards, (id, record, lane) =>
    readCard(id, record, lane.laneId),
  );
  const goals = createRecordCache<GoalId, StoredGoal>(lanes, roots.goals, (id, record, lane) =>
    readGoal(id, record, lane.laneId),
  );
  const steps = createRecordCache<StepId, StoredStep>(lanes, roots.steps, (id, record, lane) =>
    readStep(id, record, lane.laneId),
  );
  const readings = createRecordCache<ReadingId, StoredReading>(lanes, roots.readings, readReading);
  const links = createRecordCache<LinkId, Link>(lanes, roots.links, readLink);
  const caches = { cards, goals, steps, readings, links } as const;

  const cardsByCell = createGroups<CellKey, CardId>();
  const removedCards = new Set<CardId>();
  let removedList: readonly CardId[] | undefined;
  const stepsByGoal = createGroups<GoalId, StepId>();
  const readingsByGoal = createGroups<GoalId, ReadingId>();
  let goalList: readonly GoalId[] = none;
  let shownGoals: ReadonlySet<GoalId> = new Set();
  const linksByGoal = createLists<GoalId, Link>();
  const linksByCard = createLists<CardId, Link>();
  let linkedCards: ReadonlySet<CardId> = new Set();
  let pending = nothingPending();

  const cellOf = (card: Card): CellKey => `${card.place.area}/${card.place.time}`;

  const settleCards = (): boolean => {
    let areLinksTouched = false;
    cards.settle((id, before, after) => {
      pending.cards.add(id);
      const oldCell = before && !before.card.removed ? cellOf(before.card) : undefined;
      const newCell = after && !after.card.removed ? cellOf(after.card) : undefined;
      const [oldAt, newAt] = [before?.card.place.at, after?.card.place.at];
      if (oldCell !== newCell || oldAt?.x !== newAt?.x || oldAt?.y !== newAt?.y) {
        for (const cell of [oldCell, newCell]) if (cell) pending.cells.add(cell);
        if (oldCell) cardsByCell.remove(oldCell, id);
        if (newCell) cardsByCell.add(newCell, id);
      }
      const wasListed = before?.card.removed && !before.isUndone ? before.card.removed.at : undefined;
      const isListed = after?.card.removed && !after.isUndone ? after.card.removed.at : undefined;
      if (wasListed !== isListed) {
        removedList = undefined;
        if (isListed === undefined) removedCards.delete(id);
        else removedCards.add(id);
        // A card brought back or put away elsewhere: the list of those put away follows its cell.
        const cell = after ?? before;
        if (cell) pending.cells.add(cellOf(cell.card));
      }
      if ((oldCell === undefined) !== (newCell === undefined) && linkedCards.has(id)) areLinksTouched = true;
    });
    return areLinksTouched;
  };

  const settlePlan = (): { readonly isOrderTouched: boolean } => {
    let isOrderTouched = false;
    goals.settle((id, before, after) => {
      pending.goals.add(id);
      if (before?.rank !== after?.rank || before?.undoneBy !== after?.undoneBy || !before || !after) {
        isOrderTouched = true;
      }
    });
    steps.settle((id, before, after) => {
      pending.steps.add(id);
      for (const goalId of new Set([before?.step.goalId, after?.step.goalId])) {
        if (!goalId) continue;
        if (after?.step.goalId === goalId) stepsByGoal.add(goalId, id);
        else stepsByGoal.remove(goalId, id);
        if (goals.get(goalId)?.undoneBy) isOrderTouched = true;
      }
    });
    readings.settle((id, before, after) => {
      for (const goalId of new Set([before?.reading.goalId, after?.reading.goalId])) {
        if (!goalId) continue;
        pending.goals.add(goalId);
        if (after?.reading.goalId === goalId) readingsByGoal.add(goalId, id);
        else readingsByGoal.remove(goalId, id);
      }
    });
    return { isOrderTouched };
  };

  /** Somebody else's step keeps a goal on the plan although its adding was undone. */
  const isShownGoal = (stored: StoredGoal): boolean => {
    const { undoneBy } = stored;
    return undoneBy === undefined || hasStepOfOthers(stored.goal.id, undoneBy);
  };
  const hasStepOfOthers = (goalId: GoalId, person: PersonId): boolean =>
    stepsByGoal.members(goalId).some((stepId) => {
      const step = steps.get(stepId)?.step;
      return step !== undefined && step.author !== person && !step.removed;
    });

  const rebuildGoalList = (): boolean => {
    const shown = [...goals.values()].filter(isShownGoal).map((stored) => ({ rank: stored.rank, id: stored.goal.id }));
    const list = keepIfSame(
      goalList,
      shown.sort(byRankThenId).map(({ id }) => id),
    );
    if (list === goalList) return false;
    goalList = list;
    const before = shownGoals;
    shownGoals = new Set(list);
    for (const id of before) if (!shownGoals.has(id)) pending.goals.add(id);
    for (const id of list) if (!before.has(id)) pending.goals.add(id);
    pending.goalOrder = true;
    return true;
  };

  const rebuildLinks = (): void => {
    pending.links = true;
    linkedCards = new Set([...links.values()].map((link) => link.cardId));
    const seen = new Set<string>();
    const shown = [...links.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter((link) => {
        // Two people may connect the same two at once; that is one connection.
        const pair = `${link.cardId} ${link.goalId}`;
        const card = cards.get(link.cardId)?.card;
        if (!card || card.removed || !shownGoals.has(link.goalId) || seen.has(pair)) return false;
        seen.add(pair);
        return true;
      });
    linksByGoal.replaceAll(shown, (link) => link.goalId);
    linksByCard.replaceAll(shown, (link) => link.cardId);
  };

  const settle = (): void => {
    let areLinksTouched = settleCards();
    const { isOrderTouched } = settlePlan();
    if (isOrderTouched && rebuildGoalList()) areLinksTouched = true;
    links.settle(() => {
      areLinksTouched = true;
    });
    if (areLinksTouched) rebuildLinks();
  };

  settle();
  pending = nothingPending();

  const stepsOf = (goalId: GoalId, wanted: (stored: StoredStep) => boolean): readonly StepId[] =>
    stepsByGoal
      .members(goalId)
      .map((id) => steps.get(id))
      .filter((stored) => stored !== undefined)
      .filter(wanted)
      .map((stored) => ({ rank: stored.rank, id: stored.step.id }))
      .sort(byRankThenId)
      .map(({ id }) => id);

  return {
    caches,
    settle,
    markChanged: (root: ReadRoot, id: string) => caches[root].markChanged(id),
    /** What changed since this was last asked. */
    takePending: (): Omit<BoardChange, "byMe"> => {
      const taken = pending;
      pending = nothingPending();
      return taken;
    },
    cardIdsIn: (cell: CellKey) =>
      cardsByCell.list(cell, "shown", (ids) => ids.sort(byReadingOrder((id) => cards.get(id)?.card))),
    cardCount: () => cardsByCell.size(),
    removedCardIds: (): readonly CardId[] => {
      removedList ??= [...removedCards].sort((a, b) => {
        const later = (cards.get(b)?.card.removed?.at ?? 0) - (cards.get(a)?.card.removed?.at ?? 0);
        return later !== 0 ? later : a < b ? -1 : 1;
      });
      return removedList;
    },
    goalIds: () => goalList,
    isShownGoal: (id: GoalId) => shownGoals.has(id),
    stepIdsOf: (goalId: GoalId) =>
      stepsByGoal.list(goalId, "shown", () => stepsOf(goalId, ({ step }) => !step.removed)),
    removedStepIdsOf: (goalId: GoalId) =>
      stepsByGoal.list(goalId, "removed", () =>
        stepsOf(goalId, ({ step, isUndone }) => step.removed !== undefined && !isUndone),
      ),
    readingsOf: readingLists(readingsByGoal, (id) => readings.get(id)?.reading),
    linksOfGoal: linksByGoal.get,
    linksOfCard: linksByCard.get,
    unreadableCount: () => Object.values(caches).reduce((sum, cache) => sum + cache.unreadableCount(), 0),
  };
}

function readingLists(groups: Groups<GoalId, ReadingId>, get: (id: ReadingId) => Reading | undefined) {
  const lists = new WeakMap<readonly ReadingId[], readonly Reading[]>();
  return (goalId: GoalId): readonly Reading[] => {
    const ids = groups.list(goalId, "shown", (members) => members, true);
    let list = lists.get(ids);
    if (!list) {
      list = ids
        .map(get)
        .filter((reading) => reading !== undefined)
        .sort((a, b) => (a.at !== b.at ? a.at - b.at : a.id < b.id ? -1 : 1));
      lists.set(ids, list);
    }
    return list;
  };
}

function byReadingOrder(cardOf: (id: CardId) => Card | undefined) {
  return (a: CardId, b: CardId): number => {
    const [first, second] = [cardOf(a)?.place.at, cardOf(b)?.place.at];
    if (first && second && first.y !== second.y) return first.y - second.y;
    if (first && second && first.x !== second.x) return first.x - second.x;
    return a < b ? -1 : a > b ? 1 : 0;
  };
}

function keepIfSame<T>(old: readonly T[], fresh: readonly T[]): readonly T[] {
  return old.length === fresh.length && old.every((entry, index) => entry === fresh[index]) ? old : fresh;
}

interface Groups<Key, Id> {
  /** Also when it is there already: its lists are made anew. */
  readonly add: (key: Key, id: Id) => void;
  readonly remove: (key: Key, id: Id) => void;
  readonly members: (key: Key) => Id[];
  /** A list made from a group's members; the same array until the group changed (and its entries, unless `isFresh`). */
  readonly list: (
    key: Key,
    name: "shown" | "removed",
    make: (members: Id[]) => readonly Id[],
    isFresh?: boolean,
  ) => readonly Id[];
  readonly size: () => number;
}

/** Ids in groups, with ordered lists of them that are made when asked for and dropped when their group changes. */
function createGroups<Key, Id>(): Groups<Key, Id> {
  const groups = new Map<Key, { ids: Set<Id>; lists: Map<string, { list: readonly Id[]; isStale: boolean }> }>();
  let size = 0;
  const touch = (key: Key) => {
    let group = groups.get(key);
    if (!group) {
      group = { ids: new Set(), lists: new Map() };
      groups.set(key, group);
    }
    for (const entry of group.lists.values()) entry.isStale = true;
    return group;
  };
  return {
    add: (key, id) => {
      const { ids } = touch(key);
      if (!ids.has(id)) size += 1;
      ids.add(id);
    },
    remove: (key, id) => {
      if (touch(key).ids.delete(id)) size -= 1;
    },
    members: (key) => [...(groups.get(key)?.ids ?? none)],
    list: (key, name, make, isFresh = false) => {
      const group = groups.get(key);
      if (!group) return none;
      const entry = group.lists.get(name);
      if (entry && !entry.isStale) return entry.list;
      const made = make([...group.ids]);
      const list = entry && !isFresh ? keepIfSame(entry.list, made) : made;
      group.lists.set(name, { list, isStale: false });
      return list;
    },
    size: () => size,
  };
}

/** Lists by key that are replaced all at once, each keeping its array while its entries are the same. */
function createLists<Key, T>() {
  let lists = new Map<Key, readonly T[]>();
  return {
    get: (key: Key): readonly T[] => lists.get(key) ?? none,
    replaceAll: (entries: readonly T[], keyOf: (entry: T) => Key) => {
      const fresh = Map.groupBy(entries, keyOf) as Map<Key, readonly T[]>;
      for (const [key, list] of fresh) fresh.set(key, keepIfSame(lists.get(key) ?? none, list));
      lists = fresh;
    },
  };
}

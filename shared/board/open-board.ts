import * as Y from "yjs";
import type { Board } from "./board.ts";
import { createBoardIndex } from "./board-index.ts";
import { cardCommands } from "./card-commands.ts";
import { createChangeFeed } from "./change-feed.ts";
import type { BoardContext, Workbench } from "./commands.ts";
import { goalCommands } from "./goal-commands.ts";
import { keepMarks } from "./keep-marks.ts";
import { type Lane, type LaneDoc, laneForNew, openLane, type ReadRoot } from "./lanes.ts";
import { noLongWords } from "./long-words.ts";
import { origins } from "./origins.ts";
import { readRecords } from "./read-records.ts";
import { roots } from "./schema.ts";
import { stepCommands } from "./step-commands.ts";
import { fieldOf, textCommands, textKey } from "./text-commands.ts";
import { createUndoHistory, hasWritingOfOthers } from "./undo.ts";
import { upgradeLane } from "./upgrade.ts";

export type { BoardContext } from "./commands.ts";
export type { LaneDoc } from "./lanes.ts";

/**
 * The board that one person may read: the overlay of their lanes. The only way to a lane's records.
 * Writes nothing until a command does. Rules: `RULES.md`.
 */
export function openBoard(laneDocs: readonly LaneDoc[], context: BoardContext): Board {
  const lanes = laneDocs.map(openLane);
  const index = createBoardIndex(lanes);
  const { cards, goals, steps, readings, links } = index.caches;
  /** Every Yjs client id that wrote on this device since the board was opened. */
  const ownClients = new Set<number>();

  const isNamedByOthers = (root: ReadRoot, id: string): boolean => {
    const { me } = context;
    if (root === roots.cards) {
      return (
        [...links.values()].some((link) => link.cardId === id && link.by !== me) ||
        [...cards.values()].some(({ card }) => card.besides === id && card.author !== me)
      );
    }
    if (root !== roots.goals) return false;
    return (
      [...links.values()].some((link) => link.goalId === id && link.by !== me) ||
      [...readings.values()].some(({ reading }) => reading.goalId === id && reading.person !== me) ||
      [...steps.values()].some(({ step }) => step.goalId === id && step.author !== me && !step.removed)
    );
  };
  const history = createUndoHistory(lanes, {
    now: context.now,
    isWrittenOnByOthers: (lane, root, id) => {
      index.settle();
      const record = lane.rootOf(root).get(id);
      return isNamedByOthers(root, id) || (record instanceof Y.Map && hasWritingOfOthers(record, ownClients));
    },
  });
  const feed = createChangeFeed(lanes, index, history.isMine, context.schedule);
  const bench: Workbench = { lanes, index, history, context };
  const texts = textCommands(bench);
  const stops = lanes.map((lane) => prepareLane(lane, ownClients));

  /** Every reader answers with what is in the lanes now, also between a change and its frame. */
  const settled =
    <Args extends readonly unknown[], T>(read: (...args: Args) => T) =>
    (...args: Args): T => {
      index.settle();
      return read(...args);
    };

  return {
    card: settled((id) => cards.get(id)?.card),
    cardIdsIn: settled(index.cardIdsIn),
    removedCardIds: settled(index.removedCardIds),
    cardCount: settled(index.cardCount),
    goal: settled((id) => (index.isShownGoal(id) ? goals.get(id)?.goal : undefined)),
    goalIds: settled(index.goalIds),
    step: settled((id) => steps.get(id)?.step),
    stepIdsOf: settled(index.stepIdsOf),
    removedStepIdsOf: settled(index.removedStepIdsOf),
    readingsOf: settled(index.readingsOf),
    linksOfGoal: settled(index.linksOfGoal),
    linksOfCard: settled(index.linksOfCard),
    story: settled((id) => cards.get(id)?.story ?? noLongWords),
    records: settled(() => readRecords(index)),
    unreadableCount: settled(index.unreadableCount),

    subscribe: feed.subscribe,
    subscribeCard: feed.subscribeCard,
    subscribeWords: (ref, listener) => {
      const { root, field } = fieldOf(ref);
      return feed.subscribeText(textKey(root, ref.id, field), listener);
    },

    ...cardCommands(bench),
    ...goalCommands(bench),
    ...stepCommands(bench),
    writeWords: (ref, words, run) => feed.quietly(() => texts.writeWords(ref, words, run)),
    longWords: texts.longWords,

    canWrite: (laneId) => lanes.find((lane) => lane.laneId === laneId)?.access === "write",
    canAdd: () => laneForNew(lanes) !== undefined,

    undo: history.undo,
    redo: history.redo,
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    subscribeUndo: history.subscribe,
    trackUndoOrigin: history.trackOrigin,
    endUndoStep: history.endStep,

    close: () => {
      history.close();
      feed.close();
      for (const stop of stops) stop();
    },
  };
}

/** Watches one lane's transactions: keeps marks, remembers who writes here, and upgrades before the first write. */
function prepareLane(lane: Lane, ownClients: Set<number>): () => void {
  const stopCleaning = keepMarks(lane.doc);
  const before = (transaction: Y.Transaction) => {
    if (!transaction.local) return;
    ownClients.add(lane.doc.clientID);
    if (transaction.origin === origins.edit && lane.access === "write") upgradeLane(lane.doc);
  };
  lane.doc.on("beforeTransaction", before);
  return () => {
    stopCleaning();
    lane.doc.off("beforeTransaction", before);
  };
}

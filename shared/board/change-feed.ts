import * as Y from "yjs";
import type { AnyEvent, AnyType } from "./any-type.ts";
import type { BoardChange, TextDelta } from "./board.ts";
import type { BoardIndex } from "./board-index.ts";
import type { CardId } from "./ids.ts";
import { type Lane, type ReadRoot, readRoots } from "./lanes.ts";
import { textKey } from "./text-commands.ts";
import { deltaOf } from "./words.ts";

/** Listens to the lanes: marks what changed in the index, and tells subscribers once a frame. */
export interface ChangeFeed {
  readonly subscribe: (listener: (change: BoardChange) => void) => () => void;
  readonly subscribeCard: (id: CardId, listener: () => void) => () => void;
  readonly subscribeText: (key: string, listener: (delta: TextDelta) => void) => () => void;
  /** Runs `write`, whose changes of text are not told to those who listen to that text. */
  readonly quietly: <T>(write: () => T) => T;
  readonly close: () => void;
}

export function createChangeFeed(
  lanes: readonly Lane[],
  index: BoardIndex,
  isMine: (transaction: Y.Transaction) => boolean,
  schedule: (run: () => void) => void,
): ChangeFeed {
  const listeners = new Set<(change: BoardChange) => void>();
  const cardListeners = createListeners<CardId, undefined>();
  const textListeners = createListeners<string, TextDelta>();
  let isScheduled = false;
  let isClosed = false;
  let isAllMine = true;
  let isQuiet = false;

  const flush = () => {
    isScheduled = false;
    if (isClosed) return;
    index.settle();
    const change: BoardChange = { ...index.takePending(), byMe: isAllMine };
    isAllMine = true;
    for (const listener of [...listeners]) listener(change);
    for (const id of change.cards) cardListeners.tell(id, undefined);
  };

  const hear = (root: ReadRoot, rootMap: Y.Map<unknown>, events: readonly AnyEvent[], tr: Y.Transaction) => {
    for (const event of events) {
      if (event.target === rootMap) {
        for (const id of (event as Y.YMapEvent<unknown>).keysChanged) index.markChanged(root, id);
        continue;
      }
      const id = recordIdOf(event.target, rootMap);
      if (id !== undefined) index.markChanged(root, id);
    }
    if (!isMine(tr)) isAllMine = false;
    if (!isScheduled) {
      isScheduled = true;
      schedule(flush);
    }
    if (isQuiet) return;
    // After the marks, so that a listener who reads the board sees the same text as its delta.
    for (const event of events) {
      const target = event.target as AnyType;
      const field = target._item?.parentSub;
      if (!(target instanceof Y.Text) || !field) continue;
      const id = recordIdOf(target, rootMap);
      if (id === undefined) continue;
      const key = textKey(root, id, field);
      if (textListeners.has(key)) textListeners.tell(key, deltaOf(event as Y.YEvent<Y.Text>));
    }
  };

  const stops = lanes.flatMap((lane) =>
    readRoots.map((root) => {
      const rootMap = lane.rootOf(root);
      const observer = (events: AnyEvent[], transaction: Y.Transaction) => hear(root, rootMap, events, transaction);
      rootMap.observeDeep(observer);
      return () => rootMap.unobserveDeep(observer);
    }),
  );

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeCard: cardListeners.add,
    subscribeText: textListeners.add,
    quietly: (write) => {
      isQuiet = true;
      try {
        return write();
      } finally {
        isQuiet = false;
      }
    },
    close: () => {
      isClosed = true;
      for (const stop of stops) stop();
      listeners.clear();
    },
  };
}

/** The record that a changed type is in, or `undefined` when it is none (damaged data). */
function recordIdOf(target: AnyType, root: AnyType): string | undefined {
  let item = target._item;
  while (item && item.parent !== root) item = (item.parent as AnyType)._item;
  return item?.parentSub ?? undefined;
}

function createListeners<Key, T>() {
  const byKey = new Map<Key, Set<(value: T) => void>>();
  return {
    has: (key: Key) => byKey.has(key),
    add: (key: Key, listener: (value: T) => void): (() => void) => {
      const set = byKey.get(key) ?? new Set();
      byKey.set(key, set);
      set.add(listener);
      return () => {
        set.delete(listener);
        if (set.size === 0 && byKey.get(key) === set) byKey.delete(key);
      };
    },
    tell: (key: Key, value: T) => {
      for (const listener of [...(byKey.get(key) ?? [])]) listener(value);
    },
  };
}

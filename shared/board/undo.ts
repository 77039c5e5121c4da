import * as Y from "yjs";
import type { AnyType } from "./any-type.ts";
import type { UndoOutcome } from "./board.ts";
import type { Lane, ReadRoot } from "./lanes.ts";
import { origins } from "./origins.ts";
import { createTextUndo, type TextStep } from "./undo-text.ts";
import { putValue, readSlot, type Slot, type StoredValue, tokenOf } from "./undo-values.ts";

/**
 * One person's undo across all lanes. It never deletes a record and never writes over another's value:
 * - a value goes back only while the last write to it is the one being undone;
 * - letters are taken back one by one, by who inserted them (`undo-text.ts`);
 * - an added record is put away with a mark (`undone`), and stays when others have written on it. Being put away and
 *   not deleted, it loses nothing of what somebody offline was writing into it at that moment.
 */
export interface UndoHistory {
  /** Writes values as one undo step. `value` left out: the field is cleared. */
  readonly write: (values: readonly ValueWrite[]) => void;
  /** Adds a record as one undo step. */
  readonly add: (lane: Lane, root: ReadRoot, id: string, make: () => unknown, undoneMark: unknown) => void;
  /** Changes one text; joins the step before when that one wrote in the same field less than a second ago. */
  readonly writeText: (lane: Lane, fieldKey: string, change: (transaction: Y.Transaction) => void) => void;
  readonly undo: () => UndoOutcome;
  readonly redo: () => UndoOutcome;
  readonly canUndo: () => boolean;
  readonly canRedo: () => boolean;
  readonly endStep: () => void;
  readonly trackOrigin: (origin: object) => void;
  /** Whether a transaction was made by this history or an origin that it tracks. */
  readonly isMine: (transaction: Y.Transaction) => boolean;
  readonly subscribe: (listener: () => void) => () => void;
  readonly close: () => void;
}

export interface ValueWrite {
  readonly lane: Lane;
  readonly slot: Slot;
  readonly value: StoredValue | undefined;
}

interface ValueStep {
  readonly kind: "value";
  readonly lane: Lane;
  readonly slot: Slot;
  readonly before: Side;
  readonly after: Side;
  /** The step added this record: it must not go when others have written on it. */
  readonly adds: { readonly root: ReadRoot; readonly id: string } | undefined;
}
/** One side of a value step: what to write, and the name of the write that this value is. */
interface Side {
  readonly value: StoredValue | undefined;
  readonly token: string;
}
type HistoryStep = ValueStep | TextStep;

interface Entry {
  readonly steps: readonly HistoryStep[];
  readonly fieldKey: string | undefined;
  readonly at: number;
}

/** Letters typed in one field with less than this between them are one step. */
const joinMs = 1_000;
const mostEntries = 500;

export function createUndoHistory(
  lanes: readonly Lane[],
  options: {
    readonly now: () => number;
    readonly isWrittenOnByOthers: (lane: Lane, root: ReadRoot, id: string) => boolean;
  },
): UndoHistory {
  const undoable: Entry[] = [];
  const redoable: Entry[] = [];
  const listeners = new Set<() => void>();
  let isCut = true;
  /** Names of writes made by undo and redo, by the write whose value they brought back. */
  const originalTokens = new Map<string, string>();
  let undoneCount = 0;

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const currentToken = (lane: Lane, slot: Slot): string => {
    const token = tokenOf(lane, slot);
    return originalTokens.get(token) ?? token;
  };

  const texts = createTextUndo(lanes, (step, fieldKey) => {
    const at = options.now();
    const last = undoable.at(-1);
    const lastStep = last?.steps[0];
    const passed = last ? at - last.at : 0;
    forgetRedo();
    if (
      last &&
      lastStep?.kind === "text" &&
      !isCut &&
      last.fieldKey === fieldKey &&
      lastStep.lane === step.lane &&
      passed >= 0 &&
      passed < joinMs
    ) {
      undoable[undoable.length - 1] = { ...last, steps: [texts.join(lastStep, step)], at };
    } else {
      push({ steps: [step], fieldKey, at });
    }
    isCut = false;
    tell();
  });

  const forgetRedo = () => {
    redoable.length = 0;
    texts.forgetRedo();
  };
  const push = (entry: Entry) => {
    undoable.push(entry);
    if (undoable.length > mostEntries) undoable.shift();
  };
  const pushValues = (steps: readonly ValueStep[]) => {
    forgetRedo();
    push({ steps, fieldKey: undefined, at: options.now() });
    isCut = true;
    tell();
  };

  const apply = (step: ValueStep, direction: "undo" | "redo"): boolean => {
    const [from, to] = direction === "undo" ? [step.after, step.before] : [step.before, step.after];
    if (currentToken(step.lane, step.slot) !== from.token) return false;
    if (direction === "undo" && step.adds && options.isWrittenOnByOthers(step.lane, step.adds.root, step.adds.id)) {
      return false;
    }
    step.lane.doc.transact(() => putValue(step.lane, step.slot, to.value), origins.edit);
    originalTokens.set(tokenOf(step.lane, step.slot), to.token);
    return true;
  };

  const travel = (direction: "undo" | "redo"): UndoOutcome => {
    const [source, target] = direction === "undo" ? [undoable, redoable] : [redoable, undoable];
    const entry = source.pop();
    if (!entry) return "nothing";
    isCut = true;
    const done: HistoryStep[] = [];
    for (const step of [...entry.steps].reverse()) {
      if (step.kind === "value") {
        if (apply(step, direction)) done.push(step);
      } else {
        const back = texts.travel(step, direction);
        if (back) done.push(back);
      }
    }
    if (done.length > 0) target.push({ ...entry, steps: done });
    tell();
    return done.length > 0 ? "done" : "kept";
  };

  return {
    write: (values) => {
      const steps: ValueStep[] = [];
      for (const lane of new Set(values.map((write) => write.lane))) {
        lane.doc.transact(() => {
          for (const { slot, value } of values.filter((write) => write.lane === lane)) {
            const before = { value: readSlot(lane, slot), token: currentToken(lane, slot) };
            putValue(lane, slot, value);
            const after = { value, token: tokenOf(lane, slot) };
            steps.push({ kind: "value", lane, slot, before, after, adds: undefined });
          }
        }, origins.edit);
      }
      if (steps.length > 0) pushValues(steps);
    },
    add: (lane, root, id, make, undoneMark) => {
      lane.doc.transact(() => lane.rootOf(root).set(id, make()), origins.edit);
      const slot: Slot = { root, id, field: "removed" };
      undoneCount += 1;
      const step: ValueStep = {
        kind: "value",
        lane,
        slot,
        before: { value: () => undoneMark, token: `undone ${undoneCount}` },
        after: { value: undefined, token: tokenOf(lane, slot) },
        adds: { root, id },
      };
      pushValues([step]);
    },
    writeText: (lane, fieldKey, change) => texts.write(lane, fieldKey, change),
    undo: () => travel("undo"),
    redo: () => travel("redo"),
    canUndo: () => undoable.length > 0,
    canRedo: () => redoable.length > 0,
    endStep: () => {
      isCut = true;
    },
    trackOrigin: texts.trackOrigin,
    isMine: (transaction) => transaction.origin === origins.edit || texts.isTracked(transaction.origin),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      texts.close();
      listeners.clear();
    },
  };
}

/** Whether anybody else has live words or values inside a record. `ownClients`: the Yjs client ids of this device. */
export function hasWritingOfOthers(record: AnyType, ownClients: ReadonlySet<number>): boolean {
  const isForeign = (item: Y.Item): boolean => {
    if (item.deleted) return false;
    if (item.countable && !ownClients.has(item.id.client)) return true;
    return item.content instanceof Y.ContentType && hasWritingOfOthers(item.content.type, ownClients);
  };
  for (const item of record._map.values()) if (isForeign(item)) return true;
  for (let item = record._start; item; item = item.right) if (isForeign(item)) return true;
  return false;
}

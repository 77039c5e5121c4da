import * as Y from "yjs";
import type { AnyType } from "./any-type.ts";
import type { Lane } from "./lanes.ts";
import { origins } from "./origins.ts";
import { roots } from "./schema.ts";

/** Undo of letters: Yjs's own `UndoManager`, one for each lane, under an order kept by `undo.ts`. */

export interface TextStep {
  readonly kind: "text";
  readonly lane: Lane;
  readonly item: StackItem;
}
type StackItem = Y.UndoManager["undoStack"][number];

export interface TextUndo {
  readonly write: (lane: Lane, fieldKey: string, change: (transaction: Y.Transaction) => void) => void;
  /** One step that undoes both, the newer one first. */
  readonly join: (older: TextStep, newer: TextStep) => TextStep;
  /** Takes a step back or forward. Returns the step that reverses it, or `undefined` when nothing was left to change. */
  readonly travel: (step: TextStep, direction: "undo" | "redo") => TextStep | undefined;
  readonly forgetRedo: () => void;
  readonly trackOrigin: (origin: object) => void;
  readonly isTracked: (origin: unknown) => boolean;
  readonly close: () => void;
}

export function createTextUndo(lanes: readonly Lane[], onStep: (step: TextStep, fieldKey: string) => void): TextUndo {
  /** The field that `write` is changing now: values written under the same origin are not for these managers. */
  let writing: string | undefined;
  const editorOrigins = new Set<unknown>();
  /** Set while a step travels; then what a manager adds is the way back, not a new step. */
  let wayBack: StackItem | undefined;
  let isTravelling = false;

  const managers = new Map<Lane, Y.UndoManager>();
  for (const lane of lanes) {
    if (lane.access !== "write") continue;
    const manager = new Y.UndoManager(
      [roots.cards, roots.goals, roots.steps].map((root) => lane.rootOf(root)),
      {
        // The order and the joining of steps are kept by `undo.ts`; here each change is one.
        captureTimeout: Number.NEGATIVE_INFINITY,
        trackedOrigins: new Set<unknown>([origins.edit]),
        captureTransaction: (transaction) => writing !== undefined || transaction.origin !== origins.edit,
        deleteFilter: mayTakeBack,
      },
    );
    manager.on("stack-item-added", ({ stackItem, origin, changedParentTypes }) => {
      if (isTravelling) {
        wayBack = stackItem;
        return;
      }
      const fieldKey = writing ?? editedRecordOf(changedParentTypes.keys());
      if (origin !== manager) onStep({ kind: "text", lane, item: stackItem }, fieldKey);
    });
    managers.set(lane, manager);
  }
  const managerOf = (lane: Lane): Y.UndoManager => {
    const manager = managers.get(lane);
    if (!manager) throw new Error("Bug: a lane that is only read has no undo");
    return manager;
  };

  return {
    write: (lane, fieldKey, change) => {
      writing = fieldKey;
      try {
        lane.doc.transact(change, origins.edit);
      } finally {
        writing = undefined;
      }
    },
    join: (older, newer) => {
      const manager = managerOf(older.lane);
      older.item.insertions = Y.mergeDeleteSets([older.item.insertions, newer.item.insertions]);
      older.item.deletions = Y.mergeDeleteSets([older.item.deletions, newer.item.deletions]);
      manager.undoStack = manager.undoStack.filter((item) => item !== newer.item);
      return older;
    },
    travel: (step, direction) => {
      const manager = managerOf(step.lane);
      const [source, target] = direction === "undo" ? ["undoStack", "redoStack"] : ["redoStack", "undoStack"];
      const from = source as "undoStack" | "redoStack";
      const to = target as "undoStack" | "redoStack";
      const rest = manager[from].filter((item) => item !== step.item);
      const others = manager[to];
      // A manager goes on to older items when the newest changes nothing; it is shown one alone, and the rest on the
      // other side, where it still sees what they deleted.
      manager[from] = [step.item];
      manager[to] = [...others, ...rest];
      wayBack = undefined;
      isTravelling = true;
      try {
        if (direction === "undo") manager.undo();
        else manager.redo();
      } finally {
        isTravelling = false;
        manager[from] = rest;
        manager[to] = wayBack ? [...others, wayBack] : [...others];
      }
      return wayBack && { kind: "text", lane: step.lane, item: wayBack };
    },
    forgetRedo: () => {
      for (const manager of managers.values()) manager.clear(false, true);
    },
    trackOrigin: (origin) => {
      editorOrigins.add(origin);
      for (const manager of managers.values()) manager.addTrackedOrigin(origin);
    },
    isTracked: (origin) =>
      editorOrigins.has(origin) || (origin instanceof Y.UndoManager && [...managers.values()].includes(origin)),
    close: () => {
      for (const manager of managers.values()) manager.destroy();
    },
  };
}

/**
 * Marks of authorship stay (see `words.ts`), and so does a block in which anything is left: children are asked before
 * their parents, so what is left is not mine to take back.
 */
function mayTakeBack(item: Y.Item): boolean {
  if (item.content instanceof Y.ContentFormat) return false;
  if (!(item.content instanceof Y.ContentType)) return true;
  for (let child = item.content.type._start; child; child = child.right) {
    if (!child.deleted && child.countable) return false;
  }
  return true;
}

/** Typing in one record's long words joins; the editor's changes do not say which field they are of. */
function editedRecordOf(changed: Iterable<AnyType>): string {
  for (const type of changed) {
    const parent = type._item?.parent;
    if (parent instanceof Y.AbstractType && parent._item === null) return `long words of ${type._item?.parentSub}`;
  }
  return "long words";
}

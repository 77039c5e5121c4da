import * as Y from "yjs";
import { limits } from "../protocol/limits.ts";
import { fail, ok } from "../result.ts";
import type { CommandError, Done, NotAllowed, TooLong } from "./board.ts";
import type { BoardIndex } from "./board-index.ts";
import type { CardId, GoalId, PersonId, RandomBytes, StepId } from "./ids.ts";
import type { Lane, ReadRoot } from "./lanes.ts";
import type { RunHow } from "./schema.ts";
import type { UndoHistory } from "./undo.ts";
import { readSlot, type Slot } from "./undo-values.ts";
import type { RunAuthor } from "./words.ts";

/** What a board needs from its surroundings. */
export interface BoardContext {
  readonly me: PersonId;
  /** BCP 47: the language that the person writes in now. */
  readonly language: () => string;
  /** Unix ms. */
  readonly now: () => number;
  /** The person's own date, `2026-12-05`. */
  readonly today: () => string;
  readonly random: RandomBytes;
  /** Calls `run` once, soon: at the next frame in a browser. Changes are told then. */
  readonly schedule: (run: () => void) => void;
}

/** What all commands share. */
export interface Workbench {
  readonly lanes: readonly Lane[];
  readonly index: BoardIndex;
  readonly history: UndoHistory;
  readonly context: BoardContext;
}

export const readOnly: NotAllowed = { kind: "lane-is-read-only" };
export const outOfRange = { kind: "value-out-of-range" } as const;
export const tooLong: TooLong = { kind: "words-too-long", most: limits.wordsLength };

export function isTooLong(words: string | undefined, most: number = limits.wordsLength): boolean {
  return words !== undefined && words.length > most;
}

/** Yjs stores text as UTF-8: half a character would come out differently on other screens. */
export const wellFormed = (words: string): string => words.toWellFormed();

export function authorOf(
  { context }: Workbench,
  run: { readonly how?: RunHow | undefined; readonly said?: PersonId | undefined } | undefined,
): RunAuthor {
  return { said: run?.said ?? context.me, typed: context.me, how: run?.how ?? "typed" };
}

/** A record to write to: found, and in a lane that may be written. */
export function writableLane(lane: Lane | undefined, notFound: CommandError): Done<Lane> {
  if (!lane) return fail(notFound);
  return lane.access === "write" ? ok(lane) : fail(readOnly);
}

export const cardNotFound = (cardId: CardId) => ({ kind: "card-not-found", cardId }) as const;
export const goalNotFound = (goalId: GoalId) => ({ kind: "goal-not-found", goalId }) as const;
export const stepNotFound = (stepId: StepId) => ({ kind: "step-not-found", stepId }) as const;

export interface FieldWrite {
  readonly field: string;
  /** `undefined` clears the field. */
  readonly value: unknown;
}

/** Writes fields of one record as one undo step, without those that already read so. */
export function writeFields(
  { history }: Workbench,
  lane: Lane,
  root: ReadRoot,
  id: string,
  fields: readonly FieldWrite[],
): void {
  const writes = fields
    .map(({ field, value }) => ({ slot: { root, id, field } satisfies Slot, value }))
    .filter(({ slot, value }) => !isSame(readSlot(lane, slot)?.(), value));
  history.write(
    writes.map(({ slot, value }) => ({ lane, slot, value: value === undefined ? undefined : () => value })),
  );
}

function isSame(stored: unknown, value: unknown): boolean {
  if (stored instanceof Y.AbstractType) return false;
  return JSON.stringify(stored) === JSON.stringify(value);
}

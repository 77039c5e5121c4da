import type { XmlFragment } from "yjs";
import type { Area, CardPlace, CellKey, CellPoint, Time } from "../geometry/places.ts";
import type { Result } from "../result.ts";
import type { CardId, GoalId, LaneId, LinkId, PersonId, ReadingId, StepId } from "./ids.ts";
import type { CardKind, GoalState, LinkKind, RunHow, StepSize, StepState } from "./schema.ts";

export type { CardPlace, CellKey, CellPoint } from "../geometry/places.ts";

/**
 * The board as the rest of the program knows it: plain readonly values, commands, and changes announced by id.
 * `open-board.ts` makes one from the lanes a person may read. Nothing outside `shared/board` and `client/editor`
 * touches a Yjs type.
 */

/** A stretch of text with one author. `said`: whose words; `typed`: whose hands; `undefined` only in damaged data. */
export interface Run {
  readonly text: string;
  readonly said: PersonId | undefined;
  readonly typed: PersonId | undefined;
  readonly how: RunHow | undefined;
}

export interface Words {
  readonly text: string;
  readonly runs: readonly Run[];
}

/** Long words (why, story, notes) as they read without an editor: paragraphs of runs. */
export interface LongWords {
  readonly paragraphs: readonly (readonly Run[])[];
  readonly isEmpty: boolean;
}

export interface Card {
  readonly id: CardId;
  readonly laneId: LaneId;
  readonly kind: CardKind;
  readonly words: Words;
  readonly hasStory: boolean;
  readonly place: CardPlace;
  readonly author: PersonId;
  /** BCP 47, the language that the words are in. */
  readonly language: string;
  /** Unix ms. */
  readonly createdAt: number;
  readonly removed: { readonly by: PersonId; readonly at: number } | undefined;
  readonly besides: CardId | undefined;
}

export interface Goal {
  readonly id: GoalId;
  readonly laneId: LaneId;
  readonly words: Words;
  readonly why: LongWords;
  readonly notes: LongWords;
  /** What 0 and what 10 mean, and how others would see that it worked. */
  readonly zero: Words;
  readonly ten: Words;
  readonly signs: Words;
  /** 0–10 */
  readonly goodEnough: number | undefined;
  readonly whose: "mine" | "ours";
  readonly state: GoalState;
  readonly stateReason: string | undefined;
  readonly stateBy: PersonId | undefined;
  /** ISO date, `2026-12-05`. */
  readonly review: string | undefined;
  readonly author: PersonId;
  readonly language: string;
  readonly createdAt: number;
}

/** Somebody on the board, or a name of somebody who is not. */
export type Doer = { readonly person: PersonId } | { readonly name: string };

/** A date (`2026-12-05`), or words ("when the letter comes"). */
export type ByWhen = { readonly date: string } | { readonly when: string };

export interface Step {
  readonly id: StepId;
  readonly laneId: LaneId;
  readonly goalId: GoalId;
  readonly what: Words;
  readonly who: readonly Doer[];
  readonly byWhen: ByWhen | undefined;
  readonly size: StepSize;
  readonly state: StepState;
  /** Unix ms of the last change of state. */
  readonly stateAt: number | undefined;
  readonly author: PersonId;
  readonly language: string;
  readonly createdAt: number;
  readonly removed: { readonly by: PersonId; readonly at: number } | undefined;
}

/** One person's number on a goal's 0–10 line at one time. */
export interface Reading {
  readonly id: ReadingId;
  readonly goalId: GoalId;
  readonly person: PersonId;
  /** 0–10 */
  readonly number: number;
  /** Unix ms. */
  readonly at: number;
}

export interface Link {
  readonly id: LinkId;
  readonly kind: LinkKind;
  readonly cardId: CardId;
  readonly goalId: GoalId;
  readonly by: PersonId;
}

/**
 * Everything on a board in reading order, for a copy of it: also what was put away, among the rest where order matters
 * (steps) and after it where it does not (cards). Not what was taken back by undoing its own adding. Links also of cards
 * put away, and as stored: two people's connection of the same two is two of them.
 */
export interface BoardRecords {
  readonly cards: readonly (Card & { readonly story: LongWords })[];
  /** `stateAt`: Unix ms of the last change of state. */
  readonly goals: readonly (Goal & { readonly stateAt: number | undefined })[];
  /** Goal by goal. */
  readonly steps: readonly (Step & { readonly stateBy: PersonId | undefined })[];
  /** Goal by goal. `day`: on which a second number of the same person takes the place of this one. */
  readonly readings: readonly (Reading & { readonly laneId: LaneId; readonly day: string | undefined })[];
  readonly links: readonly (Link & { readonly laneId: LaneId })[];
}

/** A text that people write on the board in a plain field. */
export type WordsRef =
  | { readonly of: "card"; readonly id: CardId; readonly field: "words" }
  | { readonly of: "goal"; readonly id: GoalId; readonly field: "words" | "zero" | "ten" | "signs" }
  | { readonly of: "step"; readonly id: StepId; readonly field: "what" };

/** A text that people write on the board in the long-words editor. */
export type LongWordsRef =
  | { readonly of: "card"; readonly id: CardId; readonly field: "story" }
  | { readonly of: "goal"; readonly id: GoalId; readonly field: "why" | "notes" };

/** A plain text change in UTF-16 units, as Yjs and Quill write it: keep, insert or drop, from the start. */
export type TextDelta = readonly (
  | { readonly retain: number }
  | { readonly insert: string }
  | { readonly delete: number }
)[];

/** What changed since the last call, by id. Delivered at most once a frame. */
export interface BoardChange {
  readonly cards: ReadonlySet<CardId>;
  /** `area/time` cells whose list of cards changed (came, went, moved, put away). */
  readonly cells: ReadonlySet<CellKey>;
  readonly goals: ReadonlySet<GoalId>;
  readonly steps: ReadonlySet<StepId>;
  readonly links: boolean;
  readonly goalOrder: boolean;
  /** Whether everything in it was done on this device by `edit` or undo. */
  readonly byMe: boolean;
}

export type NotFound =
  | { readonly kind: "card-not-found"; readonly cardId: CardId }
  | { readonly kind: "goal-not-found"; readonly goalId: GoalId }
  | { readonly kind: "step-not-found"; readonly stepId: StepId };
export type NotAllowed = { readonly kind: "lane-is-read-only" };
export type TooLong = { readonly kind: "words-too-long"; readonly most: number };
export type BadValue = { readonly kind: "value-out-of-range" };
export type CommandError = NotFound | NotAllowed | TooLong | BadValue;
export type Done<T = void> = Result<T, CommandError>;

/** Where an item goes in a list that several people reorder: just before another, or at the end. */
export type Before<Id> = { readonly before: Id } | "end";

export interface NewCard {
  readonly kind: CardKind;
  readonly area: Area;
  readonly time: Time;
  /** Left out: the first free spot of the cell. */
  readonly at?: CellPoint;
  readonly words?: string;
  readonly language?: string;
  readonly how?: RunHow;
  /** Whose words these are, when not the writer's own. */
  readonly said?: PersonId;
  readonly besides?: CardId;
}

export interface NewGoal {
  readonly words?: string;
  readonly whose?: "mine" | "ours";
  readonly language?: string;
  readonly how?: RunHow;
  readonly said?: PersonId;
}

export interface NewStep {
  readonly goalId: GoalId;
  readonly what?: string;
  readonly size?: StepSize;
  readonly who?: readonly Doer[];
  readonly byWhen?: ByWhen;
  readonly language?: string;
  readonly how?: RunHow;
  readonly said?: PersonId;
}

/**
 * Readers return the same object until that record changes. A record that does not parse is left out and counted.
 * Every command is one undo step, unless it says otherwise; several typed letters in one field join into one.
 */
export interface Board {
  readonly card: (id: CardId) => Card | undefined;
  /** Cards of one cell in reading order (top to bottom, start to end, then id), without those put away. */
  readonly cardIdsIn: (cell: CellKey) => readonly CardId[];
  /** Cards put away, latest first. */
  readonly removedCardIds: () => readonly CardId[];
  readonly cardCount: () => number;
  readonly goal: (id: GoalId) => Goal | undefined;
  /** Goals in their order, those let go included (the plan shows them folded). */
  readonly goalIds: () => readonly GoalId[];
  readonly step: (id: StepId) => Step | undefined;
  /** Steps of a goal in their order, without those put away. */
  readonly stepIdsOf: (goalId: GoalId) => readonly StepId[];
  readonly removedStepIdsOf: (goalId: GoalId) => readonly StepId[];
  /** Every number given on a goal, oldest first. */
  readonly readingsOf: (goalId: GoalId) => readonly Reading[];
  readonly linksOfGoal: (goalId: GoalId) => readonly Link[];
  readonly linksOfCard: (cardId: CardId) => readonly Link[];
  readonly story: (cardId: CardId) => LongWords;
  /** Everything at once, for a copy of the board. Made anew by each call. */
  readonly records: () => BoardRecords;
  /** Records left out because they could not be read. */
  readonly unreadableCount: () => number;

  readonly subscribe: (listener: (change: BoardChange) => void) => () => void;
  readonly subscribeCard: (id: CardId, listener: () => void) => () => void;
  /** Told at once (not per frame) of each change to one text that did not come from `writeWords` on this device. */
  readonly subscribeWords: (ref: WordsRef, listener: (delta: TextDelta) => void) => () => void;

  readonly addCard: (card: NewCard) => Done<CardId>;
  readonly placeCard: (id: CardId, place: CardPlace) => Done;
  readonly setCardKind: (id: CardId, kind: CardKind) => Done;
  readonly setCardLanguage: (id: CardId, language: string) => Done;
  readonly removeCard: (id: CardId) => Done;
  readonly bringBackCard: (id: CardId) => Done;
  /** Makes the text of a field read `text` by the smallest change; what is added is a run of the writer's. */
  readonly writeWords: (ref: WordsRef, text: string, run?: { readonly how?: RunHow; readonly said?: PersonId }) => Done;

  readonly addGoal: (goal: NewGoal) => Done<GoalId>;
  readonly moveGoal: (id: GoalId, to: Before<GoalId>) => Done;
  readonly setGoalState: (id: GoalId, state: GoalState, reason?: string) => Done;
  readonly setGoodEnough: (id: GoalId, number: number | undefined) => Done;
  readonly setWhose: (id: GoalId, whose: "mine" | "ours") => Done;
  readonly setReview: (id: GoalId, date: string | undefined) => Done;
  /** Notes the writer's number now; a second one on the same day replaces the first. */
  readonly setReading: (id: GoalId, number: number) => Done;
  readonly linkStrength: (cardId: CardId, goalId: GoalId) => Done<LinkId>;
  readonly unlink: (id: LinkId) => Done;

  readonly addStep: (step: NewStep) => Done<StepId>;
  /** Also moves a step to another goal; with `size`, to another group (today, this week, later) in the same undo step. */
  readonly moveStep: (id: StepId, goalId: GoalId, to: Before<StepId>, size?: StepSize) => Done;
  readonly setStepWho: (id: StepId, who: readonly Doer[]) => Done;
  readonly setStepByWhen: (id: StepId, byWhen: ByWhen | undefined) => Done;
  readonly setStepSize: (id: StepId, size: StepSize) => Done;
  readonly setStepState: (id: StepId, state: StepState) => Done;
  readonly removeStep: (id: StepId) => Done;
  readonly bringBackStep: (id: StepId) => Done;

  /** For `client/editor` alone. */
  readonly longWords: (ref: LongWordsRef) => XmlFragment | undefined;

  /** Whether the person may write words or values of this record. */
  readonly canWrite: (laneId: LaneId) => boolean;
  /** Whether the person may add anything at all. */
  readonly canAdd: () => boolean;

  /** Only this person's changes on this device, newest first, across map, plan and long words. */
  readonly undo: () => UndoOutcome;
  readonly redo: () => UndoOutcome;
  readonly canUndo: () => boolean;
  readonly canRedo: () => boolean;
  readonly subscribeUndo: (listener: () => void) => () => void;
  /** Lets undo see what another writer of the lanes does under this origin. For `client/editor` alone. */
  readonly trackUndoOrigin: (origin: object) => void;
  /** Ends the current undo step, so that what is typed next is one of its own. */
  readonly endUndoStep: () => void;

  readonly close: () => void;
}

/** `kept`: it would have taken away something that others have written on since, so it was left as it is. */
export type UndoOutcome = "done" | "nothing" | "kept";

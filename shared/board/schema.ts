/** Every name that is stored in a lane, spelled once. Changing one is an upgrade (`upgrade.ts`), not a rename. */

export const schemaVersion = 1;

export const roots = {
  cards: "cards",
  ties: "ties",
  links: "links",
  goals: "goals",
  steps: "steps",
  readings: "readings",
  agreements: "agreements",
  checkIns: "checkIns",
  musts: "musts",
  meta: "meta",
} as const;

export const metaFields = { version: "version" } as const;

/** `place:<lens>` holds one value, `{area, time, at: {x, y}}`, so that two people's moves cannot blend. */
export const cardFields = {
  kind: "kind",
  words: "words",
  story: "story",
  place: "place:life",
  author: "author",
  language: "lang",
  createdAt: "createdAt",
  /** `{by, at}` while the card is put away; absent while it is on the map. */
  removed: "removed",
  /** Id of the card that this one answers, when it was written because another person held the first. */
  besides: "besides",
} as const;

export const goalFields = {
  words: "words",
  why: "why",
  notes: "notes",
  zero: "zero",
  ten: "ten",
  signs: "signs",
  goodEnough: "goodEnough",
  whose: "whose",
  /** `{state, reason?, by, at}`: the reason belongs to the state, so they are one value. */
  state: "state",
  rank: "rank",
  review: "review",
  author: "author",
  language: "lang",
  createdAt: "createdAt",
  /** Only ever written by undoing the goal's own creation: `{by, at, undone: true}`. */
  removed: "removed",
} as const;

export const stepFields = {
  goal: "goal",
  what: "what",
  /** `[{person} | {name}]` */
  who: "who",
  byWhen: "byWhen",
  size: "size",
  /** `{state, by, at}` */
  state: "state",
  rank: "rank",
  author: "author",
  language: "lang",
  createdAt: "createdAt",
  removed: "removed",
} as const;

/** A link's record is written whole and never changed. */
export const linkFields = {
  kind: "kind",
  card: "card",
  goal: "goal",
  by: "by",
} as const;

/** A reading's record is written whole; a second number on the same `day` (ISO date) replaces it under the same id. */
export const readingFields = {
  goal: "goal",
  person: "person",
  number: "number",
  at: "at",
  day: "day",
} as const;

export const cardKinds = [
  "strength",
  "resource",
  "worked-before",
  "helps-me",
  "value",
  "hope",
  "hard-thing",
  "need",
  "person",
  "place",
  "question",
  "gift",
  "service",
  "route",
  "speak-up",
] as const;
export type CardKind = (typeof cardKinds)[number];

/** Stored names too; they stand with the map's scaffold, which is below this folder. */
export { type Area, areas, type Time, times } from "../geometry/places.ts";

export const goalStates = ["idea", "chosen", "working", "paused", "done", "changed", "let-go"] as const;
export type GoalState = (typeof goalStates)[number];

export const stepStates = ["to-do", "doing", "done", "stuck", "not-now"] as const;
export type StepState = (typeof stepStates)[number];

export const stepSizes = ["today", "this-week", "later"] as const;
export type StepSize = (typeof stepSizes)[number];

/** How words came onto the board. The attribute `run` on stored text is `{said, typed, how}` (persons are ids). */
export const runHows = [
  "typed",
  "spoken",
  "scribed",
  "scribed+read-back",
  "interpreted",
  "machine",
  "prompt-text",
  "pasted",
] as const;
export type RunHow = (typeof runHows)[number];

export const runAttribute = "run";

export const linkKinds = ["strength-goal"] as const;
export type LinkKind = (typeof linkKinds)[number];

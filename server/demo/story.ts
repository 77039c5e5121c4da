import type { Role } from "#shared/access/roles.ts";
import type { Area, CardKind, GoalState, RunHow, StepSize, StepState, Time } from "#shared/board/schema.ts";
import type { PersonColour, PersonSymbol } from "#shared/protocol/presence.ts";

/** A made-up board as data: who is on it, and who put what there. Names of people and cards are keys within one story. */
export interface Story {
  readonly key: string;
  readonly title: string;
  readonly people: Readonly<Record<string, StoryPerson>>;
  readonly cards: Readonly<Record<string, StoryCard>>;
  readonly goals: readonly StoryGoal[];
}

export interface StoryPerson {
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly colour: PersonColour;
  readonly symbol?: PersonSymbol;
  /** The owner lets them write on the shared lane, whatever their role gives. */
  readonly writesShared?: boolean;
}

/** Who wrote it, and whose words they are when not the writer's own. */
export interface Writing {
  readonly by: string;
  readonly said?: string;
  readonly how?: RunHow;
}

export interface StoryCard extends Writing {
  readonly kind: CardKind;
  readonly area: Area;
  readonly time: Time;
  readonly words: string;
  readonly story?: string;
}

export interface StoryGoal extends Writing {
  readonly words: string;
  readonly whose: "mine" | "ours";
  readonly state: GoalState;
  readonly why?: string;
  readonly zero?: string;
  readonly ten?: string;
  readonly signs?: string;
  readonly goodEnough?: number;
  readonly review?: string;
  readonly strengths: readonly string[];
  readonly readings: Readonly<Record<string, number>>;
  readonly steps: readonly StoryStep[];
}

export interface StoryStep extends Writing {
  readonly what: string;
  /** Keys of people, or names of people who are not on the board. */
  readonly who: readonly string[];
  readonly size: StepSize;
  readonly state?: StepState;
  readonly date?: string;
  readonly when?: string;
}

import type { Role } from "../access/roles.ts";
import type { CellPoint } from "../board/board.ts";
import type { CardId, PersonId } from "../board/ids.ts";
import type { Area, Time } from "../board/schema.ts";

/** What a person is doing now, as their device says it: at most `limits.presenceBytes` as JSON. Never stored. */
export interface Doing {
  readonly pointer?: { readonly area: Area; readonly time: Time; readonly at: CellPoint };
  /** `key` names a text (`card:<id>:words`); `since` is Unix ms of the holder's clock, `idle` that 10 s passed without a key. */
  readonly editing?: { readonly key: string; readonly since: number; readonly idle?: boolean };
  readonly dragging?: { readonly cardId: CardId; readonly area: Area; readonly time: Time; readonly at: CellPoint };
  /** The long-words caret, as y-tiptap writes it. */
  readonly cursor?: unknown;
}

/** Who it is: written over whatever a device sent, by the relay. */
export interface StampedPerson {
  readonly id: PersonId;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly colour: PersonColour;
  readonly symbol: PersonSymbol | undefined;
}

export type Presence = Doing & { readonly person: StampedPerson };

/** Names of colours that stay apart for most kinds of colour blindness; each is shown with a second cue (initials, shape). */
export const personColours = ["plum", "teal", "ochre", "blue", "rose", "moss", "slate", "rust"] as const;
export type PersonColour = (typeof personColours)[number];

/** Pictures for people who do not write a name. */
export const personSymbols = [
  "sun",
  "moon",
  "star",
  "tree",
  "flower",
  "leaf",
  "bird",
  "fish",
  "cat",
  "dog",
  "horse",
  "boat",
  "house",
  "key",
  "cup",
  "ball",
] as const;
export type PersonSymbol = (typeof personSymbols)[number];

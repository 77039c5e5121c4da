import type { Role } from "../access/roles.ts";
import type { Area, CardKind, GoalState, LinkKind, RunHow, StepSize, StepState, Time } from "../board/schema.ts";
import type { PersonColour, PersonSymbol } from "../protocol/presence.ts";

/**
 * A whole board as one file that its owner takes home: what is in it is written down in `FORMAT.md`. Nothing of a server
 * is in it: people and records are numbered anew, in reading order.
 */
export const boardFileFormat = "alongside-board";
/** Grows with every change of shape, an added field included: a reader that skipped what it does not know would lose it. */
export const boardFileVersion = 1;
/** The largest file that is read. */
export const mostBoardFileBytes = 8 * 1024 * 1024;
/** How the file is called wherever it is saved: no name of anybody. */
export const boardFileName = "board.json";

/** `private` lanes stay out of copies. */
export const fileLanes = ["shared", "offers"] as const;
export type FileLane = (typeof fileLanes)[number];

/** `p1`, `c1`, `g1`, `s1`, …: only means something inside its file. */
export type FileId = string;

export interface FileRun {
  readonly text: string;
  readonly said?: FileId;
  readonly typed?: FileId;
  readonly how?: RunHow;
}
/** Runs in order; together they are the text. */
export type FileWords = readonly FileRun[];
/** Paragraphs of runs. */
export type FileLongWords = readonly FileWords[];

/** Without a name: somebody whose name is not kept any more. */
export type FilePerson =
  | { readonly id: FileId }
  | {
      readonly id: FileId;
      readonly name: string;
      readonly role: Role;
      readonly language: string;
      readonly colour: PersonColour;
      readonly symbol?: PersonSymbol;
    };
export type NamedFilePerson = Extract<FilePerson, { readonly name: string }>;

/** Moments are ISO 8601 in UTC to the millisecond, days `2026-12-05`. */
interface FileRecord {
  readonly lane: FileLane;
}
interface FileWriting extends FileRecord {
  readonly id: FileId;
  readonly author: FileId;
  readonly language: string;
  readonly createdAt: string;
}
interface FileRemoved {
  readonly by: FileId;
  readonly at: string;
}

export interface FileCard extends FileWriting {
  readonly kind: CardKind;
  readonly words: FileWords;
  readonly story: FileLongWords;
  readonly place: { readonly area: Area; readonly time: Time; readonly at: { readonly x: number; readonly y: number } };
  readonly removed?: FileRemoved;
  readonly besides?: FileId;
}

export interface FileGoal extends FileWriting {
  readonly words: FileWords;
  readonly why: FileLongWords;
  readonly notes: FileLongWords;
  readonly zero: FileWords;
  readonly ten: FileWords;
  readonly signs: FileWords;
  readonly goodEnough?: number;
  readonly whose: "mine" | "ours";
  readonly state: { readonly is: GoalState; readonly reason?: string; readonly by?: FileId; readonly at?: string };
  readonly review?: string;
}

export interface FileStep extends FileWriting {
  readonly goal: FileId;
  readonly what: FileWords;
  readonly who: readonly ({ readonly person: FileId } | { readonly name: string })[];
  readonly byWhen?: { readonly date: string } | { readonly when: string };
  readonly size: StepSize;
  readonly state: { readonly is: StepState; readonly by?: FileId; readonly at?: string };
  readonly removed?: FileRemoved;
}

export interface FileReading extends FileRecord {
  readonly goal: FileId;
  readonly person: FileId;
  readonly number: number;
  readonly at: string;
  readonly day?: string;
}

export interface FileLink extends FileRecord {
  readonly kind: LinkKind;
  readonly card: FileId;
  readonly goal: FileId;
  readonly by: FileId;
}

export interface BoardFile {
  readonly format: typeof boardFileFormat;
  readonly version: typeof boardFileVersion;
  readonly exportedAt: string;
  readonly title: string;
  /** Languages that words of the board are in, in the order in which they first come. */
  readonly languages: readonly string[];
  /** The owner, then everybody whom a record names, in the order in which they first come. */
  readonly people: readonly FilePerson[];
  readonly cards: readonly FileCard[];
  readonly goals: readonly FileGoal[];
  readonly steps: readonly FileStep[];
  readonly readings: readonly FileReading[];
  readonly links: readonly FileLink[];
}

/** The file's text: sorted keys, two spaces, a newline at the end. The same board at the same moment is the same text. */
export function writeBoardFile(file: BoardFile): string {
  return `${JSON.stringify(file, sortKeys, 2)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

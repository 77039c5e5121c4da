import * as v from "valibot";
import { isRole, ownerRole, type Role } from "../access/roles.ts";
import { parseDay, parseLanguage } from "../board/read-value.ts";
import { areas, cardKinds, goalStates, linkKinds, runHows, stepSizes, stepStates, times } from "../board/schema.ts";
import { limits } from "../protocol/limits.ts";
import { isOneLine } from "../protocol/one-line.ts";
import { personColours, personSymbols } from "../protocol/presence.ts";
import { fail, ok, type Result } from "../result.ts";
import { type BoardFile, boardFileFormat, boardFileVersion, fileLanes, mostBoardFileBytes } from "./board-file.ts";

/** Why a file is not read. `at` says where, as in `cards[3].words[0].how`: field names and positions, never words. */
export type BoardFileProblem =
  | { readonly kind: "too-large"; readonly mostBytes: number }
  | { readonly kind: "not-a-board-file" }
  | { readonly kind: "newer-version"; readonly version: number }
  | {
      readonly kind: "malformed";
      readonly at: string;
      /** `unknown-id`: names somebody or something that is not in the file · `same-id`: there was one with this id. */
      readonly why: "wrong-value" | "missing" | "unknown-field" | "unknown-id" | "same-id";
    };

/** As `parseBoardFile`, from the file's bytes. */
export function parseBoardFileBytes(bytes: Uint8Array): Result<BoardFile, BoardFileProblem> {
  if (bytes.length > mostBoardFileBytes) return fail({ kind: "too-large", mostBytes: mostBoardFileBytes });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return fail({ kind: "not-a-board-file" });
  }
  return parseBoardFile(value);
}

/**
 * A board file, or the first thing that is wrong with it. A file is whole or it is refused: no record is left out, no
 * field skipped. Never throws.
 */
export function parseBoardFile(value: unknown): Result<BoardFile, BoardFileProblem> {
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== boardFileFormat) return fail({ kind: "not-a-board-file" });
  if (typeof version === "number" && version > boardFileVersion) return fail({ kind: "newer-version", version });
  const parsed = v.safeParse(boardFile, value, { abortEarly: true });
  if (!parsed.success) return fail(problemOf(parsed.issues[0]));
  const file = parsed.output as BoardFile;
  const wrong = wrongId(file);
  return wrong ? fail(wrong) : ok(file);
}

/** Strings that are no words of the board's own texts: a reason, a name in a step. Any that could be stored fits. */
const mostLetters = 64 * 1024;

const letters = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed()),
);
const someLetters = v.pipe(letters, v.minLength(1));
const plain = v.pipe(letters, v.maxLength(mostLetters));
const line = (most: number) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= most && isOneLine(text)),
  );
const language = v.pipe(
  v.string(),
  v.check((tag) => parseLanguage(tag) !== undefined),
);
const day = v.pipe(
  v.string(),
  v.check((text) => parseDay(text) !== undefined),
);
const moment = v.pipe(
  v.string(),
  v.check((text) => {
    const unixMs = Date.parse(text);
    return unixMs >= 0 && new Date(unixMs).toISOString() === text;
  }),
);
const finite = v.pipe(v.number(), v.finite());
const score = v.pipe(v.number(), v.minValue(0), v.maxValue(10));
const idOf = (letter: string) => v.pipe(v.string(), v.regex(new RegExp(`^${letter}[1-9][0-9]{0,6}$`)));
const [personId, cardId, goalId, stepId] = [idOf("p"), idOf("c"), idOf("g"), idOf("s")];
const lane = v.picklist(fileLanes);

const run = v.strictObject({
  text: someLetters,
  said: v.optional(personId),
  typed: v.optional(personId),
  how: v.optional(v.picklist(runHows)),
});
const words = v.array(run);
const longWords = v.array(words);
const removed = v.optional(v.strictObject({ by: personId, at: moment }));
const writing = { lane, author: personId, language, createdAt: moment };
const changed = { by: v.optional(personId), at: v.optional(moment) };

/** One of two shapes by whether it has one of `keys`, so that what is wrong is told of the shape that was meant. */
const byKeys = <A extends v.GenericSchema, B extends v.GenericSchema>(
  keys: readonly string[],
  withOne: A,
  without: B,
) =>
  v.lazy((input) =>
    typeof input === "object" && input !== null && keys.some((key) => key in input) ? withOne : without,
  );

const person = byKeys(
  ["name", "role"],
  v.strictObject({
    id: personId,
    name: line(limits.nameLength),
    role: v.custom<Role>(isRole),
    language,
    colour: v.picklist(personColours),
    symbol: v.optional(v.picklist(personSymbols)),
  }),
  v.strictObject({ id: personId }),
);

const card = v.strictObject({
  ...writing,
  id: cardId,
  kind: v.picklist(cardKinds),
  words,
  story: longWords,
  place: v.strictObject({
    area: v.picklist(areas),
    time: v.picklist(times),
    at: v.strictObject({ x: finite, y: finite }),
  }),
  removed,
  besides: v.optional(cardId),
});

const goal = v.strictObject({
  ...writing,
  id: goalId,
  words,
  why: longWords,
  notes: longWords,
  zero: words,
  ten: words,
  signs: words,
  goodEnough: v.optional(score),
  whose: v.picklist(["mine", "ours"]),
  state: v.strictObject({ ...changed, is: v.picklist(goalStates), reason: v.optional(plain) }),
  review: v.optional(day),
});

const step = v.strictObject({
  ...writing,
  id: stepId,
  goal: goalId,
  what: words,
  who: v.array(byKeys(["person"], v.strictObject({ person: personId }), v.strictObject({ name: plain }))),
  byWhen: v.optional(byKeys(["date"], v.strictObject({ date: day }), v.strictObject({ when: plain }))),
  size: v.picklist(stepSizes),
  state: v.strictObject({ ...changed, is: v.picklist(stepStates) }),
  removed,
});

const reading = v.strictObject({
  lane,
  goal: goalId,
  person: personId,
  number: score,
  at: moment,
  day: v.optional(day),
});

const link = v.strictObject({ lane, kind: v.picklist(linkKinds), card: cardId, goal: goalId, by: personId });

const boardFile = v.strictObject({
  format: v.literal(boardFileFormat),
  version: v.literal(boardFileVersion),
  exportedAt: moment,
  title: line(limits.titleLength),
  languages: v.array(language),
  people: v.array(person),
  cards: v.array(card),
  goals: v.array(goal),
  steps: v.array(step),
  readings: v.array(reading),
  links: v.array(link),
});

function problemOf(issue: v.BaseIssue<unknown>): BoardFileProblem {
  const at = pathOf((issue.path ?? []).map(({ key }) => key));
  if (issue.type === "strict_object" && issue.expected === "never")
    return { kind: "malformed", at, why: "unknown-field" };
  const isMissing = issue.type === "strict_object" && issue.received === "undefined";
  return { kind: "malformed", at, why: isMissing ? "missing" : "wrong-value" };
}

/** A field that is none of ours may be called anything, so it is named only when its name is short and plain. */
function pathOf(keys: readonly unknown[]): string {
  return keys
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return typeof key === "string" && /^[A-Za-z_]{1,30}$/.test(key) ? `.${key}` : ".?";
    })
    .join("")
    .replace(/^\./, "");
}

/** The first id that stands twice, or names nothing; and the owner, of whom there is exactly one. */
function wrongId(file: BoardFile): BoardFileProblem | undefined {
  const problem = (why: "unknown-id" | "same-id" | "wrong-value", ...path: readonly (string | number)[]) =>
    ({ kind: "malformed", at: pathOf(path), why }) as const;
  const known = new Set<string>();
  for (const list of ["people", "cards", "goals", "steps"] as const) {
    for (const [index, { id }] of file[list].entries()) {
      if (known.has(id)) return problem("same-id", list, index, "id");
      known.add(id);
    }
  }
  const owners = file.people.filter((each) => "role" in each && each.role === ownerRole);
  if (owners.length !== 1) return problem("wrong-value", "people");

  // Every field of these names holds an id of the file; words and names are never looked into.
  const naming: ReadonlySet<string> = new Set(["author", "besides", "by", "card", "goal", "person", "said", "typed"]);
  const look = (value: unknown, path: readonly (string | number)[]): BoardFileProblem | undefined => {
    if (typeof value !== "object" || value === null) return undefined;
    const entries: Iterable<[string | number, unknown]> = Array.isArray(value)
      ? value.entries()
      : Object.entries(value);
    for (const [key, inner] of entries) {
      const here = [...path, key];
      const isId = typeof inner === "string" && typeof key === "string" && naming.has(key);
      if (isId && !known.has(inner)) return problem("unknown-id", ...here);
      const found = look(inner, here);
      if (found) return found;
    }
    return undefined;
  };
  const { cards, goals, steps, readings, links } = file;
  return look({ cards, goals, steps, readings, links }, []);
}

import type { ByWhen, CardPlace, CellPoint, Doer } from "./board.ts";
import { type PersonId, parseId } from "./ids.ts";
import { areas, times } from "./schema.ts";

/** Parsers of single stored values. Each gives `undefined` for anything that is not one; none throws. */

type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function parseOneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.includes(value as T) ? (value as T) : undefined;
}

export function parsePoint(value: unknown): CellPoint | undefined {
  const fields = asFields(value);
  if (!fields) return undefined;
  const { x, y } = fields;
  if (typeof x !== "number" || typeof y !== "number" || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  return { x, y };
}

export function parsePlace(value: unknown): CardPlace | undefined {
  const fields = asFields(value);
  const area = parseOneOf(areas, fields?.area);
  const time = parseOneOf(times, fields?.time);
  const at = parsePoint(fields?.at);
  return area && time && at && { area, time, at };
}

/** Unix ms. */
export function parseMoment(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A number on a goal's line. */
export function parseScore(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 10 ? value : undefined;
}

/** A day that exists, `2026-12-05`. */
export function parseDay(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const moment = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value) ? value : undefined;
}

export function parseLanguage(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}$/.test(value) ? value : undefined;
}

export interface Removed {
  readonly by: PersonId;
  readonly at: number;
  /** Put away by undoing its own creation: shows again when somebody else has written in it. */
  readonly isUndone: boolean;
}

export function parseRemoved(value: unknown): Removed | undefined {
  const fields = asFields(value);
  const by = parseId<PersonId>(fields?.by);
  const at = parseMoment(fields?.at);
  return by !== undefined && at !== undefined ? { by, at, isUndone: fields?.undone === true } : undefined;
}

export function parseDoers(value: unknown): readonly Doer[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const doers: Doer[] = [];
  for (const entry of value) {
    const fields = asFields(entry);
    const person = parseId<PersonId>(fields?.person);
    if (person) doers.push({ person });
    else if (typeof fields?.name === "string") doers.push({ name: fields.name });
    else return undefined;
  }
  return doers;
}

export function parseByWhen(value: unknown): ByWhen | undefined {
  const fields = asFields(value);
  const date = parseDay(fields?.date);
  if (date !== undefined) return { date };
  return typeof fields?.when === "string" ? { when: fields.when } : undefined;
}

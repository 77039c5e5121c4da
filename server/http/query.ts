import { fail, ok, type Result } from "#shared/result.ts";
import type { Refusal } from "../access/answer.ts";

/** What stands behind the `?` of a call: each may be given once, as text. */
export type Query = Readonly<Record<string, unknown>>;

const badRequest: Result<never, Refusal> = fail({ kind: "bad-request" });

/** A whole number from 0 up; `undefined` when it is left out. */
export function countOf(query: Query, name: string): Result<number | undefined, Refusal> {
  const text = query[name];
  if (text === undefined) return ok(undefined);
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? ok(Number(text)) : badRequest;
}

/** `?after=&limit=`: from the start, and as many as there may be at once, when left out. */
export function pageOf(
  query: Query,
  most: number,
): Result<{ readonly after: number; readonly limit: number }, Refusal> {
  const [after, limit] = [countOf(query, "after"), countOf(query, "limit")];
  if (!after.ok) return after;
  if (!limit.ok) return limit;
  if (limit.value === 0) return badRequest;
  return ok({ after: after.value ?? 0, limit: Math.min(limit.value ?? most, most) });
}

/** A change's number, or a moment (ISO 8601); `undefined` when it is left out. */
export function whenOf(
  query: Query,
  name: string,
): Result<{ readonly seq: number } | { readonly time: number } | undefined, Refusal> {
  const text = query[name];
  if (text === undefined) return ok(undefined);
  if (typeof text !== "string") return badRequest;
  if (/^\d{1,15}$/.test(text)) return ok({ seq: Number(text) });
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? badRequest : ok({ time });
}

import { fail, ok, type Result } from "../result.ts";

/** A place in a list that several people reorder: compared as text, unit by unit. Made here only. */
export type Rank = string & { readonly brand: "Rank" };
export type RanksOutOfOrder = { readonly kind: "ranks-out-of-order" };

/** Ascending both here and as UTF-16 units, so that plain comparison of two ranks is their order. */
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const lowest = "0";
const highest = "z";

/** Far above what reordering by hand can reach (about six moves to one spot a character); keeps damaged data small. */
const mostCharacters = 1_000;

/**
 * A rank is a whole part and a fraction. The first character of the whole part says how long it is (`a` 2 … `z` 27 for
 * zero and up, `Z` 2 … `A` 27 below), so that adding at either end counts up or down instead of growing.
 */
function wholeLength(head: string): number | undefined {
  if (head >= "a" && head <= "z") return head.charCodeAt(0) - 97 + 2;
  if (head >= "A" && head <= "Z") return 90 - head.charCodeAt(0) + 2;
  return undefined;
}

const smallestWhole = `A${lowest.repeat(26)}`;

/** A rank from a stored record, or `undefined` when it cannot be one. */
export function parseRank(value: unknown): Rank | undefined {
  if (typeof value !== "string" || value.length > mostCharacters || !/^[A-Za-z][0-9A-Za-z]+$/.test(value))
    return undefined;
  const length = wholeLength(value.charAt(0));
  if (length === undefined || value.length < length || value === smallestWhole) return undefined;
  // Nothing fits between a rank and the same with zeros behind it.
  if (value.length > length && value.endsWith(lowest)) return undefined;
  return value as Rank;
}

/**
 * A rank strictly between two neighbours, so one step can be placed without touching the others.
 * `undefined` means no neighbour on that side. Grows about one character per six insertions at one spot.
 * Returns `ranks-out-of-order` unless `before < after`. Two people may choose the same rank: sort by rank, then id.
 * Source: David Greenspan, "Implementing Fractional Indexing".
 */
export function rankBetween(before: Rank | undefined, after: Rank | undefined): Result<Rank, RanksOutOfOrder> {
  if (before !== undefined && after !== undefined && before >= after) return fail({ kind: "ranks-out-of-order" });
  return ok(between(before, after) as Rank);
}

/** For `sort`: by rank, then by id, so that everyone sees equal ranks in the same order. */
export function byRankThenId(
  a: { readonly rank: Rank; readonly id: string },
  b: { readonly rank: Rank; readonly id: string },
): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function between(before: string | undefined, after: string | undefined): string {
  if (before === undefined) {
    if (after === undefined) return `a${lowest}`;
    const whole = wholeOf(after);
    const fraction = after.slice(whole.length);
    if (whole === smallestWhole) return whole + middle("", fraction);
    // A bare whole part is below the same with a fraction.
    return fraction === "" ? oneLess(whole) : whole;
  }
  const whole = wholeOf(before);
  const fraction = before.slice(whole.length);
  if (after === undefined) return oneMore(whole) ?? whole + middle(fraction, undefined);
  const wholeAfter = wholeOf(after);
  if (whole === wholeAfter) return whole + middle(fraction, after.slice(wholeAfter.length));
  const next = oneMore(whole);
  return next !== undefined && next < after ? next : whole + middle(fraction, undefined);
}

const wholeOf = (rank: string): string => rank.slice(0, wholeLength(rank.charAt(0)));
const digitAt = (text: string, index: number): number => digits.indexOf(text.charAt(index));

/** A fraction between two others: `low` may be empty (nothing), `high` may be `undefined` (one). Never ends in zero. */
function middle(low: string, high: string | undefined): string {
  if (high !== undefined) {
    let shared = 0;
    while (shared < high.length && (low.charAt(shared) || lowest) === high.charAt(shared)) shared += 1;
    if (shared > 0) return high.slice(0, shared) + middle(low.slice(shared), high.slice(shared));
  }
  const lowDigit = low === "" ? 0 : digitAt(low, 0);
  const highDigit = high === undefined ? digits.length : digitAt(high, 0);
  if (highDigit - lowDigit > 1) return digits.charAt(Math.round((lowDigit + highDigit) / 2));
  if (high !== undefined && high.length > 1) return high.charAt(0);
  return digits.charAt(lowDigit) + middle(low.slice(1), undefined);
}

function oneMore(whole: string): string | undefined {
  const kept = whole.slice(1).split("");
  for (let index = kept.length - 1; index >= 0; index -= 1) {
    if (kept[index] !== highest) {
      kept[index] = digits.charAt(digitAt(kept[index] ?? lowest, 0) + 1);
      return whole.charAt(0) + kept.join("");
    }
    kept[index] = lowest;
  }
  const head = whole.charAt(0);
  if (head === "Z") return `a${lowest}`;
  if (head === "z") return undefined;
  const nextHead = String.fromCharCode(head.charCodeAt(0) + 1);
  return nextHead + lowest.repeat((wholeLength(nextHead) ?? 2) - 1);
}

/** Never called with the smallest of all. */
function oneLess(whole: string): string {
  const kept = whole.slice(1).split("");
  for (let index = kept.length - 1; index >= 0; index -= 1) {
    if (kept[index] !== lowest) {
      kept[index] = digits.charAt(digitAt(kept[index] ?? highest, 0) - 1);
      const less = whole.charAt(0) + kept.join("");
      // The smallest whole part is kept free, so that there is always room below.
      return less === smallestWhole ? less + digits.charAt(digits.length / 2) : less;
    }
    kept[index] = highest;
  }
  const head = whole.charAt(0);
  if (head === "a") return `Z${highest}`;
  const nextHead = String.fromCharCode(head.charCodeAt(0) - 1);
  return nextHead + highest.repeat((wholeLength(nextHead) ?? 2) - 1);
}

/**
 * Ranks that put a new item before position `index` of a list already in order. Mostly one; where two people chose the
 * same rank there is no room between them, so the followers of that rank get new ones too.
 * Returns the item's own rank and those to rewrite, by position.
 */
export function ranksToInsert(
  inOrder: readonly Rank[],
  index: number,
): { readonly rank: Rank; readonly rewritten: ReadonlyMap<number, Rank> } {
  const previous = inOrder[index - 1];
  let end = index;
  while (end < inOrder.length && previous !== undefined && (inOrder[end] as Rank) <= previous) end += 1;
  const after = inOrder[end];
  const rank = between(previous, after) as Rank;
  const rewritten = new Map<number, Rank>();
  let last = rank;
  for (let position = index; position < end; position += 1) {
    last = between(last, after) as Rank;
    rewritten.set(position, last);
  }
  return { rank, rewritten };
}

import type { Doer, Goal, Reading, Step } from "#shared/board/board.ts";
import type { PersonId } from "#shared/board/ids.ts";

/** What the plan notices about itself and says as a question, never as a fault. */

export function isOpen(step: Step): boolean {
  return step.state !== "done" && step.state !== "not-now";
}

/**
 * The one who has all open steps, when there are two or more and nobody shares any of them. A step that nobody has taken
 * yet falls to no side, so then there is nothing to ask.
 */
export function allOnOne(steps: readonly Step[]): { readonly doer: Doer; readonly count: number } | undefined {
  const open = steps.filter(isOpen);
  const doer = open[0]?.who[0];
  if (!doer || open.length < 2) return undefined;
  const alone = open.every((step) => step.who.length === 1 && step.who[0] && isSameDoer(step.who[0], doer));
  return alone ? { doer, count: open.length } : undefined;
}

export function isSameDoer(one: Doer, other: Doer): boolean {
  if ("person" in one) return "person" in other && one.person === other.person;
  return "name" in other && one.name === other.name;
}

/** Whose goal it is when it is somebody's own: who said most of its words, whoever typed them. */
export function speakerOf({ words, author }: Pick<Goal, "words" | "author">): PersonId {
  const letters = new Map<PersonId, number>();
  for (const { said, text } of words.runs) if (said) letters.set(said, (letters.get(said) ?? 0) + text.length);
  const most = [...letters].toSorted(([, one], [, other]) => other - one)[0];
  return most?.[0] ?? author;
}

/** More goals than most people can carry at a time; said as advice. */
export const manyGoals = 3;

export function workingCount(goals: readonly Goal[]): number {
  return goals.filter(({ state }) => state === "working").length;
}

/** Everyone's latest number, in the order in which people first gave one. */
export function latestReadings(readings: readonly Reading[]): readonly Reading[] {
  const latest = new Map<PersonId, Reading>();
  for (const reading of readings) latest.set(reading.person, reading);
  return [...latest.values()];
}

/** Numbers nearer than this are the same thing seen on two days. */
const apartFrom = 2;

export type Spread =
  | { readonly kind: "too-few" }
  | { readonly kind: "same"; readonly number: number }
  | { readonly kind: "near" }
  | { readonly kind: "apart"; readonly low: Reading; readonly high: Reading };

/** How far apart people's numbers stand: the start of a talk about what each of them sees. */
export function spreadOf(latest: readonly Reading[]): Spread {
  const sorted = latest.toSorted((a, b) => a.number - b.number);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (!low || !high || sorted.length < 2) return { kind: "too-few" };
  if (low.number === high.number) return { kind: "same", number: low.number };
  return high.number - low.number < apartFrom ? { kind: "near" } : { kind: "apart", low, high };
}

/** The number that an arrow key leads to from another, on a line that runs with the writing direction. */
export function numberAfterKey(key: string, dir: "ltr" | "rtl", from: number): number | undefined {
  if (key === "Home") return 0;
  if (key === "End") return 10;
  const forward = key === "ArrowUp" || key === (dir === "rtl" ? "ArrowLeft" : "ArrowRight");
  const back = key === "ArrowDown" || key === (dir === "rtl" ? "ArrowRight" : "ArrowLeft");
  if (!forward && !back) return undefined;
  return Math.min(10, Math.max(0, from + (forward ? 1 : -1)));
}

import { limits } from "#shared/protocol/limits.ts";
import { hangsOn, type ReadUpdate, type Run, structKinds } from "./update-reader.ts";

/** `harmful`: they wait for each other, or lie in too many types. `lacking`: one hangs on a clock that nobody has. */
export interface Order {
  readonly outcome: "whole" | "straddling" | "lacking" | "harmful";
  /** Each struct's place; complete unless the outcome is lacking or harmful. */
  readonly placeOf: Uint8Array;
  /**
   * Values of several clocks that stand under one key. Yjs makes such only of values that were replaced; alive they could be
   * split, and Yjs 13.6 throws when a record is deleted in which half of a value was left behind.
   */
  readonly notAlive: readonly Run[];
}

/** Where a clock lies, as one small number: twice how many types it lies in, its root not counted; one more under a key. */
export const underKey = 1;
const perLevel = 2;
const deepest = limits.typeNesting * perLevel + underKey;
/** Collected: nobody knows any more where it lay. What hangs on it Yjs collects as well, however it is made. */
export const gonePlace = 255;

const there = -1;
const nowhere = -2;
/** An earlier struct of its own client is put aside and waits for this one. */
const itself = -3;

/**
 * Goes through an update's structs in the order in which Yjs would take them in: client by client from the highest down,
 * and whenever one hangs on another that is still to come, that one's client first. Where Yjs would leave some waiting, this
 * says so. Each struct is put aside at most once for each one that it makes come, so the work grows with their number.
 * `onTaken` hears of each that is news, in that order.
 */
export function orderStructs(
  { runs, structs }: ReadUpdate,
  clockOf: (client: number) => number,
  knownPlace: (client: number, clock: number) => number,
  onTaken?: (index: number, run: number) => void,
): Order {
  const { firstOfRun, clock, kind, hangs, nearClient, nearClock, farClient, farClock } = structs;
  const placeOf = new Uint8Array(clock.length);
  const notAlive: Run[] = [];
  const runOf = new Map(runs.map(({ client }, at) => [client, at]));
  const known = runs.map(({ client }) => clockOf(client));
  const reached = known.slice();
  const next = firstOfRun.slice(0, runs.length);
  let straddles = false;

  if (runs.some(({ from }, at) => from > (known[at] as number))) return { outcome: "lacking", placeOf, notAlive };

  const endOf = (index: number, at: number): number =>
    index + 1 < (firstOfRun[at + 1] as number) ? (clock[index + 1] as number) : (runs[at] as Run).to;
  /** The run that has to go on before this clock is there; `there`, or `nowhere` when no run brings it. */
  const waitsFor = (client: number, at: number): number => {
    const run = runOf.get(client);
    if (run === undefined) return at < clockOf(client) ? there : nowhere;
    if (at < (reached[run] as number)) return there;
    return at < (runs[run] as Run).to ? run : nowhere;
  };
  const placeAt = (client: number, at: number): number => {
    const run = runOf.get(client);
    if (run === undefined || at < (known[run] as number)) return knownPlace(client, at);
    let low = firstOfRun[run] as number;
    let high = (firstOfRun[run + 1] as number) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((clock[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return placeOf[low] as number;
  };
  const placeOfStruct = (index: number): number => {
    const how = hangs[index] as number;
    const key = how & hangsOn.key ? underKey : 0;
    const near =
      how & (hangsOn.left | hangsOn.parent)
        ? placeAt(nearClient[index] as number, nearClock[index] as number)
        : undefined;
    const far = how & hangsOn.right ? placeAt(farClient[index] as number, farClock[index] as number) : undefined;
    if (kind[index] === structKinds.gone || near === gonePlace || far === gonePlace) return gonePlace;
    if (near !== undefined && how & hangsOn.left) return near;
    if (far !== undefined) return far;
    return near === undefined ? key : ((near >> 1) + 1) * perLevel + key;
  };

  /** The run that a struct waits for, looked at in Yjs's order. */
  const missing = (index: number, at: number): number => {
    if ((clock[index] as number) > (reached[at] as number)) return itself;
    const how = hangs[index] as number;
    let waits: number = there;
    if (how & (hangsOn.left | hangsOn.parent))
      waits = waitsFor(nearClient[index] as number, nearClock[index] as number);
    if (waits === there && how & hangsOn.right) waits = waitsFor(farClient[index] as number, farClock[index] as number);
    return waits;
  };

  const aside: number[] = [];
  const asideRun: number[] = [];
  const order = runs.map((_, at) => at).sort((a, b) => (runs[b]?.client ?? 0) - (runs[a]?.client ?? 0));
  for (const first of order) {
    while ((next[first] as number) < (firstOfRun[first + 1] as number)) {
      let at = first;
      let index = next[at] as number;
      next[at] = index + 1;
      for (;;) {
        const waits = missing(index, at);
        if (waits === nowhere) return { outcome: "lacking", placeOf, notAlive };
        if (waits >= 0) {
          aside.push(index);
          asideRun.push(at);
          at = waits;
          index = next[at] as number;
          // All that this one could wait for is put aside itself: they wait for each other.
          if (index >= (firstOfRun[at + 1] as number)) return { outcome: "harmful", placeOf, notAlive };
          next[at] = index + 1;
          continue;
        }
        if (waits === itself) return { outcome: "harmful", placeOf, notAlive };
        const end = endOf(index, at);
        if (end > (known[at] as number)) {
          const start = clock[index] as number;
          straddles ||= start < (known[at] as number);
          const place = placeOfStruct(index);
          if (place !== gonePlace) {
            // A type takes what lies in it one deeper.
            const reach = place + (kind[index] === structKinds.type ? perLevel : 0);
            if (reach > deepest) return { outcome: "harmful", placeOf, notAlive };
            if (place & underKey && end - start > 1 && kind[index] === structKinds.other) {
              notAlive.push({ client: (runs[at] as Run).client, from: start, to: end });
            }
          }
          placeOf[index] = place;
          reached[at] = end;
          onTaken?.(index, at);
        }
        const waiting = aside.pop();
        if (waiting === undefined) break;
        index = waiting;
        at = asideRun.pop() as number;
      }
    }
  }
  return { outcome: straddles ? "straddling" : "whole", placeOf, notAlive };
}

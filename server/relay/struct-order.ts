import { limits } from "#shared/protocol/limits.ts";
import { hangsOn, type ReadUpdate, structKinds } from "./update-reader.ts";

/** `harmful`: they wait for each other, or lie in too many types. `lacking`: one hangs on a clock that nobody has. */
export interface Order {
  readonly outcome: "whole" | "straddling" | "lacking" | "harmful";
  /** How many types each struct lies in, its root not counted; complete unless it is lacking or harmful. */
  readonly depthOf: Uint8Array;
}

const there = -1;
const nowhere = -2;
/** An earlier struct of its own client is put aside and waits for this one. */
const itself = -3;

/**
 * Goes through an update's structs in the order in which Yjs would take them in: client by client from the highest down,
 * and whenever one hangs on another that is still to come, that one's client first. Where Yjs would leave some waiting, this
 * says so. Each struct is put aside at most once for each one that it makes come, so the work grows with their number.
 */
export function orderStructs(
  { runs, structs }: ReadUpdate,
  clockOf: (client: number) => number,
  knownDepth: (client: number, clock: number) => number,
): Order {
  const { firstOfRun, clock, kind, hangs, nearClient, nearClock, farClient, farClock } = structs;
  const depthOf = new Uint8Array(clock.length);
  const runOf = new Map(runs.map(({ client }, at) => [client, at]));
  const known = runs.map(({ client }) => clockOf(client));
  const reached = known.slice();
  const next = firstOfRun.slice(0, runs.length);
  let straddles = false;

  if (runs.some(({ from }, at) => from > (known[at] as number))) return { outcome: "lacking", depthOf };

  const endOf = (index: number, at: number): number =>
    index + 1 < (firstOfRun[at + 1] as number) ? (clock[index + 1] as number) : (runs[at] as { to: number }).to;
  /** The run that has to go on before this clock is there; `there`, or `nowhere` when no run brings it. */
  const waitsFor = (client: number, at: number): number => {
    const run = runOf.get(client);
    if (run === undefined) return at < clockOf(client) ? there : nowhere;
    if (at < (reached[run] as number)) return there;
    return at < (runs[run] as { to: number }).to ? run : nowhere;
  };
  const depthAt = (client: number, at: number): number => {
    const run = runOf.get(client);
    if (run === undefined || at < (known[run] as number)) return knownDepth(client, at);
    let low = firstOfRun[run] as number;
    let high = (firstOfRun[run + 1] as number) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((clock[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return depthOf[low] as number;
  };
  const depthOfStruct = (index: number): number => {
    switch (hangs[index]) {
      case hangsOn.nothing:
        return 0;
      case hangsOn.right:
        return depthAt(farClient[index] as number, farClock[index] as number);
      case hangsOn.parent:
        return depthAt(nearClient[index] as number, nearClock[index] as number) + 1;
      default:
        return depthAt(nearClient[index] as number, nearClock[index] as number);
    }
  };

  /** The run that a struct waits for, looked at in Yjs's order. */
  const missing = (index: number, at: number): number => {
    if ((clock[index] as number) > (reached[at] as number)) return itself;
    const how = hangs[index] as number;
    let waits: number = there;
    if (how & hangsOn.left || how === hangsOn.parent)
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
        if (waits === nowhere) return { outcome: "lacking", depthOf };
        if (waits >= 0) {
          aside.push(index);
          asideRun.push(at);
          at = waits;
          index = next[at] as number;
          // All that this one could wait for is put aside itself: they wait for each other.
          if (index >= (firstOfRun[at + 1] as number)) return { outcome: "harmful", depthOf };
          next[at] = index + 1;
          continue;
        }
        if (waits === itself) return { outcome: "harmful", depthOf };
        const end = endOf(index, at);
        if (end > (known[at] as number)) {
          straddles ||= (clock[index] as number) < (known[at] as number);
          const depth = depthOfStruct(index);
          // A type takes what lies in it one deeper.
          if (depth + (kind[index] === structKinds.type ? 1 : 0) > limits.typeNesting)
            return { outcome: "harmful", depthOf };
          depthOf[index] = depth;
          reached[at] = end;
        }
        const waiting = aside.pop();
        if (waiting === undefined) break;
        index = waiting;
        at = asideRun.pop() as number;
      }
    }
  }
  return { outcome: straddles ? "straddling" : "whole", depthOf };
}

/**
 * Time and chance of one simulated run. Everything that happens is an event with a moment; between two events all
 * promises come to rest, so a run with the same seed is the same run, step by step [R10].
 */
export interface World {
  /** Unix ms of the simulation. */
  readonly now: () => number;
  /** Runs once, `delayMs` from now. Events of one moment run in the order in which they were asked for. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Runs the next event and lets what it set off come to rest. `false`: nothing is left to happen. */
  readonly step: () => Promise<boolean>;
  /** Adds to the run's fingerprint: two runs of one seed must have the same one. */
  readonly note: (what: string, number?: number) => void;
  readonly fingerprint: () => number;
  readonly steps: () => number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Told of everything that is noted, to read a run by. */
export type Trace = (atMs: number, what: string, number: number) => void;

export function createWorld(trace?: Trace, startMs = Date.UTC(2026, 10, 22)): World {
  let now = startMs;
  let order = 0;
  let steps = 0;
  let fingerprint = 0x811c9dc5;
  /** A binary heap: the earliest first. */
  const events: Event[] = [];

  const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);
  const at = (index: number) => events[index] as Event;
  const swap = (a: number, b: number) => {
    const kept = at(a);
    events[a] = at(b);
    events[b] = kept;
  };
  const add = (event: Event) => {
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(at(index), at(parent))) break;
      swap(index, parent);
      index = parent;
    }
  };
  const takeFirst = (): Event | undefined => {
    const first = events[0];
    const last = events.pop();
    if (!first || !last || first === last) return first;
    events[0] = last;
    for (let index = 0; ; ) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < events.length && isBefore(at(child), at(least))) least = child;
      }
      if (least === index) return first;
      swap(index, least);
      index = least;
    }
  };
  const mix = (number: number) => {
    fingerprint = Math.imul(fingerprint ^ (number & 0xff), 0x01000193) >>> 0;
    fingerprint = Math.imul(fingerprint ^ ((number >>> 8) & 0xffff), 0x01000193) >>> 0;
  };

  return {
    now: () => now,
    after: (delayMs, run) => {
      const event: Event = { at: now + Math.max(0, delayMs), order: order++, run, cancelled: false };
      add(event);
      return () => {
        event.cancelled = true;
      };
    },
    step: async () => {
      let event = takeFirst();
      while (event?.cancelled) event = takeFirst();
      if (!event) return false;
      now = event.at;
      steps++;
      event.run();
      // All promises that hang on nothing but each other are through when the next turn of the event loop begins.
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
    note: (what, number = 0) => {
      trace?.(now - startMs, what, number);
      for (let index = 0; index < what.length; index++) mix(what.charCodeAt(index));
      mix(number);
    },
    fingerprint: () => fingerprint,
    steps: () => steps,
  };
}

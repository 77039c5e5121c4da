import type { Clock } from "../../server/relay/ports.ts";

export interface FakeClock extends Clock {
  /** Runs, in order, every timer that falls due, and lets what each set off come to rest before the next. */
  readonly advance: (byMs: number) => Promise<void>;
}

/** A clock that moves only when told to. */
export function createFakeClock(startMs = Date.UTC(2026, 10, 22)): FakeClock {
  let now = startMs;
  let order = 0;
  const timers = new Set<{ readonly at: number; readonly order: number; readonly run: () => void }>();
  return {
    now: () => now,
    setTimer: (delayMs, run) => {
      const timer = { at: now + delayMs, order: order++, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (byMs) => {
      const end = now + byMs;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order);
        if (!next) break;
        timers.delete(next);
        now = next.at;
        next.run();
        await rest();
      }
      now = end;
      await rest();
    },
  };
}

/** Lets promises that wait for nothing but each other come to rest. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

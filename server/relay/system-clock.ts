import type { Clock } from "./ports.ts";

/** The clock of this machine. Its timers do not keep the process alive: the listening server does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

import { createContext, useContext, useEffect, useRef, useState } from "react";

/**
 * A long list drawn at once keeps a cheap phone from answering for seconds. So the first cards come at once, and the rest
 * in small parts, in order, whenever the browser has nothing else to do.
 */
export interface Pace {
  /** Whether there is room for more right now. */
  readonly hasRoom: () => boolean;
  /** How many of `count` may be drawn right now; all of them is `Infinity`, also for those that come later. */
  readonly take: (count: number) => number;
  /** `grow` draws at most so many more and says how many it did; it is called until it did fewer than it might. */
  readonly whenIdle: (grow: (most: number) => number) => () => void;
}

/** About what a tall phone shows. */
const firstCards = 10;
/** Some 30 ms of work on a cheap phone. */
const cardsAtATime = 16;

export function createPace(schedule: (run: () => void) => void = soon): Pace {
  let left = firstCards;
  const waiting = new Set<(most: number) => number>();
  let isScheduled = false;

  const plan = () => {
    if (isScheduled || waiting.size === 0) return;
    isScheduled = true;
    schedule(() => {
      isScheduled = false;
      let most = cardsAtATime;
      for (const grow of waiting) {
        const drawn = grow(most);
        if (drawn < most) waiting.delete(grow);
        most -= drawn;
        if (most <= 0) break;
      }
      plan();
    });
  };

  return {
    hasRoom: () => left > 0,
    take: (count) => {
      const taken = Math.min(left, count);
      left -= taken;
      return taken === count ? Number.POSITIVE_INFINITY : taken;
    },
    whenIdle: (grow) => {
      waiting.add(grow);
      plan();
      return () => {
        waiting.delete(grow);
      };
    },
  };
}

/** What the frame of an area costs, in cards. */
const areaInCards = 6;

/** Whether to draw a part of the list below its heading now: at once while there is room, else when its turn comes. */
export function useTurn(): boolean {
  const pace = useContext(PaceContext);
  const [isDrawn, setDrawn] = useState(() => pace?.hasRoom() ?? true);
  useEffect(() => {
    if (isDrawn) return;
    return pace?.whenIdle(() => {
      setDrawn(true);
      return areaInCards;
    });
  }, [isDrawn, pace]);
  return isDrawn;
}

/** After the frame that is being made, and after whatever a person does meanwhile. Safari has no idle callback. */
function soon(run: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: 500 });
  else setTimeout(run, 30);
}

export const PaceContext = createContext<Pace | undefined>(undefined);

/** How many of `count` list items to draw now. Grows by itself, and once it had all of them, new ones come at once. */
export function useGradual(count: number): number {
  const pace = useContext(PaceContext);
  const [shown, setShown] = useState(() => pace?.take(count) ?? Number.POSITIVE_INFINITY);
  const latest = useRef({ shown, count });
  latest.current = { shown, count };
  const isWhole = shown === Number.POSITIVE_INFINITY;
  useEffect(() => {
    if (isWhole || !pace) return;
    return pace.whenIdle((most) => {
      const { shown: before, count: all } = latest.current;
      const more = Math.min(most, Math.max(0, all - before));
      const after = before + more < all ? before + more : Number.POSITIVE_INFINITY;
      latest.current.shown = after;
      setShown(after);
      return more;
    });
  }, [isWhole, pace]);
  return Math.min(shown, count);
}

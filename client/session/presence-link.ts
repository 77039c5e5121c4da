import type { Awareness } from "y-protocols/awareness";
import type { Doing, Presence, StampedPerson } from "#shared/protocol/presence.ts";
import type { Other } from "./board-session.ts";

/** Least time between two frames of presence: 20 a second. */
const pauseMs = 50;

interface Schedule {
  readonly now: () => number;
  readonly later: (run: () => void, ms: number) => () => void;
}

export interface PresenceLink {
  readonly others: () => readonly Other[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly setDoing: (change: { readonly [K in keyof Doing]?: Doing[K] | undefined }) => void;
  readonly close: () => void;
}

function isStamped(person: unknown): person is StampedPerson {
  const { id, name, colour } = (person ?? {}) as Partial<StampedPerson>;
  return typeof id === "string" && typeof name === "string" && typeof colour === "string";
}

/** Who else is here, and what they do; and what I do, for them. A state that the relay has not stamped is nobody's. */
export function openPresenceLink(awareness: Awareness, { now, later }: Schedule): PresenceLink {
  const listeners = new Set<() => void>();
  let others: readonly Other[] = [];

  const read = () => {
    const next: Other[] = [];
    for (const [key, state] of awareness.getStates()) {
      if (key === awareness.clientID || !isStamped(state.person)) continue;
      const before = others.find((other) => other.key === key);
      next.push(before?.presence === state ? before : { key, presence: state as Presence });
    }
    next.sort((a, b) => a.key - b.key);
    if (next.length === others.length && next.every((other, index) => other === others[index])) return;
    others = next;
    for (const listener of listeners) listener();
  };
  awareness.on("change", read);

  let waiting: Record<string, unknown> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  const send = () => {
    cancel = undefined;
    if (!waiting) return;
    const next: Record<string, unknown> = { ...awareness.getLocalState(), ...waiting };
    for (const key of Object.keys(waiting)) if (waiting[key] === undefined) delete next[key];
    waiting = undefined;
    lastAt = now();
    awareness.setLocalState(next);
  };

  return {
    others: () => others,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setDoing: (change) => {
      waiting = { ...waiting, ...change };
      cancel ??= later(send, Math.max(0, lastAt + pauseMs - now()));
    },
    close: () => {
      cancel?.();
      awareness.off("change", read);
      listeners.clear();
    },
  };
}

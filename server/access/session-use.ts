import type { BoardStore, SessionRecord } from "../store/board-store.ts";

/**
 * When each session was last used by its person: a tap, an edit, a call that changes something. Reading by itself is no
 * use, as an open page asks for news on its own. Kept in memory, and in the store about once a minute.
 */
export interface SessionUse {
  readonly seen: (session: Pick<SessionRecord, "tokenHash" | "staffSessionId">) => void;
  readonly seenAt: (session: Pick<SessionRecord, "tokenHash" | "lastSeenAt">) => number;
  /** The last sign of a worker in anything that their sign-in opened. */
  readonly staffSeen: (staffSessionId: string) => void;
  readonly staffSeenAt: (staffSessionId: string) => number | undefined;
  /** Forgets what is older than any limit. */
  readonly forgetOld: () => void;
}

const keptEveryMs = 60_000;
/** Past every idle limit. */
const longestIdleMs = 3_600_000;

export function createSessionUse(parts: {
  readonly store: Pick<BoardStore, "touchSession">;
  readonly now: () => number;
}): SessionUse {
  const { store, now } = parts;
  const usedAt = new Map<string, number>();
  const keptAt = new Map<string, number>();
  const staffUsedAt = new Map<string, number>();

  return {
    seen: ({ tokenHash, staffSessionId }) => {
      const at = now();
      usedAt.set(tokenHash, at);
      if (staffSessionId !== undefined) staffUsedAt.set(staffSessionId, at);
      if (at - (keptAt.get(tokenHash) ?? 0) < keptEveryMs) return;
      keptAt.set(tokenHash, at);
      // A store that fails is told of elsewhere; until it is well again, memory knows.
      void store.touchSession(tokenHash, at);
    },
    seenAt: ({ tokenHash, lastSeenAt }) => Math.max(lastSeenAt, usedAt.get(tokenHash) ?? 0),
    staffSeen: (staffSessionId) => void staffUsedAt.set(staffSessionId, now()),
    staffSeenAt: (staffSessionId) => staffUsedAt.get(staffSessionId),
    forgetOld: () => {
      const oldest = now() - longestIdleMs;
      for (const times of [usedAt, keptAt, staffUsedAt]) {
        for (const [id, at] of times) if (at < oldest) times.delete(id);
      }
    },
  };
}

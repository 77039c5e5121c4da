import type { Role } from "#shared/access/roles.ts";
import type { SessionView } from "#shared/protocol/api.ts";
import type { PersonRecord, SessionRecord } from "../store/board-store.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long a session lasts: without a sign of its person, and at most. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly longestMs: number;
}

const guestLimits: SessionLimits = { idleMs: 15 * minuteMs, longestMs: 8 * hourMs };
export const workerLimits: SessionLimits = { idleMs: 30 * minuteMs, longestMs: 10 * hourMs };

/** A client's or a guest's phone may lie anywhere; a worker's day has pauses, and ends. */
export const sessionLimitsOf = (role: Role): SessionLimits => (role === "worker" ? workerLimits : guestLimits);

export interface SessionEnd {
  /** Unix ms: when it ends if nothing is done until then. */
  readonly quietAt: number;
  /** When it ends whatever is done. */
  readonly at: number;
  /** What `at` is the end of. */
  readonly ends: SessionView["ends"];
}

type Timed = Pick<SessionRecord, "createdAt" | "expiresAt" | "idleMs">;
type Bounded = Pick<PersonRecord, "role" | "accessUntil">;

/**
 * When a session ends: the one answer that HTTP, the gate and open sockets go by. `seenAt`: the last sign of its person.
 * A role that has become narrower since the session began counts at once, and so does an end of the person's access.
 */
export function sessionEnd(session: Timed, { role, accessUntil }: Bounded, seenAt: number): SessionEnd {
  const { idleMs, longestMs } = sessionLimitsOf(role);
  const longest = Math.min(session.expiresAt, session.createdAt + longestMs);
  const quietAt = seenAt + Math.min(session.idleMs, idleMs);
  return accessUntil !== undefined && accessUntil <= longest
    ? { quietAt, at: accessUntil, ends: "access" }
    : { quietAt, at: longest, ends: "session" };
}

export const isOver = ({ quietAt, at }: SessionEnd, now: number): boolean => quietAt <= now || at <= now;

/** Until the first of its ends. */
export const leftMs = ({ quietAt, at }: SessionEnd, now: number): number => Math.max(0, Math.min(quietAt, at) - now);

export const sessionView = ({ quietAt, at, ends }: SessionEnd, now: number): SessionView => ({
  quietLeftMs: Math.max(0, quietAt - now),
  leftMs: Math.max(0, at - now),
  ends,
});

/** Whether somebody's time on a board is over, in a session or out of one. */
export const isAccessOver = ({ accessUntil }: Pick<PersonRecord, "accessUntil">, now: number): boolean =>
  accessUntil !== undefined && accessUntil <= now;

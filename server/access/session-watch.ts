import type { CloseReason } from "#shared/protocol/close-codes.ts";
import type { BoardStore, PersonRecord, SessionRecord } from "../store/board-store.ts";
import type { Audit } from "./audit.ts";
import type { LiveBoards } from "./live-boards.ts";
import { isOver, type SessionEnd, sessionEnd } from "./session-end.ts";
import type { SessionUse } from "./session-use.ts";

/** Looks after the sessions that have sockets: when one is over, they are closed within a second. */
export interface SessionWatch {
  /** Somebody is let in with this session. */
  readonly watch: (session: SessionRecord, person: PersonRecord) => void;
  /** An edit came by a socket of this session. */
  readonly edited: (sessionTokenHash: string) => void;
  /** Their role or the end of their access has changed. */
  readonly personChanged: (person: PersonRecord) => void;
  readonly stop: () => void;
}

export interface SessionWatchParts {
  readonly store: Pick<BoardStore, "endSession" | "endExpiredSessions">;
  readonly live: Pick<LiveBoards, "closeSession" | "socketsOf">;
  readonly use: SessionUse;
  readonly audit: Audit;
  readonly now: () => number;
  readonly setTimer: (delayMs: number, run: () => void) => () => void;
}

/** Well below the second within which sockets have to be closed. */
const lookEveryMs = 250;
const sweepEveryMs = 60_000;
/** Long enough for a socket to open after its session was let in. */
const openingMs = 60_000;
/** What memory knows of a session's use may be this much ahead of the store, and a little more. */
const storeLagMs = 180_000;

interface Watched {
  readonly session: SessionRecord;
  person: PersonRecord;
  since: number;
}

export function createSessionWatch(parts: SessionWatchParts): SessionWatch {
  const { store, live, use, audit, now } = parts;
  const watched = new Map<string, Watched>();
  let sweptAt = now();

  const end = ({ session, person }: Watched, { at, ends }: SessionEnd) => {
    const isAccess = ends === "access" && at <= now();
    const reason: CloseReason = isAccess ? "accessEnded" : "sessionEnded";
    live.closeSession(session.tokenHash, reason);
    // An owner may give more time; the session then goes on, if it has not ended by itself.
    if (!isAccess) void store.endSession(session.tokenHash);
    const { boardId, personId } = person;
    audit.note({ boardId, personId, action: isAccess ? "access-ended" : "session-ended" });
  };
  const look = () => {
    const at = now();
    for (const [hash, each] of watched) {
      const ends = sessionEnd(each.session, each.person, use.seenAt(each.session));
      if (isOver(ends, at)) {
        watched.delete(hash);
        end(each, ends);
      } else if (at - each.since > openingMs && live.socketsOf(hash) === 0) watched.delete(hash);
    }
    if (Math.abs(at - sweptAt) >= sweepEveryMs) {
      sweptAt = at;
      use.forgetOld();
      // Those that nobody has open; their rows are of no use to anybody any more.
      void store.endExpiredSessions(at - storeLagMs);
    }
    cancel = parts.setTimer(lookEveryMs, look);
  };
  let cancel = parts.setTimer(lookEveryMs, look);

  return {
    watch: (session, person) => void watched.set(session.tokenHash, { session, person, since: now() }),
    edited: (hash) => {
      const each = watched.get(hash);
      if (each) use.seen(each.session);
    },
    personChanged: (person) => {
      for (const each of watched.values()) if (each.person.personId === person.personId) each.person = person;
    },
    stop: () => cancel(),
  };
}

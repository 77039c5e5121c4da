import type { IncomingMessage } from "node:http";
import type { LaneAccess } from "#shared/access/roles.ts";
import type { LaneId } from "#shared/board/ids.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import type { Result } from "#shared/result.ts";
import type { PersonRecord } from "../store/board-store.ts";

/** What the relay is told about a socket before it exists: who it is, where it may go, and what it may do there. */
export interface Admission {
  /** Their board is `person.boardId`; the lane is one of that board's. */
  readonly person: PersonRecord;
  readonly laneId: LaneId;
  readonly access: LaneAccess;
  /** Names the session, so that ending it ends its sockets. Never the token itself. */
  readonly sessionTokenHash: string;
  /** For how long the session still lives, from the moment it was let in. Its sockets end with it. */
  readonly sessionLeftMs: number;
}

/**
 * Decides, on the HTTP upgrade of `/sync/:laneId`, whether a socket may open. A refusal is answered with the status and
 * sentence of its kind (`errorTable`) and no socket ever exists: `not-signed-in` 401, `wrong-origin` and `not-allowed` 403,
 * `not-found` 404 (also a lane that is not this person's to know of), `too-many-tries` 429, `not-storing` 503.
 *
 * Reads only; the gate itself counts sockets per session. Never rejects: what cannot be found out is `unexpected`.
 * The gate notes the moment before it calls this, so a removal that happens while it runs still closes the socket.
 */
export type Admit = (
  request: IncomingMessage,
  laneId: LaneId,
) => Promise<Result<Admission, { readonly kind: ErrorKind }>>;

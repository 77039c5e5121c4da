import type { LaneAccess } from "#shared/access/roles.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { CloseReason } from "#shared/protocol/close-codes.ts";
import type { PersonRecord } from "../store/board-store.ts";

/**
 * What entry tells those who are on a board right now. The relay gives it; here stands only what we need of it, as
 * access lies below the relay. Each is called after the store has the change.
 */
export interface LiveBoards {
  /** Their name, language, colour or the like: others see it at once, and ask for the people again. */
  readonly personChanged: (person: PersonRecord) => void;
  /** Somebody was invited, approved, removed or came, or the title changed: everyone asks for the board again. */
  readonly boardChanged: (boardId: BoardId) => void;
  readonly closePerson: (personId: PersonId, reason: CloseReason) => void;
  readonly closeSession: (sessionTokenHash: string, reason: CloseReason) => void;
  /** Sockets of this session that are open now. */
  readonly socketsOf: (sessionTokenHash: string) => number;
  /** What they may do on a lane has changed: their sockets there are closed, and open again as the gate now sees it. */
  readonly setAccess: (personId: PersonId, laneId: LaneId, access: LaneAccess | undefined) => void;
}

import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type {
  BoardRecord,
  InvitationRecord,
  LaneRecord,
  NewUpdate,
  PersonRecord,
  SessionRecord,
} from "../../server/store/board-store.ts";

/** Valid records of Ana's board; a test names only what it is about. */

export const testKey: Uint8Array = new Uint8Array(32).fill(7);

export const boardId = "board-of-ana" as BoardId;
export const sharedLane = "lane-shared" as LaneId;
export const offersLane = "lane-offers" as LaneId;
export const ana = "person-ana" as PersonId;
export const bo = "person-bo" as PersonId;

export const aBoard = (over: Partial<BoardRecord> = {}): BoardRecord => ({
  boardId,
  title: "Ana's board",
  createdAt: 1_000,
  ...over,
});

export const aLane = (over: Partial<LaneRecord> = {}): LaneRecord => ({
  laneId: sharedLane,
  boardId,
  kind: "shared",
  ...over,
});

export const aPerson = (over: Partial<PersonRecord> = {}): PersonRecord => ({
  personId: ana,
  boardId,
  name: "Ana",
  role: "client",
  language: "ar",
  colour: "teal",
  symbol: undefined,
  accountId: undefined,
  standing: "invited",
  named: false,
  invitedBy: undefined,
  lanes: [
    { laneId: sharedLane, access: "write" },
    { laneId: offersLane, access: "read" },
  ],
  createdAt: 1_000,
  ...over,
});

export const anInvitation = (over: Partial<InvitationRecord> = {}): InvitationRecord => ({
  personId: ana,
  boardId,
  secretHash: "secret-hash",
  codeHash: "code-hash",
  codeExpiresAt: 2_000,
  expiresAt: 3_000,
  state: "open",
  createdAt: 1_000,
  ...over,
});

export const aSession = (over: Partial<SessionRecord> = {}): SessionRecord => ({
  tokenHash: "token-hash",
  personId: ana,
  boardId,
  staffSessionId: undefined,
  createdAt: 1_500,
  expiresAt: 9_000,
  idleMs: 5_000,
  lastSeenAt: 1_500,
  ...over,
});

export const anUpdate = (over: Partial<NewUpdate> = {}): NewUpdate => ({
  laneId: sharedLane,
  personId: ana,
  at: 1_000,
  bytes: new Uint8Array([1, 2, 3]),
  ...over,
});

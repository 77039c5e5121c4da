import type { LaneAccess, LaneKind, Role } from "#shared/access/roles.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { PersonColour, PersonSymbol } from "#shared/protocol/presence.ts";
import type { Result } from "#shared/result.ts";

/**
 * Where boards are kept. Bytes in, bytes out: a store knows nothing of Yjs, HTTP or roles. Every implementation passes
 * `tests/contract/board-store.ts`. Times are Unix ms. Hashes are made by the caller (`server/access`).
 */
export type StoreFailure = {
  readonly kind: "store-failing";
  /** `full`: no space left · `read-only` · `failing`: anything else of the disk · `closed`. */
  readonly why: "full" | "read-only" | "failing" | "closed";
};
export type Stored<T> = Promise<Result<T, StoreFailure>>;

/** Counts the updates of one lane from 1, without gaps. */
export type Seq = number;

export interface NewUpdate {
  readonly laneId: LaneId;
  /** Whose connection it came by: what the relay can prove. */
  readonly personId: PersonId;
  readonly at: number;
  /** Stays the caller's, and stays as it is until `written` settles. */
  readonly bytes: Uint8Array;
}

export interface Appending {
  /** Settled when the update is committed to the log: kill -9 can no longer lose it. Until then nobody else may see it. */
  readonly written: Stored<Seq>;
  /** Settled when it is forced to disk: a power cut can no longer lose it. Until then it may not read *Saved*. */
  readonly forced: Stored<void>;
}

export interface StoredUpdate {
  readonly seq: Seq;
  readonly personId: PersonId;
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface StoredLane {
  /** `upTo`: the last seq folded into it. */
  readonly snapshot: { readonly upTo: Seq; readonly bytes: Uint8Array } | undefined;
  /** Updates after the snapshot, in order. */
  readonly tail: readonly StoredUpdate[];
}

export interface BoardRecord {
  readonly boardId: BoardId;
  readonly title: string;
  readonly createdAt: number;
}

export interface LaneRecord {
  readonly laneId: LaneId;
  readonly boardId: BoardId;
  readonly kind: LaneKind;
}

/** Somebody on one board. The same human on two boards is two persons, so that nothing links the boards. */
export interface PersonRecord {
  readonly personId: PersonId;
  readonly boardId: BoardId;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly colour: PersonColour;
  readonly symbol: PersonSymbol | undefined;
  /** The staff account behind a worker, else `undefined`. */
  readonly accountId: string | undefined;
  readonly standing: "pending" | "invited" | "joined" | "gone";
  readonly named: boolean;
  readonly invitedBy: PersonId | undefined;
  readonly lanes: readonly { readonly laneId: LaneId; readonly access: LaneAccess }[];
  readonly createdAt: number;
}

/** At most one for a person; a newer one takes the place of an older. */
export interface InvitationRecord {
  readonly personId: PersonId;
  readonly boardId: BoardId;
  readonly secretHash: string;
  readonly codeHash: string;
  readonly codeExpiresAt: number;
  readonly expiresAt: number;
  readonly state: "open" | "used" | "revoked";
  readonly createdAt: number;
}

export interface SessionRecord {
  readonly tokenHash: string;
  readonly personId: PersonId;
  readonly boardId: BoardId;
  /** Set when a signed-in worker opened the board: ends with that sign-in. */
  readonly staffSessionId: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface ApiTokenRecord {
  readonly tokenHash: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface ErasedBoard {
  readonly people: number;
  readonly lanes: number;
  readonly updates: number;
}

export interface BoardStore {
  /** Writes are grouped by the store for at most 4 ms; order within a lane is the order of the calls. */
  readonly append: (update: NewUpdate) => Appending;
  readonly loadLane: (laneId: LaneId) => Stored<StoredLane>;
  /** Keeps the log: history is read from it. A snapshot older than the one kept is ignored. */
  readonly writeSnapshot: (
    laneId: LaneId,
    snapshot: { readonly upTo: Seq; readonly bytes: Uint8Array },
  ) => Stored<void>;
  /** Tries a real write. `ok` means that the next `append` has a chance. */
  readonly probe: () => Stored<void>;

  /** All or nothing. */
  readonly createBoard: (
    board: BoardRecord,
    lanes: readonly LaneRecord[],
    people: readonly PersonRecord[],
    invitations: readonly InvitationRecord[],
  ) => Stored<void>;
  readonly board: (boardId: BoardId) => Stored<BoardRecord | undefined>;
  readonly setTitle: (boardId: BoardId, title: string) => Stored<void>;
  readonly lane: (laneId: LaneId) => Stored<LaneRecord | undefined>;
  readonly lanesOf: (boardId: BoardId) => Stored<readonly LaneRecord[]>;
  /**
   * The board and everything of it, in one step; also what `alsoLanes` hold, though the board may be gone. `undefined`
   * when there was no such board. Nothing here keeps a late `append` from making one of its lanes anew: whoever passes
   * updates on has to be told. Its bytes may stand in the file's free space until `scrub`.
   */
  readonly eraseBoard: (boardId: BoardId, alsoLanes?: readonly LaneId[]) => Stored<ErasedBoard | undefined>;
  /**
   * Afterwards no byte of what was erased or replaced before is left in the store's own files. Everybody else waits
   * meanwhile: about a second for 100 MB. `false`: not all of it, as another process was reading the whole time.
   */
  readonly scrub: () => Stored<boolean>;
  /** Where this account is somebody who is not `gone`; newest first. */
  readonly boardsOfAccount: (accountId: string) => Stored<readonly BoardRecord[]>;

  readonly person: (personId: PersonId) => Stored<PersonRecord | undefined>;
  readonly peopleOf: (boardId: BoardId) => Stored<readonly PersonRecord[]>;
  /** Adds the person, or writes over the one with this id. */
  readonly putPerson: (person: PersonRecord) => Stored<void>;

  readonly putInvitation: (invitation: InvitationRecord) => Stored<void>;
  readonly invitationBySecret: (secretHash: string) => Stored<InvitationRecord | undefined>;
  readonly invitationByCode: (codeHash: string) => Stored<InvitationRecord | undefined>;
  readonly invitationOf: (personId: PersonId) => Stored<InvitationRecord | undefined>;
  /**
   * In one step: if this very invitation is still open, marks it used and its person `joined`, and adds the session.
   * `false` when it was no longer open (two devices at once: one of them gets `false`), or when a newer one has taken its
   * place: that one stays as it is.
   */
  readonly spendInvitation: (
    invitation: Pick<InvitationRecord, "personId" | "secretHash">,
    session: SessionRecord,
  ) => Stored<boolean>;

  readonly session: (tokenHash: string) => Stored<SessionRecord | undefined>;
  readonly putSession: (session: SessionRecord) => Stored<void>;
  readonly endSession: (tokenHash: string) => Stored<void>;
  readonly endSessionsOfPerson: (personId: PersonId) => Stored<void>;
  /** Returns those ended, so that their sockets can be closed. */
  readonly endSessionsOfStaffSession: (staffSessionId: string) => Stored<readonly SessionRecord[]>;

  readonly apiToken: (tokenHash: string) => Stored<ApiTokenRecord | undefined>;
  readonly putApiToken: (token: ApiTokenRecord) => Stored<void>;

  /** One-time set-up links for staff accounts. `takeSetupToken` is `true` once. */
  readonly putSetupToken: (tokenHash: string, expiresAt: number) => Stored<void>;
  readonly takeSetupToken: (tokenHash: string, now: number) => Stored<boolean>;

  /** Waits for what was appended, then lets go of the files. Later calls fail with `closed`. */
  readonly close: () => Promise<void>;
}

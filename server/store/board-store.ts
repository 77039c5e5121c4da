import type { LaneAccess, LaneKind, Role } from "#shared/access/roles.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
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
  /** Yjs client ids that are this person's from now on, kept in the same step. One that is somebody's already stays theirs. */
  readonly claims?: readonly number[] | undefined;
  /** It brings back what others once wrote and the log had lost (after a restore); `personId` is who brought it. */
  readonly returned?: boolean | undefined;
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
  readonly returned: boolean;
}

export interface Snapshot {
  /** The last seq folded into it. */
  readonly upTo: Seq;
  readonly bytes: Uint8Array;
}

/** Whose a Yjs client id is, for good (DESIGN R3). */
export interface ClientIdOwner {
  readonly clientId: number;
  readonly personId: PersonId;
}

/** Why a lane cannot be served as it is (DESIGN R9). */
export interface LaneDamage {
  /** Up to here all is proven to be what was written; 0: nothing is. */
  readonly lastGood: Seq;
  /** When that update came (Unix ms). */
  readonly lastGoodAt: number | undefined;
  /** `row`: an update is not what was written · `missing`: updates or marks are gone · `snapshot`: no other way to the
   * rest than a snapshot that is damaged · `key`: the board's key cannot be opened. */
  readonly what: "row" | "snapshot" | "missing" | "key";
}

export interface StoredLane {
  readonly snapshot: Snapshot | undefined;
  /** Updates after the snapshot, in order. */
  readonly tail: readonly StoredUpdate[];
  readonly clientIds: readonly ClientIdOwner[];
  /** Then `snapshot` and `tail` hold only the part that is proven good, and the lane takes nothing new. */
  readonly damage: LaneDamage | undefined;
  /** Unix ms: until then clients may bring back what the log lost. Set by a restore, a recovery, a start after no clean stop. */
  readonly returningUntil: number | undefined;
  /** Newer snapshots that were damaged and passed over; the log made up for them, so nobody on the board need know. */
  readonly badSnapshots?: number;
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
  /** From this moment on they are not let in any more, whatever session they have; `undefined`: no end. */
  readonly accessUntil?: number | undefined;
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
  /** Ends at this moment however busy its person is. */
  readonly expiresAt: number;
  /** Ends when its person has done nothing for so long. */
  readonly idleMs: number;
  readonly lastSeenAt: number;
}

export interface ApiTokenRecord {
  readonly tokenHash: string;
  readonly name: string;
  readonly createdAt: number;
}

export type NewAuditEntry = Pick<AuditEntry, "at" | "personId" | "action"> &
  Partial<Pick<AuditEntry, "laneId" | "from" | "to" | "about">> & { readonly boardId: BoardId };

export interface AuditVerdict {
  readonly entries: number;
  /** The number of the first entry that is not what was written, or is missing; `undefined` when all stand. */
  readonly brokenAt: number | undefined;
}

/** Chained like the entries of a board. */
export interface Erasure {
  readonly n: number;
  readonly at: number;
  /** SHA-256 of the board's id, in hex: who has the id can find it, and it tells nothing to anybody else. */
  readonly boardIdHash: string;
  readonly hash: string;
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
  /**
   * Keeps the log: history is read from it. Keeps the newest three snapshots or more; one older than the newest is ignored.
   * One that covers more than the log has is a bug (throws).
   */
  readonly writeSnapshot: (laneId: LaneId, snapshot: Snapshot) => Stored<void>;
  /** Who owns this client id from now on: `personId`, or whoever had it before. */
  readonly claimClientId: (laneId: LaneId, personId: PersonId, clientId: number) => Stored<PersonId>;
  /**
   * Updates `after < seq <= upTo` in order, at most `limit`. Stops before the first that is damaged; when that one would be
   * the first of the answer, it fails with `failing`: a page that ends early is not the end of the lane, the next call tells.
   */
  readonly history: (
    laneId: LaneId,
    range: { readonly after: Seq; readonly upTo?: Seq | undefined; readonly limit: number },
  ) => Stored<readonly StoredUpdate[]>;
  /** The newest whole snapshot with `upTo <= seq` that is still kept. */
  readonly snapshotBefore: (laneId: LaneId, seq: Seq) => Stored<Snapshot | undefined>;
  /**
   * Sets aside what of a damaged lane is not proven good (kept, encrypted, out of use), so that it can be served again from
   * `lastGood` on; clients may bring back for 30 days what they still hold. `undefined` when the lane is not damaged.
   */
  readonly recoverLane: (laneId: LaneId, now: number) => Stored<{ readonly lastGood: Seq } | undefined>;
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
   * The board and everything of it, its key and its audit too, in one step; also what `alsoLanes` hold, though the board may be gone. `undefined`
   * when there was no such board. Nothing here keeps a late `append` from making one of its lanes anew: whoever passes
   * updates on has to be told. Its bytes may stand in the file's free space until `scrub`.
   */
  readonly eraseBoard: (
    boardId: BoardId,
    alsoLanes?: readonly LaneId[],
    now?: number,
  ) => Stored<ErasedBoard | undefined>;
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
  /** Seen now: what its idle time is counted from. Never moves back. */
  readonly touchSession: (tokenHash: string, now: number) => Stored<void>;
  /** Deletes those past their end or idle for too long, and returns them, so that their sockets can be closed. */
  readonly endExpiredSessions: (now: number) => Stored<readonly SessionRecord[]>;
  readonly endSession: (tokenHash: string) => Stored<void>;
  readonly endSessionsOfPerson: (personId: PersonId) => Stored<void>;
  /** Returns those ended, so that their sockets can be closed. */
  readonly endSessionsOfStaffSession: (staffSessionId: string) => Stored<readonly SessionRecord[]>;

  /** Adds a line to the board's audit. Holds no content. One about a board that is not there (any more) is not kept. */
  readonly audit: (entry: NewAuditEntry) => Stored<void>;
  /** Entries with `after < n`, in order. */
  readonly auditOf: (
    boardId: BoardId,
    range: { readonly after: number; readonly limit: number },
  ) => Stored<readonly AuditEntry[]>;
  readonly verifyAudit: (boardId: BoardId) => Stored<AuditVerdict>;
  /** The service's own audit: a line for every board that was erased. */
  readonly erasures: () => Stored<readonly Erasure[]>;

  readonly apiToken: (tokenHash: string) => Stored<ApiTokenRecord | undefined>;
  readonly putApiToken: (token: ApiTokenRecord) => Stored<void>;

  /** One-time set-up links for staff accounts. `takeSetupToken` is `true` once. */
  readonly putSetupToken: (tokenHash: string, expiresAt: number) => Stored<void>;
  readonly takeSetupToken: (tokenHash: string, now: number) => Stored<boolean>;

  /** Waits for what was appended, then lets go of the files. Later calls fail with `closed`. */
  readonly close: () => Promise<void>;
}

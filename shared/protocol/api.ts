import type { LaneAccess, LaneKind, Role } from "../access/roles.ts";
import type { BoardId, LaneId, PersonId } from "../board/ids.ts";
import type { roots } from "../board/schema.ts";
import type { BoardFile } from "../board-file/board-file.ts";
import type { AuditAction } from "./audit.ts";
import type { PersonColour, PersonSymbol } from "./presence.ts";

/** Bodies of the HTTP API under `/api`. Times are ISO 8601 in UTC. Failures are `ErrorBody` (`errors.ts`). */

export interface LaneView {
  readonly laneId: LaneId;
  readonly kind: LaneKind;
}
export interface OpenLane extends LaneView {
  readonly access: LaneAccess;
  /** Something stored of this lane is damaged: it cannot be opened until somebody recovers it (`POST …/recover`). */
  readonly damage?: LaneDamageView;
}
/** `lastGoodAt`: when the last change that is proven whole was made; `undefined` when there is none. */
export interface LaneDamageView {
  readonly lastGoodAt: string | undefined;
}

export interface InvitationView {
  readonly url: string;
  /** Six characters to say aloud; works until `codeExpiresAt`, 10 minutes. */
  readonly code: string;
  readonly codeExpiresAt: string;
  readonly expiresAt: string;
}

/** `POST /api/boards` */
export interface NewBoardBody {
  readonly title: string;
  readonly owner: { readonly name: string; readonly language: string };
}
export interface NewBoardReply {
  readonly boardId: BoardId;
  readonly lanes: readonly LaneView[];
  readonly invitation: InvitationView;
}

/** `POST /api/boards/:boardId/invitations`: 201, or 202 while it waits for the owner's yes. */
export interface NewInvitationBody {
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly lanes?: readonly { readonly laneId: LaneId; readonly access: LaneAccess }[];
  /** When the link ends. */
  readonly expiresAt?: string;
  /** When their access ends, however they came in: an interpreter's hour, a supporter's week. Left out: never. */
  readonly until?: string;
}
export type NewInvitationReply =
  | (InvitationView & { readonly personId: PersonId })
  | { readonly personId: PersonId; readonly pending: true };

/** `POST /api/join/look` (changes nothing) and `POST /api/join`. */
export type JoinBody = { readonly secret: string } | { readonly code: string };
export interface JoinLook {
  readonly title: string;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly invitedBy: string | undefined;
  /** Who this browser already is on that board, when that is somebody else: joining would take their place here. */
  readonly alreadyHereAs?: string | undefined;
}
export interface JoinReply {
  readonly boardId: BoardId;
  readonly personId: PersonId;
  readonly role: Role;
  readonly lanes: readonly OpenLane[];
  readonly sessionToken: string;
}

export interface PersonView {
  readonly personId: PersonId;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly colour: PersonColour;
  readonly symbol: PersonSymbol | undefined;
  /** `pending`: waits for the owner's yes. `invited`: may join. `gone`: removed; kept so that their words keep a name. */
  readonly standing: "pending" | "invited" | "joined" | "gone";
  /** Whether they have said what to call them. Until then the screen asks, beside the board. */
  readonly named: boolean;
  /** Who asked for them; shown to those who may invite. */
  readonly invitedBy: PersonId | undefined;
  readonly canWriteShared: boolean;
  /** When their access ends, or ended. */
  readonly until?: string | undefined;
}

/**
 * `PATCH /api/boards/:boardId/people/:personId`: 200 with the person as they are now. The owner may change anybody but
 * themselves; whoever may narrow (`narrow-access`) may only take away. `lanes` is all that they may open from now on;
 * left out, a new role brings its own and keeps the private ones. `until: null` takes an end away.
 */
export interface ChangePersonBody {
  readonly role?: Role;
  readonly lanes?: readonly { readonly laneId: LaneId; readonly access: LaneAccess }[];
  readonly until?: string | null;
}

/**
 * `GET /api/boards/:boardId/session` (changes nothing) and `POST /api/session/renew` `{boardId?}` (a tap: the quiet time
 * counts anew). How long this device is still let in, in ms from now, as no two clocks agree. `quietLeftMs` ends by
 * doing nothing; `leftMs` comes whatever one does.
 */
export interface SessionView {
  readonly quietLeftMs: number;
  readonly leftMs: number;
  /** What `leftMs` is the end of: the longest time of one session, or the time that this person was invited for. */
  readonly ends: "session" | "access";
}
export interface RenewBody {
  readonly boardId?: BoardId;
}

/** `GET /api/boards/:boardId`: the board as this person may see it. */
export interface BoardView {
  readonly boardId: BoardId;
  readonly title: string;
  readonly me: PersonId;
  readonly role: Role;
  readonly lanes: readonly OpenLane[];
  readonly people: readonly PersonView[];
}

/** `PATCH /api/boards/:boardId/me` */
export interface MeBody {
  readonly name?: string;
  readonly language?: string;
  readonly colour?: PersonColour;
  readonly symbol?: PersonSymbol | null;
}

/** `GET /api/home`, staff only. */
export interface HomeView {
  readonly name: string;
  readonly boards: readonly {
    readonly boardId: BoardId;
    readonly title: string;
    readonly ownerJoined: boolean;
    readonly people: number;
  }[];
}

/** `GET /api/hello`: what the start page needs to know, for anybody. */
export interface HelloView {
  readonly staff: { readonly name: string } | undefined;
  /** No staff account exists yet: the start page says where to find the set-up link. */
  readonly needsSetup: boolean;
}

/** `POST /api/setup` */
export interface SetupBody {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** `GET /api/boards/:boardId/lanes/:laneId/history?after=<seq>&limit=<n>`: for whoever may read the lane. */
export interface LaneHistoryView {
  readonly laneId: LaneId;
  /** The newest change. */
  readonly head: number;
  readonly changes: readonly LaneChangeView[];
  /** Ask again with `after` set to the last `seq` here. */
  readonly more: boolean;
}
export interface LaneChangeView {
  readonly seq: number;
  readonly at: string;
  /** By whose connection it came: proven, not claimed. */
  readonly personId: PersonId;
  readonly bytes: number;
  /** Brought back what had been lost here (after a restore), and may hold other people's words. */
  readonly returned: boolean;
}

/** `GET …/lanes/:laneId/at?seq=<n>` or `?time=<ISO 8601>`, with `&update=1` for the document's bytes too. */
export interface LaneMomentView {
  readonly laneId: LaneId;
  /** The last change that is in it; 0: none. */
  readonly seq: number;
  readonly at: string | undefined;
  readonly head: number;
  /** This lane alone, as a board file (`shared/board-file/FORMAT.md`). */
  readonly board: BoardFile;
  /** A Yjs update, base64. */
  readonly update?: string;
}

/** Where records stand in a lane: every root but `meta`. */
export type RecordRoot = Exclude<keyof typeof roots, "meta">;

/** What became of one record. `words`: how it begins, so that a person can tell which one it is; `by`: in order of first change. */
export interface RecordChangeView {
  readonly root: RecordRoot;
  readonly id: string;
  readonly what: "added" | "changed" | "removed";
  readonly words: string;
  readonly by: readonly PersonId[];
  readonly lastAt: string;
}

/** `GET …/lanes/:laneId/changes?from=&to=`: each a seq or an ISO time; what was done after `from`, up to `to` (left out: now). */
export interface LaneChangesView {
  readonly laneId: LaneId;
  readonly from: number;
  readonly to: number;
  readonly records: readonly RecordChangeView[];
}

/**
 * `POST …/lanes/:laneId/restore`: for the owner and workers who may write there. With `preview` nothing changes. Without
 * it, `head` has to be that of the preview: when somebody has changed the lane since, `history-moved-on`. It is a new
 * change by this person: what it undoes stays in the history, and can be restored in turn.
 */
export interface RestoreLaneBody {
  readonly seq: number;
  readonly preview?: boolean;
  readonly head?: number;
}
export interface RestoreLaneReply {
  readonly laneId: LaneId;
  readonly seq: number;
  readonly head: number;
  readonly done: boolean;
  /** What the restore does; `by`: whose work since then it undoes. */
  readonly records: readonly RecordChangeView[];
}

/** `POST …/lanes/:laneId/recover`: for the owner and workers; what is damaged is set aside. */
export interface RecoverLaneReply {
  readonly laneId: LaneId;
  /** `undefined`: the lane was not damaged, and nothing was changed. */
  readonly lastGood: number | undefined;
}

/** `GET /api/boards/:boardId/audit?after=<n>&limit=<n>`: for the owner alone. */
export interface AuditView {
  readonly entries: readonly AuditEntryView[];
  readonly more: boolean;
}
export interface AuditEntryView {
  readonly n: number;
  readonly at: string;
  /** `undefined`: the service itself. */
  readonly personId: PersonId | undefined;
  readonly action: AuditAction;
  readonly laneId?: LaneId;
  /** Changes of that lane, from–to. */
  readonly from?: number;
  readonly to?: number;
  readonly about?: PersonId;
  /** Covers this entry and the hash before it. */
  readonly hash: string;
}

import type { LaneAccess, LaneKind, Role } from "../access/roles.ts";
import type { BoardId, LaneId, PersonId } from "../board/ids.ts";
import type { PersonColour, PersonSymbol } from "./presence.ts";

/** Bodies of the HTTP API under `/api`. Times are ISO 8601 in UTC. Failures are `ErrorBody` (`errors.ts`). */

export interface LaneView {
  readonly laneId: LaneId;
  readonly kind: LaneKind;
}
export interface OpenLane extends LaneView {
  readonly access: LaneAccess;
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
  readonly expiresAt?: string;
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

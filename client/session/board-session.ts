import type { Awareness } from "y-protocols/awareness";
import type { Board } from "#shared/board/board.ts";
import type { LaneId } from "#shared/board/ids.ts";
import type { BoardView, MeBody, PersonView } from "#shared/protocol/api.ts";
import type { CloseReason } from "#shared/protocol/close-codes.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import type { RefusedKind } from "#shared/protocol/messages.ts";
import type { Doing, Presence } from "#shared/protocol/presence.ts";
import type { Result } from "#shared/result.ts";
import type { NotTaken } from "./not-taken.ts";

/**
 * One person's stay on one board, on this device: the lanes, their sockets, the offline copy, who else is here. Opened by
 * `open-session.ts`; everything else on the client reads this interface and never sees a socket.
 */

export type SessionStatus =
  /** Nothing to show yet, neither from this device nor from the relay. Never drawn as an empty board. */
  | { readonly status: "loading" }
  | { readonly status: "live" }
  /** The board on screen is this device's copy; `since` is Unix ms. Everything can still be edited. */
  | { readonly status: "offline"; readonly since: number }
  /** Nothing could be shown: no connection, and no copy on this device. Keeps trying. */
  | { readonly status: "unreachable"; readonly since: number }
  | { readonly status: "refused"; readonly reason: CloseReason | ErrorKind };

export type SaveState =
  | { readonly state: "saved" }
  | { readonly state: "saving" }
  /**
   * `count`: changes made here that the relay has not forced to disk; 0 while there is no connection and nothing waits.
   * `storing` is false when the relay's disk is the cause.
   */
  | { readonly state: "not-saved"; readonly count: number; readonly storing: boolean };

/**
 * `refused-often`: fresh starts did not help, so it is left to the person when to try again. `damaged`: what the relay kept
 * is not what was written; it is asked for again now and then.
 */
export type LaneTrouble =
  | { readonly kind: "refused-often" }
  | { readonly kind: "damaged"; readonly laneId: LaneId; readonly lastGoodAt: string | undefined };

/** Somebody else on the board now. One person with two devices is two of these. */
export interface Other {
  /** Stays the same for as long as their connection. */
  readonly key: number;
  readonly presence: Presence;
}

export interface BoardSession {
  readonly board: Board;
  /** The board's people, title and my role, as last heard; kept on the device for when it is offline. */
  readonly view: () => BoardView;
  readonly person: (id: string) => PersonView | undefined;
  readonly subscribeView: (listener: () => void) => () => void;
  readonly updateMe: (change: MeBody) => Promise<Result<void, { readonly kind: ErrorKind | "offline" }>>;
  readonly refreshView: () => Promise<void>;

  readonly status: () => SessionStatus;
  readonly saveState: () => SaveState;
  readonly subscribeStatus: (listener: () => void) => () => void;

  /** Everyone else on the board, without this connection; the same array until it changes. */
  readonly others: () => readonly Other[];
  readonly subscribeOthers: (listener: () => void) => () => void;
  /** Says what I am doing; parts left out stay as they were, `undefined` clears one. Sent at most 20 times a second. */
  readonly setDoing: (change: { readonly [K in keyof Doing]?: Doing[K] | undefined }) => void;
  /** Set while the relay has refused a change of ours, and the board here is being made the relay's again. */
  readonly refusal: () => RefusedKind | undefined;
  /** Set once that is done: close this session, and open another. */
  readonly isSpent: () => boolean;
  /** What was refused, now and earlier, oldest first; the same array until it changes. On this device until let go. */
  readonly notTaken: () => readonly NotTaken[];
  readonly letGo: (notTaken: NotTaken) => Promise<void>;
  /** A lane that does not open. What this device has of it stays on screen, and can be written on. */
  readonly trouble: () => LaneTrouble | undefined;
  /** For the owner and workers: takes a damaged lane back to its last good state. */
  readonly recover: (laneId: LaneId) => Promise<Result<void, { readonly kind: ErrorKind | "offline" }>>;
  readonly tryAgain: () => void;

  /** Of the shared lane. For `client/editor` alone. */
  readonly awareness: Awareness;

  readonly close: () => void;
}

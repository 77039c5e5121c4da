import type { RandomBytes } from "#shared/board/ids.ts";
import type { BoardStore } from "../store/board-store.ts";
import type { Audit } from "./audit.ts";
import type { Keys } from "./keys.ts";
import type { LaneDamages } from "./lane-damage.ts";
import type { LiveBoards } from "./live-boards.ts";
import type { SessionUse } from "./session-use.ts";
import type { SessionWatch } from "./session-watch.ts";
import type { StaffAccounts } from "./staff.ts";
import type { InTurn } from "./turns.ts";

/** What every answer about people and entry is made of; handed in once, at start-up. */
export interface EntryParts {
  readonly store: BoardStore;
  readonly staff: StaffAccounts;
  readonly keys: Keys;
  readonly live: LiveBoards;
  readonly inTurn: InTurn;
  readonly audit: Audit;
  readonly damages: Pick<LaneDamages, "of">;
  readonly use: SessionUse;
  readonly watch: Pick<SessionWatch, "watch" | "personChanged">;
  /** Unix ms. */
  readonly now: () => number;
  readonly random: RandomBytes;
}

const hourMs = 3_600_000;
/** How long things last. */
export const lasting = {
  codeMs: 10 * 60_000,
  invitationMs: 72 * hourMs,
  longestInvitationMs: 30 * 24 * hourMs,
  setupLinkMs: 72 * hourMs,
} as const;

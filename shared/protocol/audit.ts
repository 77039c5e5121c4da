import type { LaneId, PersonId } from "../board/ids.ts";

/**
 * What is written down of each thing done with a board: who did what, when, to whom or on which lane. Never a word of it,
 * a name, or an address. `lane-opened` and `lane-written` come from the relay, all others from the calls.
 */
export const auditActions = [
  "board-made",
  "invited",
  "approved",
  "declined",
  "revoked",
  "joined",
  "signed-in",
  "left",
  "session-ended",
  "access-ended",
  "removed",
  "access-changed",
  "exported",
  "audit-read",
  "history-read",
  "lane-restored",
  "lane-recovered",
  "backup-restored",
  "lane-opened",
  "lane-written",
  "erased",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One line of a board's audit. Times are Unix ms. */
export interface AuditEntry {
  /** Counts from 1 without gaps. */
  readonly n: number;
  readonly at: number;
  /** `undefined`: the service itself. */
  readonly personId: PersonId | undefined;
  readonly action: AuditAction;
  readonly laneId?: LaneId | undefined;
  /** Changes of that lane, from–to. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Whom it was done to. */
  readonly about?: PersonId | undefined;
  /** Covers this entry and the hash before it (`server/store/audit-chain.ts`): whoever has the entries can work it out. */
  readonly hash: string;
}

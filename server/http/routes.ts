import type { Askers } from "../access/asker.ts";
import type { BoardFiles } from "../access/board-files.ts";
import type { Boards } from "../access/boards.ts";
import type { Invitations } from "../access/invitations.ts";
import type { Joining } from "../access/join.ts";
import type { EntryParts } from "../access/parts.ts";
import type { OriginRules } from "../access/request-origin.ts";
import type { Sessions } from "../access/sessions.ts";
import type { Setup } from "../access/setup.ts";
import type { StaffAccounts } from "../access/staff.ts";
import type { LaneHistory } from "../history/history.ts";

/** What the routes call. They parse, call and answer; every rule lives behind one of these. */
export interface Routes {
  readonly askers: Askers;
  readonly boards: Boards;
  readonly boardFiles: BoardFiles;
  readonly invitations: Invitations;
  readonly joining: Joining;
  readonly setup: Setup;
  readonly staff: StaffAccounts;
  readonly sessions: Sessions;
  readonly history: LaneHistory;
  readonly origins: OriginRules;
  readonly entry: EntryParts;
}

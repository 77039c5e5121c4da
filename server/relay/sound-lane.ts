import type { StoredLane } from "../store/board-store.ts";
import { openLaneContent } from "./lane-content.ts";
import { foldLane } from "./lane-work.ts";

/**
 * Whether a stored lane can be read as a document. Updates that hang on what was lost are no fault of it. Looks at its
 * outside first, so that a lane of rubbish is soon told.
 */
export function isSoundLane(stored: Pick<StoredLane, "snapshot" | "tail">): boolean {
  const opened = openLaneContent({ ...stored, clientIds: [], damage: undefined, returningUntil: undefined });
  if (!opened || opened.unreadable > 0) return false;
  const folded = foldLane(opened.content.everything());
  return folded !== undefined && folded.skipped === 0;
}

import { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId } from "#shared/board/ids.ts";
import type { ErasedBoard } from "./board-store.ts";
import { firstSealed } from "./migrations.ts";
import { headSeq } from "./sealed-row.ts";
import { isBusy } from "./sqlite-errors.ts";

/**
 * Deletes the board's key and every row of it, and of `alsoLanes` though no board may name them any more. To be called
 * inside a transaction. `undefined` when there was no such board. What was deleted may still stand in free pages: see
 * `rewrite`. Also for a copy of the version before boards had keys.
 */
export function eraseBoardRows(
  db: DatabaseSync,
  boardId: BoardId,
  alsoLanes: readonly LaneId[] = [],
): ErasedBoard | undefined {
  const run = (sql: string, ...values: (string | number)[]) => Number(db.prepare(sql).run(...values).changes);
  const { user_version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  const isSealed = user_version >= firstSealed;
  const lanes = db.prepare("SELECT lane_id AS laneId FROM lanes WHERE board_id = ?").all(boardId) as unknown as {
    readonly laneId: LaneId;
  }[];
  const laneIds = new Set([...lanes.map(({ laneId }) => laneId), ...alsoLanes]);
  const scopes = [boardId, ...[...laneIds].map((laneId) => `~${laneId}`)];
  let updates = 0;
  // The key first: whatever of the rest should stay behind can then be read by nobody.
  for (const scope of isSealed ? scopes : []) {
    run("DELETE FROM board_keys WHERE scope = ?", scope);
    run("DELETE FROM board_keys_again WHERE scope = ?", scope);
  }
  for (const laneId of laneIds) {
    if (isSealed) {
      run("DELETE FROM updates WHERE lane_id = ? AND seq = ?", laneId, headSeq);
      run("DELETE FROM client_ids WHERE lane_id = ?", laneId);
      run("DELETE FROM set_aside WHERE lane_id = ?", laneId);
    }
    updates += run("DELETE FROM updates WHERE lane_id = ?", laneId);
    run("DELETE FROM snapshots WHERE lane_id = ?", laneId);
    run("DELETE FROM members WHERE lane_id = ?", laneId);
  }
  if (isSealed) {
    run("DELETE FROM audit WHERE board_id = ?", boardId);
    run("DELETE FROM audit_ends WHERE scope = ?", boardId);
  }
  run("DELETE FROM members WHERE person_id IN (SELECT person_id FROM people WHERE board_id = ?)", boardId);
  run("DELETE FROM lanes WHERE board_id = ?", boardId);
  run("DELETE FROM invitations WHERE board_id = ?", boardId);
  run("DELETE FROM sessions WHERE board_id = ?", boardId);
  const people = run("DELETE FROM people WHERE board_id = ?", boardId);
  const boards = run("DELETE FROM boards WHERE board_id = ?", boardId);
  return boards === 0 ? undefined : { people, lanes: lanes.length, updates };
}

/**
 * Writes the whole file anew, out of what is still kept. SQLite's `secure_delete` alone would not do: pages freed or
 * split while it was off still hold old words in their unused parts. Takes memory as large as the file.
 */
export function rewrite(db: DatabaseSync): void {
  db.exec("VACUUM");
}

/** Copies the log into the file and cuts it to nothing; `false` while somebody else is still reading from it. */
export function emptyLog(db: DatabaseSync): boolean {
  const { timeout } = db.prepare("PRAGMA busy_timeout").get() as { timeout: number };
  // A relay that waited here would hold up every board.
  db.exec("PRAGMA busy_timeout = 0");
  try {
    const { busy } = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
    return busy === 0;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${timeout}`);
  }
}

/** The same in a copy that nobody has open. Gives those that it held. Throws what SQLite throws. */
export function eraseBoardsInCopy(file: string, boardIds: readonly BoardId[]): readonly BoardId[] {
  const db = new DatabaseSync(file, { timeout: 2_000 });
  try {
    db.exec("PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; BEGIN IMMEDIATE");
    const erased = boardIds.filter((boardId) => eraseBoardRows(db, boardId));
    db.exec("COMMIT");
    if (erased.length > 0) rewrite(db);
    emptyLog(db);
    return erased;
  } finally {
    db.close();
  }
}

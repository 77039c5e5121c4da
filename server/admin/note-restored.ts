import { DatabaseSync } from "node:sqlite";
import type { BoardId } from "#shared/board/ids.ts";
import type { BoardStore } from "../store/board-store.ts";
import { knownSchema } from "../store/data-copy.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";

/** Writes into every board's audit that it was set back to a backup: those who were on it shall be able to see it. */
export async function noteRestoredIn(store: Pick<BoardStore, "audit">, file: string, now: number): Promise<void> {
  for (const boardId of boardsIn(file)) {
    await store.audit({ boardId, at: now, personId: undefined, action: "backup-restored" });
  }
}

/** The same for a file that no server has open. One of an older version is left to the next start. */
export async function noteRestored(file: string, masterKey: Uint8Array, now: number): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true });
  const { user_version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  db.close();
  if (user_version < knownSchema) return;
  const opened = await openSqliteStore({ file, masterKey });
  if (!opened.ok) return;
  await noteRestoredIn(opened.value.store, file, now);
  await opened.value.store.close();
}

function boardsIn(file: string): readonly BoardId[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db
      .prepare("SELECT board_id AS boardId FROM boards")
      .all()
      .map(({ boardId }) => boardId as BoardId);
  } finally {
    db.close();
  }
}

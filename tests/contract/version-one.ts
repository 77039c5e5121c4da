import { DatabaseSync } from "node:sqlite";
import type { BoardRecord, PersonRecord } from "../../server/store/board-store.ts";
import { applicationId, migrations } from "../../server/store/migrations.ts";

/** A data file as the first version of Alongside left it, before anything was sealed. */
export interface VersionOne {
  readonly boards: readonly BoardRecord[];
  readonly people: readonly PersonRecord[];
  readonly lanes: readonly {
    readonly laneId: string;
    /** Its board may be gone. */
    readonly boardId: string | undefined;
    readonly updates: readonly {
      readonly seq: number;
      readonly personId: string;
      readonly at: number;
      readonly bytes: Uint8Array;
    }[];
    readonly snapshot?: { readonly upTo: number; readonly bytes: Uint8Array } | undefined;
  }[];
}

export function writeVersionOne(file: string, { boards, people, lanes }: VersionOne): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; ${migrations[0]?.sql}`);
  db.exec(`PRAGMA user_version = 1; PRAGMA application_id = ${applicationId}`);
  db.exec("BEGIN");
  const run = (sql: string, ...values: (string | number | null | Uint8Array)[]) => db.prepare(sql).run(...values);
  for (const { boardId, title, createdAt } of boards)
    run("INSERT INTO boards VALUES (?, ?, ?)", boardId, title, createdAt);
  for (const one of people) {
    run(
      "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ...[one.personId, one.boardId, one.name, one.role, one.language, one.colour, one.symbol ?? null],
      ...[one.accountId ?? null, one.standing, one.named ? 1 : 0, one.invitedBy ?? null, one.createdAt],
    );
    for (const [place, { laneId, access }] of one.lanes.entries()) {
      run("INSERT INTO members VALUES (?, ?, ?, ?)", one.personId, place, laneId, access);
    }
    run(
      "INSERT INTO sessions VALUES (?, ?, ?, NULL, 1000, 9000)",
      `session-${one.personId}`,
      one.personId,
      one.boardId,
    );
  }
  for (const { laneId, boardId, updates, snapshot } of lanes) {
    if (boardId) run("INSERT INTO lanes VALUES (?, ?, 'shared')", laneId, boardId);
    for (const { seq, personId, at, bytes } of updates) {
      run("INSERT INTO updates VALUES (?, ?, ?, ?, ?)", laneId, seq, personId, at, bytes);
    }
    if (snapshot) run("INSERT INTO snapshots VALUES (?, ?, ?)", laneId, snapshot.upTo, snapshot.bytes);
  }
  db.exec("COMMIT");
  db.close();
}

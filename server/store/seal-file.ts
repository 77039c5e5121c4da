import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { createAuditRows } from "./audit-rows.ts";
import { openBoardKeys } from "./board-keys.ts";
import { createBoardRows } from "./board-rows.ts";
import type { BoardRecord, PersonRecord, Seq } from "./board-store.ts";
import { emptyLog, rewrite } from "./erase-board.ts";
import { firstSealed } from "./migrations.ts";
import { DamageError, tagOf } from "./seal.ts";
import { headSeq, laneSeal, noTag, sealHead, sealRow, sealSnapshot } from "./sealed-row.ts";
import { isDamage } from "./sqlite-errors.ts";
import { prepareOperations } from "./sqlite-operations.ts";
import { createStatements } from "./statements.ts";
import { createStoreFacts } from "./store-facts.ts";

interface PlainRow {
  readonly seq: Seq;
  readonly personId: PersonId;
  readonly at: number;
  readonly bytes: Uint8Array;
}

const plainRowsOf = (db: DatabaseSync, table: "updates" | "plain_updates", laneId: LaneId) =>
  db
    .prepare(`SELECT seq, person_id AS personId, at, bytes FROM ${table} WHERE lane_id = ? ORDER BY seq`)
    .iterate(laneId) as unknown as Iterable<PlainRow>;

/** Step 2 of the tables: seals everything that stands in the `plain_` ones, and drops them. Inside the step's transaction. */
export function sealFile(db: DatabaseSync, master: Uint8Array): void {
  const statements = createStatements(db);
  const { all, run } = statements;
  const keys = openBoardKeys(statements, master);
  const boards = createBoardRows(statements, keys);
  const audit = createAuditRows(statements, master);
  createStoreFacts(statements).setKey(master);

  const plainBoards = "SELECT board_id AS boardId, title, created_at AS createdAt FROM plain_boards ORDER BY rowid";
  for (const board of all<BoardRecord>(plainBoards)) {
    boards.addBoard(board, []);
    audit.begin(board.boardId);
  }
  const people = all<Omit<PersonRecord, "lanes" | "named"> & { readonly named: number }>(
    `SELECT person_id AS personId, board_id AS boardId, name, role, language, colour, symbol, account_id AS accountId,
       standing, named, invited_by AS invitedBy, created_at AS createdAt FROM plain_people ORDER BY rowid`,
  );
  for (const person of people) {
    const lanes = all<PersonRecord["lanes"][number]>(
      "SELECT lane_id AS laneId, access FROM members WHERE person_id = ? ORDER BY place",
      person.personId,
    );
    boards.putPerson({ ...person, named: person.named === 1, lanes });
  }

  const lanes = all<{ laneId: LaneId; boardId: BoardId | undefined }>(
    `SELECT lane_id AS laneId, board_id AS boardId FROM
       (SELECT lane_id FROM lanes UNION SELECT lane_id FROM plain_updates UNION SELECT lane_id FROM plain_snapshots)
     LEFT JOIN lanes USING (lane_id)`,
  );
  for (const { laneId, boardId } of lanes) {
    const scope = boardId ?? `~${laneId}`;
    const lane = laneSeal(laneId, scope, keys.ofOrNew(scope));
    const snapshot = statements.one<{ upTo: Seq; bytes: Uint8Array }>(
      "SELECT up_to AS upTo, bytes FROM plain_snapshots WHERE lane_id = ?",
      laneId,
    );
    let head = { seq: 0, tag: noTag, at: 0, owners: 0, returningUntil: 0 };
    let snapshotTag = noTag;
    const insert = `INSERT INTO updates (lane_id, seq, person_id, at, returned, claims, sealed) VALUES (?, ?, ?, ?, 0, NULL, ?)`;
    // A number that is missing stays missing, so that the lane says that it is damaged, as it should have before.
    for (const { bytes, ...row } of plainRowsOf(db, "plain_updates", laneId)) {
      const sealed = sealRow(lane, { ...row, returned: 0, claims: null }, head.tag, bytes);
      run(insert, laneId, row.seq, row.personId, row.at, sealed);
      head = { ...head, seq: row.seq, at: row.at, tag: tagOf(sealed) };
      if (row.seq === snapshot?.upTo) snapshotTag = head.tag;
    }
    if (snapshot) {
      // Nobody has seen one that covers more than its log. Then it is all there is, and worth keeping.
      if (snapshot.upTo > head.seq) head = { ...head, seq: snapshot.upTo, tag: snapshotTag };
      const sealed = sealSnapshot(lane, snapshot.upTo, snapshotTag, snapshot.bytes);
      const into = "INSERT INTO snapshots (lane_id, up_to, row_tag, sealed) VALUES (?, ?, ?, ?)";
      run(into, laneId, snapshot.upTo, snapshotTag, sealed);
    }
    run(insert, laneId, headSeq, "", 0, sealHead(lane, head));
  }
  db.exec("DROP TABLE plain_boards; DROP TABLE plain_people; DROP TABLE plain_updates; DROP TABLE plain_snapshots");
}

/**
 * After the step that sealed everything: takes the plain bytes out of the file's free space and its log, reads everything
 * back, compares it with the copy that was made before, and removes that copy. It is the one copy that is not kept: all the
 * words of every board would lie plain beside the sealed file, for good, and no erasing by key could reach them.
 *
 * Interrupted, it is done by the next start. Throws `DamageError` when what comes back is not what was there; the copy stays.
 */
export function finishSealing(db: DatabaseSync, file: string, master: Uint8Array): void {
  const copy = `${file}.before-${firstSealed}`;
  if (!existsSync(copy)) return;
  const plain = new DatabaseSync(copy, { readOnly: true });
  try {
    if (!isPlain(plain)) return;
    rewrite(db);
    emptyLog(db);
    compare(plain, db, master);
  } finally {
    plain.close();
  }
  for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(`${copy}${end}`, { force: true });
}

/** Somebody may have put anything there: what cannot be read is left alone. */
function isPlain(copy: DatabaseSync): boolean {
  try {
    const { user_version } = copy.prepare("PRAGMA user_version").get() as { user_version: number };
    return user_version > 0 && user_version < firstSealed;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
}

function compare(plain: DatabaseSync, db: DatabaseSync, master: Uint8Array): void {
  const { reads } = prepareOperations(db, master);
  const differs = (what: string) => new DamageError(`after the upgrade ${what} did not read back as it was`);
  const old = createStatements(plain);
  for (const { boardId, title } of old.all<BoardRecord>("SELECT board_id AS boardId, title FROM boards")) {
    if (reads.board(boardId)?.title !== title) throw differs("a board");
  }
  for (const { personId, name } of old.all<PersonRecord>("SELECT person_id AS personId, name FROM people")) {
    if (reads.person(personId)?.name !== name) throw differs("a person");
  }
  for (const { laneId } of old.all<{ laneId: LaneId }>("SELECT DISTINCT lane_id AS laneId FROM updates")) {
    const { damage } = reads.loadLane(laneId);
    if (damage) continue; // It had a gap before.
    let page: ReturnType<typeof reads.history> = [];
    let next = 0;
    for (const row of plainRowsOf(plain, "updates", laneId)) {
      if (next === page.length) {
        page = reads.history(laneId, { after: row.seq - 1, limit: 1_000 });
        next = 0;
      }
      const found = page[next];
      next += 1;
      const isSame = found?.seq === row.seq && found.personId === row.personId && found.at === row.at;
      if (!isSame || Buffer.compare(found.bytes, row.bytes) !== 0) throw differs("a lane");
    }
  }
}

import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { Snapshot, StoredLane, StoredUpdate } from "./board-store.ts";
import { forceFile } from "./force-to-disk.ts";
import { applicationId, firstSealed, migrations } from "./migrations.ts";
import { emptyLane } from "./sealed-lanes.ts";
import { rowColumns } from "./sealed-log.ts";
import { headSeq, type SealedRow } from "./sealed-row.ts";
import { describeError, isDamage } from "./sqlite-errors.ts";
import { type Operations, prepareOperations } from "./sqlite-operations.ts";
import { createStatements } from "./statements.ts";
import { createStoreFacts } from "./store-facts.ts";

/** The newest tables that this version knows. */
export const knownSchema: number = migrations.at(-1)?.version ?? 0;

/**
 * Copies a data file whole, as it is at one moment, while a relay may be writing to it. `target` is forced to disk, for
 * its owner's eyes only, and must not exist. Throws what SQLite and the file calls throw; `target` may be left half-made.
 *
 * VACUUM INTO and not SQLite's backup API: that one starts anew whenever another process writes, which on a busy
 * server is always, and it would also copy free pages with what has been deleted.
 */
export function copyDataFile(file: string, target: string): void {
  closeSync(openSync(target, "wx", 0o600));
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    db.prepare("VACUUM INTO ?").run(target);
  } finally {
    db.close();
  }
  forceFile(target);
}

/** A data file, opened to be looked through. Nothing is written to it. Reading a damaged one may throw. */
export interface DataCopy {
  readonly schema: number;
  /** `sealed`: the words can only be looked through with the key that was not given. */
  readonly words: "plain" | "opened" | "sealed" | "of another key";
  readonly boards: () => number;
  /** When anything in it was last made, as the machine's clock then said; 0 when it is empty. */
  readonly newestMoment: () => number;
  /** What SQLite finds wrong with the file; empty when it is whole. `quick` leaves out comparing indexes with tables. */
  readonly troubles: (how: "quick" | "whole") => readonly string[];
  /** Boards, people and audits that are not what was written, as sentences without names. Needs the key. */
  readonly recordTroubles: () => readonly string[];
  /** Every lane that the file has something of. */
  readonly laneIds: () => readonly LaneId[];
  readonly readLane: (laneId: LaneId) => LaneCopy;
  readonly close: () => void;
}

export interface LaneCopy {
  /** With the key; else empty. */
  readonly stored: StoredLane;
  /** Updates in the log, those that the snapshot holds included. */
  readonly updates: number;
  /** A fingerprint of every row, to tell a lane that has changed since. */
  readonly digest: string;
  /** What is wrong, as a part of a sentence. Without the key only what shows from outside. */
  readonly trouble: string | undefined;
}

/** `why`: a part of a sentence. */
export type NoDataCopy = { readonly kind: "no-data-copy"; readonly why: string };

/** Fails when it is no data file of ours, or of a newer version. With the master key every row is opened and proven. */
export function openDataCopy(file: string, masterKey?: Uint8Array): Result<DataCopy, NoDataCopy> {
  let db: DatabaseSync | undefined;
  try {
    const opened = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
    db = opened;
    const schema = numberOf(opened, "PRAGMA user_version");
    const isOurs = numberOf(opened, "PRAGMA application_id") === applicationId;
    if (isOurs && schema >= 1 && schema <= knownSchema) return ok(lookThrough(opened, schema, masterKey));
    opened.close();
    const why = isOurs ? "it was written by a newer version of Alongside" : "it is not a data file of Alongside";
    return fail({ kind: "no-data-copy", why });
  } catch (error) {
    db?.close();
    return fail({ kind: "no-data-copy", why: `it cannot be read (${describeError(error)})` });
  }
}

function lookThrough(db: DatabaseSync, schema: number, masterKey: Uint8Array | undefined): DataCopy {
  const isSealed = schema >= firstSealed;
  const isKey = isSealed && masterKey !== undefined && createStoreFacts(createStatements(db)).isKey(masterKey);
  const operations = isKey ? prepareOperations(db, masterKey) : undefined;
  return {
    schema,
    words: !isSealed ? "plain" : operations ? "opened" : masterKey ? "of another key" : "sealed",
    boards: () => numberOf(db, "SELECT count(*) FROM boards"),
    newestMoment: () =>
      numberOf(
        db,
        `SELECT max((SELECT coalesce(max(created_at), 0) FROM sessions), (SELECT coalesce(max(created_at), 0) FROM people),
           (SELECT coalesce(max(created_at), 0) FROM boards))`,
      ),
    troubles: (how) => {
      try {
        const rows = db.prepare(how === "quick" ? "PRAGMA quick_check(5)" : "PRAGMA integrity_check(5)").all();
        return rows.map((row) => String(Object.values(row)[0])).filter((verdict) => verdict !== "ok");
      } catch (error) {
        return [describeError(error)];
      }
    },
    recordTroubles: () => (operations ? atOneMoment(db, () => recordTroubles(db, operations)) : []),
    laneIds: () =>
      db
        .prepare("SELECT lane_id FROM lanes UNION SELECT lane_id FROM updates UNION SELECT lane_id FROM snapshots")
        .all()
        .map((row) => row.lane_id as LaneId),
    readLane: (laneId) =>
      atOneMoment(db, () => (isSealed ? readSealedLane(db, laneId, operations) : readPlainLane(db, laneId))),
    close: () => db.close(),
  };
}

/** A server may be writing: what is compared has to be of the same moment. */
function atOneMoment<T>(db: DatabaseSync, read: () => T): T {
  db.exec("BEGIN");
  try {
    return read();
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
}

function recordTroubles(db: DatabaseSync, { reads }: Operations): readonly string[] {
  const troubles: string[] = [];
  for (const { board_id } of db.prepare("SELECT board_id FROM boards").all()) {
    const boardId = board_id as BoardId;
    try {
      reads.board(boardId);
      reads.peopleOf(boardId);
    } catch (error) {
      if (!isDamage(error)) throw error;
      troubles.push(`Board ${boardId}: its record or its people are not what was written.`);
    }
    const { brokenAt } = reads.verifyAudit(boardId);
    if (brokenAt !== undefined)
      troubles.push(`Board ${boardId}: its audit is not what was written from entry ${brokenAt} on.`);
  }
  return troubles;
}

function readSealedLane(db: DatabaseSync, laneId: LaneId, operations: Operations | undefined): LaneCopy {
  const hash = createHash("sha256");
  const snapshots = db
    .prepare("SELECT up_to AS upTo, sealed FROM snapshots WHERE lane_id = ? ORDER BY up_to")
    .all(laneId);
  for (const { upTo, sealed } of snapshots) hash.update(`snapshot ${upTo}\n`).update(sealed as Uint8Array);
  let trouble: string | undefined;
  let updates = 0;
  let last = 0;
  const rows = db.prepare(`SELECT ${rowColumns} FROM updates WHERE lane_id = ? ORDER BY seq`).iterate(laneId);
  for (const row of rows as unknown as Iterable<SealedRow>) {
    const { seq, personId, at, returned, sealed } = row;
    hash.update(`row ${seq} ${personId} ${at} ${returned} ${sealed.length}\n`).update(sealed);
    if (row.claims) hash.update(row.claims);
    if (seq === headSeq) break;
    if (seq !== last + 1) trouble ??= `update ${last + 1} is missing`;
    last = seq;
    updates += 1;
  }
  const stored = operations?.reads.loadLane(laneId) ?? emptyLane;
  trouble ??= operations?.verifyLane(laneId)[0];
  return { stored, updates, digest: hash.digest("hex").slice(0, 32), trouble };
}

/** Of the version before anything was sealed. */
function readPlainLane(db: DatabaseSync, laneId: LaneId): LaneCopy {
  const hash = createHash("sha256");
  const snapshot = db.prepare("SELECT up_to AS upTo, bytes FROM snapshots WHERE lane_id = ?").get(laneId) as
    | Snapshot
    | undefined;
  if (snapshot) hash.update(`snapshot ${snapshot.upTo}\n`).update(snapshot.bytes);
  const tail: StoredUpdate[] = [];
  let trouble: string | undefined;
  let updates = 0;
  let last = 0;
  const rows = db
    .prepare("SELECT seq, person_id AS personId, at, bytes FROM updates WHERE lane_id = ? ORDER BY seq")
    .iterate(laneId) as unknown as Iterable<Omit<StoredUpdate, "returned">>;
  for (const row of rows) {
    hash.update(`update ${row.seq} ${row.personId} ${row.at} ${row.bytes.length}\n`).update(row.bytes);
    if (row.seq !== last + 1) trouble ??= `update ${last + 1} is missing`;
    last = row.seq;
    updates += 1;
    if (row.seq > (snapshot?.upTo ?? 0)) tail.push({ ...row, returned: false });
  }
  if (snapshot && snapshot.upTo > last) trouble ??= `update ${last + 1} is missing, which its snapshot knows`;
  return { stored: { ...emptyLane, snapshot, tail }, updates, digest: hash.digest("hex").slice(0, 32), trouble };
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { LaneId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { StoredLane, StoredUpdate } from "./board-store.ts";
import { forceFile } from "./force-to-disk.ts";
import { applicationId, migrations } from "./migrations.ts";
import { describeError } from "./sqlite-errors.ts";

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
  readonly boards: () => number;
  /** When anything in it was last made, as the machine's clock then said; 0 when it is empty. */
  readonly newestMoment: () => number;
  /** What SQLite finds wrong with the file; empty when it is whole. `quick` leaves out comparing indexes with tables. */
  readonly troubles: (how: "quick" | "whole") => readonly string[];
  /** Every lane that the file has something of. */
  readonly laneIds: () => readonly LaneId[];
  readonly readLane: (laneId: LaneId) => LaneCopy;
  readonly close: () => void;
}

export interface LaneCopy {
  readonly stored: StoredLane;
  /** Updates in the log, those that the snapshot holds included. */
  readonly updates: number;
  /** A fingerprint of every row, to tell a lane that has changed since. */
  readonly digest: string;
  /** What is missing, as a part of a sentence. */
  readonly trouble: string | undefined;
}

/** `why`: a part of a sentence. */
export type NoDataCopy = { readonly kind: "no-data-copy"; readonly why: string };

/** Fails when it is no data file of ours, or of a newer version. */
export function openDataCopy(file: string): Result<DataCopy, NoDataCopy> {
  let db: DatabaseSync | undefined;
  try {
    const opened = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
    db = opened;
    const schema = numberOf(opened, "PRAGMA user_version");
    const isOurs = numberOf(opened, "PRAGMA application_id") === applicationId;
    if (isOurs && schema >= 1 && schema <= knownSchema) return ok(lookThrough(opened, schema));
    opened.close();
    const why = isOurs ? "it was written by a newer version of Alongside" : "it is not a data file of Alongside";
    return fail({ kind: "no-data-copy", why });
  } catch (error) {
    db?.close();
    return fail({ kind: "no-data-copy", why: `it cannot be read (${describeError(error)})` });
  }
}

function lookThrough(db: DatabaseSync, schema: number): DataCopy {
  return {
    schema,
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
    laneIds: () =>
      db
        .prepare("SELECT lane_id FROM lanes UNION SELECT lane_id FROM updates UNION SELECT lane_id FROM snapshots")
        .all()
        .map((row) => row.lane_id as LaneId),
    readLane: (laneId) => readLane(db, laneId),
    close: () => db.close(),
  };
}

function readLane(db: DatabaseSync, laneId: LaneId): LaneCopy {
  const hash = createHash("sha256");
  const snapshot = db
    .prepare("SELECT up_to AS upTo, bytes FROM snapshots WHERE lane_id = ? ORDER BY up_to DESC LIMIT 1")
    .get(laneId) as NonNullable<StoredLane["snapshot"]> | undefined;
  if (snapshot) hash.update(`snapshot ${snapshot.upTo}\n`).update(snapshot.bytes);
  const tail: StoredUpdate[] = [];
  let trouble: string | undefined;
  let updates = 0;
  let last = 0;
  const rows = db
    .prepare("SELECT seq, person_id AS personId, at, bytes FROM updates WHERE lane_id = ? ORDER BY seq")
    .iterate(laneId) as unknown as Iterable<StoredUpdate>;
  for (const row of rows) {
    hash.update(`update ${row.seq} ${row.personId} ${row.at} ${row.bytes.length}\n`).update(row.bytes);
    if (row.seq !== last + 1) trouble ??= `update ${last + 1} is missing`;
    last = row.seq;
    updates += 1;
    if (row.seq > (snapshot?.upTo ?? 0)) tail.push(row);
  }
  if (snapshot && snapshot.upTo > last) trouble ??= `update ${last + 1} is missing, which its snapshot knows`;
  const stored = { snapshot, tail, clientIds: [], damage: undefined, returningUntil: undefined };
  return { stored, updates, digest: hash.digest("hex").slice(0, 32), trouble };
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fail, ok, type Result } from "#shared/result.ts";
import { openBoardKeys } from "./board-keys.ts";
import { takeFileLock } from "./file-lock.ts";
import { forceFile, forceFolder } from "./force-to-disk.ts";
import { makeFolder } from "./make-folder.ts";
import { applicationId, type Migration, migrations as ourMigrations } from "./migrations.ts";
import type { OpenFailure } from "./open-store.ts";
import { finishSealing, sealFile } from "./seal-file.ts";
import { describeError, diskTrouble, isDamage } from "./sqlite-errors.ts";
import type { WorkerSettings } from "./sqlite-messages.ts";
import { createStatements } from "./statements.ts";
import { createStoreFacts, returningAfterCrashMs, type StoreFacts } from "./store-facts.ts";
import { openWalFile, type WalFile } from "./wal-file.ts";

export interface OpenFile {
  readonly db: DatabaseSync;
  readonly wal: WalFile;
  /** To be called before `close` when everything that was written is forced or given up. */
  readonly tellCleanStop: () => void;
  readonly close: () => void;
}

/** How long a write waits for another process that is writing (an admin command beside the relay). */
const busyMs = 2_000;

/** Larger files are looked through by `doctor`, not at every start: reading this much takes about 100 ms. */
const checkedAtStartBytes = 32 * 1024 * 1024;

/**
 * Opens the file, brings its tables up to date and forces what an earlier process left unforced. Changes nothing in a
 * file that is damaged, newer or in use. Nothing stays open when it fails.
 */
export function openFile(settings: WorkerSettings): Result<OpenFile, OpenFailure> {
  const { file } = settings;
  const opened: { close(): void }[] = [];
  const closeAll = () => {
    for (const thing of opened.reverse()) thing.close();
  };
  const refuse = (error: OpenFailure) => {
    closeAll();
    return fail(error);
  };
  try {
    makeFolder(dirname(file));
    if (!settings.beside) {
      const lock = takeFileLock(file);
      if (!lock) return refuse({ kind: "store-in-use", file });
      opened.push(lock);
    }
    // For its owner's eyes only; SQLite gives the log the same mode. Never opened when it exists: closing a descriptor of
    // a database that this process holds open would drop its locks.
    if (!existsSync(file)) closeSync(openSync(file, "wx", 0o600));
    const db = new DatabaseSync(file, { timeout: busyMs });
    opened.push(db);

    const migrations = settings.forTests?.migrations ?? ourMigrations;
    const known = migrations.at(-1)?.version ?? 0;
    const found = numberOf(db, "PRAGMA user_version");
    const isEmpty = numberOf(db, "SELECT count(*) FROM sqlite_schema") === 0;
    const isOurs = numberOf(db, "PRAGMA application_id") === applicationId;
    if (!isEmpty && !isOurs) {
      return refuse({ kind: "store-damaged", file, detail: "it is a database of another program" });
    }
    if (found > known) return refuse({ kind: "store-newer", file, found, known });
    if (settings.beside && found !== known) {
      const detail = "the process that has it open is of another version";
      return refuse({ kind: "store-failing", file, why: "failing", detail });
    }
    if (!isEmpty && statSync(file).size <= (settings.forTests?.checkedBytes ?? checkedAtStartBytes)) {
      const verdict = Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
      if (verdict !== "ok") return refuse({ kind: "store-damaged", file, detail: String(verdict) });
    }

    const mode = Object.values(db.prepare("PRAGMA journal_mode = WAL").get() ?? {})[0];
    if (mode !== "wal") {
      const detail = `SQLite stays in ${String(mode)} mode instead of WAL`;
      return refuse({ kind: "store-failing", file, why: "failing", detail });
    }
    // NORMAL: a commit writes to the log and forces nothing; we do that (sqlite-worker.ts). A checkpoint still forces
    // the log before it copies pages into the database, and the database before the log starts again from its first
    // byte; and that first write of a new log is forced too. So a power cut at any moment leaves either a whole log or
    // a whole database. With OFF a checkpoint would force nothing, and a cut could leave neither.
    // Checkpoints are ours to time as well: by itself SQLite would run one inside a commit that people wait for.
    db.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY");
    if (found < known) {
      if (found > 0) copyBefore(db, file, known);
      migrate(db, migrations, found, settings.masterKey);
    }
    const facts = createStoreFacts(createStatements(db));
    if (!isRightKey(db, facts, settings.masterKey)) return refuse({ kind: "store-other-key", file });
    if (!settings.beside) finishSealing(db, file, settings.masterKey);
    db.exec("BEGIN IMMEDIATE; COMMIT"); // Makes sure that there is a log to open.
    const wal = openWalFile(`${file}-wal`);
    opened.unshift(wal); // Closed after the database.
    // After kill -9 the log may hold commits that only the page cache has. They are read from now on, so they count.
    wal.forceNow();
    forceFolder(dirname(file));
    if (settings.beside) return ok({ db, wal, tellCleanStop: () => {}, close: closeAll });
    noteStart(facts, wal, settings.now);
    return ok({ db, wal, tellCleanStop: () => noteCleanStop(facts, wal), close: closeAll });
  } catch (error) {
    if (isDamage(error)) return refuse({ kind: "store-damaged", file, detail: describeError(error) });
    const why = diskTrouble(error);
    if (why) return refuse({ kind: "store-failing", file, why, detail: describeError(error) });
    closeAll();
    throw error;
  }
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

/** A whole copy of the old tables beside the file, before the first upgrade touches them. */
function copyBefore(db: DatabaseSync, file: string, version: number): void {
  const copy = `${file}.before-${version}`;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  db.prepare("VACUUM INTO ?").run(unfinished);
  forceFile(unfinished);
  renameSync(unfinished, copy);
  forceFolder(dirname(file));
}

/**
 * After a stop that was not clean the log may have lost what was written and not yet forced. Whoever saw it may bring it
 * back. On a full disk nobody can note that we started: then there is nothing to lose either.
 */
function noteStart(facts: StoreFacts, wal: WalFile, now: number): void {
  try {
    if (facts.isInUse()) facts.setReturningUntil(Math.max(facts.returningUntil(), now + returningAfterCrashMs));
    facts.setInUse(true);
    wal.forceNow();
  } catch (error) {
    if (!diskTrouble(error)) throw error;
  }
}

function noteCleanStop(facts: StoreFacts, wal: WalFile): void {
  try {
    facts.setInUse(false);
    wal.forceNow();
  } catch {
    // Then the next start takes this stop for one that was not clean, which only lets more come back.
  }
}

/** The mark itself may be damaged: a key that opens any board is the right one, and is marked again. */
function isRightKey(db: DatabaseSync, facts: StoreFacts, master: Uint8Array): boolean {
  if (facts.isKey(master)) return true;
  const keys = openBoardKeys(createStatements(db), master);
  for (const { scope } of createStatements(db).all<{ scope: string }>("SELECT scope FROM board_keys LIMIT 100")) {
    try {
      keys.of(scope);
      facts.setKey(master);
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return false;
}

/** All steps or none. */
function migrate(db: DatabaseSync, migrations: readonly Migration[], found: number, master: Uint8Array): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const { version, sql, step } of migrations) {
      if (version <= found) continue;
      db.exec(sql);
      if (step === "seal") sealFile(db, master);
      db.exec(`PRAGMA user_version = ${version}`);
    }
    db.exec(`PRAGMA application_id = ${applicationId}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

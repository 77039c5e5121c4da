import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDataCopy } from "../store/data-copy.ts";
import { eraseBoardsInCopy } from "../store/erase-board.ts";
import { forceFile, forceFolder } from "../store/force-to-disk.ts";
import { readErased } from "./erased-boards.ts";

/** A copy of a backup, made ready beside the data file to take its place. */
const readyName = /^alongside\.sqlite\.restoring-[0-9a-f]{16}$/;
export const isReadyName = (name: string): boolean => readyName.test(name);

/**
 * Puts a copy that is whole and forced in the place of the data file, which keeps a second name. At every moment there is
 * a data file that a server can open: the old one until the last step, then the new one. Nobody may have either open, and
 * the data file's lock is the caller's. Returns the old one's new name; `undefined` when there was none.
 */
export function placeRestored(file: string, ready: string, now: number): string | undefined {
  const dataDir = dirname(file);
  // A board may have been erased since the copy was made ready.
  if (eraseBoardsInCopy(ready, [...readErased(dataDir)]).length > 0) forceFile(ready);
  const kept = keepPresent(file, now);
  renameSync(ready, file);
  forceFolder(dataDir);
  return kept;
}

/** The old data file back in its place, when the new one cannot be opened. */
export function putBack(file: string, kept: string): void {
  for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  if (existsSync(`${kept}-wal`)) renameSync(`${kept}-wal`, `${file}-wal`);
  renameSync(kept, file);
  forceFolder(dirname(file));
}

/**
 * Gives the present data a second name, and leaves no log behind that SQLite would take for the restored file's. The
 * data file itself stays in place, so that a power cut at any moment leaves one that a server can open.
 */
function keepPresent(file: string, now: number): string | undefined {
  const kept = `${file}.before-restore-${new Date(now).toISOString().replaceAll(":", "-")}`;
  const hadFile = existsSync(file);
  const readable = hadFile ? openDataCopy(file) : undefined;
  if (readable?.ok) {
    readable.value.close();
    emptyItsLog(file);
  }
  if (hadFile) {
    try {
      linkSync(file, kept);
    } catch {
      copyFileSync(file, kept); // Some disks know no second names.
      forceFile(kept);
    }
  }
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  rmSync(`${file}-shm`, { force: true });
  return hadFile ? kept : undefined;
}

/**
 * A server that was killed left commits in the log. They go into the file, so that one file is all there is to keep. Not
 * when the file cannot be read: SQLite takes a log away that it makes no sense of, and somebody may still want it.
 */
function emptyItsLog(file: string): void {
  const db = new DatabaseSync(file, { timeout: 2_000 });
  try {
    db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  } catch {
    // Then the log goes along with the file, under the name where SQLite looks for it.
  } finally {
    db.close();
  }
}

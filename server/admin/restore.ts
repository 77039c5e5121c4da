import { chmodSync, copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Config, cannotStart, readKey } from "../config.ts";
import { storeFileOf } from "../data-file.ts";
import { keyFileOf, markFileOf, markOf, reasonOf } from "../master-key.ts";
import { openDataCopy } from "../store/data-copy.ts";
import { eraseBoardsInCopy } from "../store/erase-board.ts";
import { takeFileLock } from "../store/file-lock.ts";
import { forceFile, forceFolder } from "../store/force-to-disk.ts";
import { makeFolder } from "../store/make-folder.ts";
import { describeError } from "../store/sqlite-errors.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import { type BackupFile, folderTrouble, type Manifest, readManifest, sha256Of } from "./backup-folder.ts";
import { erasedBoardsFileOf, readErased } from "./erased-boards.ts";
import { backupsIn, type Findings, lookAtBackup, lookAtData } from "./verify.ts";

/**
 * `restore DIR`: puts the newest good backup in the place of the data file, and keeps the present one beside it. No server
 * may run on this data folder, and none can start on it meanwhile. Until the very last step the data file stays as it was.
 */
export async function restore(config: Config, folder: string, now: () => number = Date.now): AdminAnswer {
  const { dataDir } = config;
  const file = storeFileOf(dataDir);
  const listed = backupsIn(folder);
  if (!listed.ok) return listed;
  try {
    makeFolder(dataDir);
  } catch (error) {
    return cannotStart(`The data folder ${dataDir} could not be made (${reasonOf(error)}). Nothing was changed.`);
  }
  let lock: ReturnType<typeof takeFileLock>;
  try {
    lock = takeFileLock(file);
  } catch (error) {
    return cannotStart(`The data folder ${dataDir} cannot be written (${describeError(error)}). Nothing was changed.`);
  }
  if (!lock) {
    return cannotStart(
      `A server is running on the data folder ${dataDir}. Stop it first, then restore, then start it again. Nothing was changed.`,
    );
  }
  const copy = `${file}.restoring`;
  let placed = false;
  try {
    const lines: string[] = [];
    const chosen = await newestGood(listed.value, lines);
    if (!chosen) {
      return told([...lines, `No backup in ${resolve(folder)} is good, so nothing was changed.`], 1);
    }
    const { backup, manifest, findings } = chosen;

    for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(`${copy}${end}`, { force: true });
    copyFileSync(backup.file, copy);
    chmodSync(copy, 0o600);
    if ((await sha256Of(copy)) !== manifest.sha256) {
      return cannotStart(
        `The backup ${backup.name} could not be copied as it is. Nothing was changed. Check the disk of ${dataDir}.`,
      );
    }
    const again = eraseBoardsInCopy(copy, [...readErased(dataDir)]);
    forceFile(copy);

    const kept = keepPresent(file, now());
    renameSync(copy, file);
    placed = true;
    forceFolder(dataDir);

    const after = lookAtData(file, again.length === 0 ? manifest : undefined);
    lines.push(`Restored: ${backup.name}, made at ${manifest.made}.`);
    lines.push(`It holds ${after.troubles.length === 0 ? after.holds : findings.holds}.`);
    if (kept) lines.push(`The data that was there until now is kept: ${kept}`);
    if (again.length > 0) {
      lines.push(
        `${count(again.length, "board")} in it had been erased since, and ${again.length === 1 ? "was" : "were"} erased again.`,
        `To have one back after all, take its line out of ${erasedBoardsFileOf(dataDir)} and restore once more.`,
      );
    }
    lines.push(
      "People, invitations and sessions are as they were then: look who is on each board, and remove again whom you had removed.",
      "What people wrote since comes back from each device that still holds it, when that device is next on the board.",
    );
    const key = keyWarning(config, manifest);
    if (key) lines.push(key);
    if (after.troubles.length > 0) lines.push("But the restored file is not whole:", ...after.troubles);
    return told(lines, after.troubles.length === 0 ? 0 : 1);
  } catch (error) {
    const reason = reasonOf(error);
    const why = /^E[A-Z]+$/.test(reason) ? folderTrouble(dataDir, reason) : `${describeError(error)}.`;
    if (placed)
      return cannotStart(
        `The backup is in place, but what came after failed: ${why} Look with: npm run admin -- doctor`,
      );
    return cannotStart(`The backup was not restored. ${why} The data file is as it was.`);
  } finally {
    try {
      for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(`${copy}${end}`, { force: true });
    } finally {
      lock.close();
    }
  }
}

interface Chosen {
  readonly backup: BackupFile;
  readonly manifest: Manifest;
  readonly findings: Findings;
}

async function newestGood(backups: readonly BackupFile[], lines: string[]): Promise<Chosen | undefined> {
  for (const backup of backups) {
    const findings = await lookAtBackup(backup);
    const manifest = readManifest(backup);
    if (manifest && findings.troubles.length === 0) return { backup, manifest, findings };
    lines.push(`Passed over, as it is damaged: ${backup.name}`, ...findings.troubles.map((each) => `  ${each}`));
  }
  return undefined;
}

/**
 * Gives the present data a second name, and leaves no log behind that SQLite would take for the restored file's. The
 * data file itself stays in place, so that a power cut at any moment leaves one that a server can open. The lock is ours.
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

/**
 * The words can be read with any key today, so a wrong one only warns. Once rows are encrypted, it has to refuse.
 */
function keyWarning(config: Config, { keyMark }: Manifest): string | undefined {
  if (keyMark === undefined || presentMark(config) === keyMark) return undefined;
  const mark = markFileOf(config.dataDir);
  const place = config.key ? "set ALONGSIDE_KEY to it" : `put it at ${keyFileOf(config.dataDir)}`;
  return (
    `But its key is not here: ${place}${existsSync(mark) ? ` and take ${mark} away` : ""} before the next start. ` +
    "Without it everybody has to be invited anew, and every API token made anew."
  );
}

function presentMark({ dataDir, key }: Config): string | undefined {
  const mark = markFileOf(dataDir);
  if (existsSync(mark)) return readFileSync(mark, "utf8").trim();
  const keyFile = keyFileOf(dataDir);
  const bytes = key ?? (existsSync(keyFile) ? readKey(readFileSync(keyFile, "utf8")) : undefined);
  return bytes && markOf(bytes).toString("base64");
}

import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Config, cannotStart, readKey } from "../config.ts";
import { storeFileOf } from "../data-file.ts";
import { keyFileOf, markFileOf, markOf, readMasterKey, reasonOf } from "../master-key.ts";
import { eraseBoardsInCopy } from "../store/erase-board.ts";
import { takeFileLock } from "../store/file-lock.ts";
import { forceFile } from "../store/force-to-disk.ts";
import { makeFolder } from "../store/make-folder.ts";
import { describeError } from "../store/sqlite-errors.ts";
import { markRestored } from "../store/store-facts.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import { type BackupFile, folderTrouble, type Manifest, readManifest, sha256Of } from "./backup-folder.ts";
import { askAtDoor } from "./door.ts";
import { erasedBoardsFileOf, readErased } from "./erased-boards.ts";
import { noteRestored } from "./note-restored.ts";
import { isReadyName, placeRestored } from "./place-restored.ts";
import { backupsIn, type Findings, lookAtBackup, lookAtData } from "./verify.ts";

/**
 * `restore DIR`: puts the newest good backup in the place of the data file, and keeps the present one beside it. All the
 * looking and copying is done here; a server that runs on the folder then takes the ready copy in, for which people wait a
 * moment. Until the very last step the data file stays as it was.
 */
export async function restore(config: Config, folder: string, now: () => number = Date.now): AdminAnswer {
  const { dataDir } = config;
  const file = storeFileOf(dataDir);
  const listed = backupsIn(folder);
  if (!listed.ok) return listed;
  try {
    makeFolder(dataDir);
    clearLeftovers(dataDir, now());
  } catch (error) {
    return cannotStart(`The data folder ${dataDir} could not be made (${reasonOf(error)}). Nothing was changed.`);
  }
  const masterKey = readMasterKey(config);
  const ready = `${file}.restoring-${randomBytes(8).toString("hex")}`;
  let placed = false;
  try {
    const lines: string[] = [];
    const chosen = await newestGood(listed.value, masterKey, lines);
    if (!chosen) return told([...lines, `No backup in ${resolve(folder)} is good, so nothing was changed.`], 1);
    const { backup, manifest, findings } = chosen;
    if (findings.words === "of another key") {
      return cannotStart(
        `The backup ${backup.name} was made with another key than the one here, so nothing in it could be read. Nothing was changed. ${keyAdvice(config)}`,
      );
    }
    copyFileSync(backup.file, ready);
    chmodSync(ready, 0o600);
    if ((await sha256Of(ready)) !== manifest.sha256) {
      return cannotStart(
        `The backup ${backup.name} could not be copied as it is. Nothing was changed. Check the disk of ${dataDir}.`,
      );
    }
    const again = eraseBoardsInCopy(ready, [...readErased(dataDir)]);
    markRestored(ready, now());
    forceFile(ready);

    const taken = await takeIn(file, ready, config, now);
    if ("sentence" in taken) return cannotStart(`${taken.sentence} Nothing was changed.`);
    placed = true;
    const { kept, byServer } = taken;
    // A running server writes by now: it has told that it could open the file.
    const after = byServer ? undefined : lookAtData(file, again.length === 0 ? manifest : undefined, masterKey);
    lines.push(
      `Restored: ${backup.name}, made at ${manifest.made}.`,
      `It holds ${after && after.troubles.length === 0 ? after.holds : findings.holds}.`,
    );
    if (byServer)
      lines.push("The running server has taken it in; whoever was on a board is back by themselves in a moment.");
    if (kept) lines.push(`The data that was there until now is kept: ${kept}`);
    if (again.length > 0) {
      lines.push(
        `${count(again.length, "board")} in it had been erased since, and ${again.length === 1 ? "was" : "were"} erased again.`,
        `To have one back after all, take its line out of ${erasedBoardsFileOf(dataDir)} and restore once more.`,
      );
    }
    lines.push(
      "People, invitations and sessions are as they were then: look who is on each board, and remove again whom you had removed.",
      "What people wrote since comes back from each device that still holds it, when that device is next on the board: for 30 days.",
    );
    const key = keyWarning(config, manifest);
    if (key) lines.push(key);
    const troubles = after?.troubles ?? [];
    if (troubles.length > 0) lines.push("But the restored file is not whole:", ...troubles);
    if (!byServer && troubles.length === 0 && masterKey) await noteRestored(file, masterKey, now());
    return told(lines, troubles.length === 0 ? 0 : 1);
  } catch (error) {
    const reason = reasonOf(error);
    const why = /^E[A-Z]+$/.test(reason) ? folderTrouble(dataDir, reason) : `${describeError(error)}.`;
    if (placed)
      return cannotStart(
        `The backup is in place, but what came after failed: ${why} Look with: npm run admin -- doctor`,
      );
    return cannotStart(`The backup was not restored. ${why} The data file is as it was.`);
  } finally {
    for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(`${ready}${end}`, { force: true });
  }
}

type TakenIn =
  | { readonly kept: string | undefined; readonly byServer: boolean }
  /** Why not. */
  | { readonly sentence: string };

/** By the server that runs on the folder; else here, while none can start on it. Throws what the file calls throw. */
async function takeIn(file: string, ready: string, config: Config, now: () => number): Promise<TakenIn> {
  const lock = takeFileLock(file);
  if (lock) {
    try {
      return { kept: placeRestored(file, ready, now()), byServer: false };
    } finally {
      lock.close();
    }
  }
  const answered = await askAtDoor(config.dataDir, { kind: "take-in", name: basename(ready) });
  switch (answered?.kind) {
    case "taken-in":
      return { kept: answered.kept, byServer: true };
    case "not-taken-in":
      return { sentence: `The running server could not take the backup in: ${answered.why}.` };
    default:
      return {
        sentence: `A server is running on the data folder ${config.dataDir} and does not answer there. Stop it first, then restore, then start it again.`,
      };
  }
}

/** What a restore that was killed left behind: it holds people's words, and is of no use. */
function clearLeftovers(dataDir: string, now: number): void {
  for (const name of readdirSync(dataDir)) {
    const file = join(dataDir, name);
    const isLeft = isReadyName(name.replace(/-(journal|wal|shm)$/, "")) || name === "alongside.sqlite.restoring";
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (isLeft && now - written > 3_600_000) rmSync(file, { force: true });
  }
}

interface Chosen {
  readonly backup: BackupFile;
  readonly manifest: Manifest;
  readonly findings: Findings;
}

async function newestGood(
  backups: readonly BackupFile[],
  masterKey: Uint8Array | undefined,
  lines: string[],
): Promise<Chosen | undefined> {
  for (const backup of backups) {
    const findings = await lookAtBackup(backup, masterKey);
    const manifest = readManifest(backup);
    if (manifest && findings.troubles.length === 0) return { backup, manifest, findings };
    lines.push(`Passed over, as it is damaged: ${backup.name}`, ...findings.troubles.map((each) => `  ${each}`));
  }
  return undefined;
}

/** When there is no key here yet, the restored data wait for theirs. */
function keyWarning(config: Config, { keyMark }: Manifest): string | undefined {
  if (keyMark === undefined || presentMark(config) === keyMark) return undefined;
  return `But its key is not here: ${keyAdvice(config)} Without it nobody can read what is in it.`;
}

function keyAdvice(config: Config): string {
  const mark = markFileOf(config.dataDir);
  const place = config.key ? "set ALONGSIDE_KEY to it" : `put it at ${keyFileOf(config.dataDir)}`;
  return `Find the key that it was made with, ${place}${existsSync(mark) ? ` and take ${mark} away` : ""}, before the next start.`;
}

function presentMark({ dataDir, key }: Config): string | undefined {
  const mark = markFileOf(dataDir);
  if (existsSync(mark)) return readFileSync(mark, "utf8").trim();
  const keyFile = keyFileOf(dataDir);
  const bytes = key ?? (existsSync(keyFile) ? readKey(readFileSync(keyFile, "utf8")) : undefined);
  return bytes && markOf(bytes).toString("base64");
}

import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { openFailureSentence, storeFileOf } from "../data-file.ts";
import { keyFileOf, markFileOf, openMasterKey, readMasterKey, reasonOf } from "../master-key.ts";
import { type DataCopy, knownSchema, openDataCopy } from "../store/data-copy.ts";
import { lockFileOf, takeFileLock } from "../store/file-lock.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import { megabytes } from "./backup.ts";
import { folderTrouble, sizeOf } from "./backup-folder.ts";
import { lookAtPort, lookAtPublicUrl } from "./doctor-web.ts";
import { type Finding, findingToText, fine, look } from "./finding.ts";

/** `doctor`: looks at everything a server needs, and says of each whether it is well, else what to do. Changes nothing. */
export async function doctor(config: Config, now: () => number = Date.now): AdminAnswer {
  const { dataDir } = config;
  const findings: Finding[] = [lookAtFolder(dataDir)];
  const file = storeFileOf(dataDir);
  const serverRuns = isServerRunning(dataDir, file);
  const hasData = existsSync(file);
  if (hasData) {
    findings.push(lookAtSpace(dataDir, file), lookAtKey(config));
    const opened = openDataCopy(file);
    if (opened.ok) {
      try {
        findings.push(await lookAtData(opened.value, file, config), lookAtClock(opened.value, now()));
      } finally {
        opened.value.close();
      }
    } else {
      findings.push(look(`The data file ${file} cannot be used: ${opened.error.why}. ${restoreAdvice}`));
    }
  } else if (existsSync(dataDir) || existsSync(keyFileOf(dataDir))) {
    findings.push(fine("There are no boards yet: the first start makes the data file and, if there is none, the key."));
  }
  const port = await lookAtPort(config, serverRuns);
  findings.push(port.finding, ...(await lookAtPublicUrl(config, port.answers)));
  const toLookAt = findings.filter(({ verdict }) => verdict !== "ok").length;
  return told(
    [
      ...findings.map(findingToText),
      toLookAt === 0 ? "All is well." : `${count(toLookAt, "thing", "things")} to look at.`,
    ],
    toLookAt === 0 ? 0 : 1,
  );
}

const restoreAdvice = "Put a good backup in its place: npm run admin -- restore DIR.";

function lookAtFolder(dataDir: string): Finding {
  const found = statSync(dataDir, { throwIfNoEntry: false });
  if (!found) return fine(`The data folder ${dataDir} is not there yet: the first start makes it.`);
  if (!found.isDirectory()) return look(`DATA_DIR ${dataDir} is not a folder. Choose another with DATA_DIR.`);
  const probe = join(dataDir, `.doctor-${process.pid}`);
  try {
    writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    return look(`${folderTrouble(dataDir, reasonOf(error))} Give this user the right to write there, or make room.`);
  }
  if (process.platform !== "win32" && (found.mode & 0o007) !== 0) {
    return look(`Other users of this machine may look into the data folder. Close it: chmod 700 ${dataDir}`);
  }
  return fine(`The data folder ${dataDir} is there and can be written.`);
}

const leastFreeBytes = 200e6;

function lookAtSpace(dataDir: string, file: string): Finding {
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  // An upgrade copies the file, and erasing a board writes it anew.
  const wanted = Math.max(leastFreeBytes, 2 * (sizeOf(file) + sizeOf(`${file}-wal`)));
  return free >= wanted
    ? fine(`${megabytes(free)} are free there; the data take ${megabytes(sizeOf(file))}.`)
    : look(
        `Only ${megabytes(free)} are free in ${dataDir}. Make room: ${megabytes(wanted)} are needed for upgrades and erasing.`,
      );
}

function lookAtKey(config: Config): Finding {
  const { dataDir } = config;
  const keyFile = keyFileOf(dataDir);
  if (!existsSync(markFileOf(dataDir))) {
    const here = config.key ? "ALONGSIDE_KEY" : existsSync(keyFile) ? keyFile : undefined;
    return look(
      here
        ? `Nothing here tells whether ${here} is the key of these data. Make sure of it before the next start: with another, every link and session is dead.`
        : `The key of these data is missing. Put it back at ${keyFile}, or set ALONGSIDE_KEY: else the next start makes a new one, and every link and session is dead.`,
    );
  }
  const key = openMasterKey(config); // Makes nothing: the mark is there.
  if (!key.ok) return look(key.error.sentence);
  if (config.key) return fine("The key, from ALONGSIDE_KEY, is the one of these data. Keep a copy of it elsewhere.");
  if (process.platform !== "win32" && (statSync(keyFile).mode & 0o077) !== 0) {
    return look(`Other users of this machine may read the key. Close it: chmod 600 ${keyFile}`);
  }
  return fine(`The key ${keyFile} is the one of these data. Keep a copy of it elsewhere.`);
}

async function lookAtData(copy: DataCopy, file: string, config: Config): Promise<Finding> {
  const troubles = copy.troubles("quick");
  if (troubles.length > 0) {
    return look(`The data file ${file} is damaged (${troubles[0]?.replaceAll("\n", " ")}). ${restoreAdvice}`);
  }
  if (copy.schema < knownSchema) {
    return fine(`The data file is whole, and of an older version: the next start upgrades it, after a copy beside it.`);
  }
  const masterKey = readMasterKey(config);
  if (!masterKey) return look(`The data file ${file} is whole, but without its key nothing in it can be read.`);
  const changed = recordsChanged(file, masterKey);
  if (changed.length > 0) {
    return look(`Something in the data file ${file} was changed by another hand than ours. ${restoreAdvice}`, changed);
  }
  const opened = await openSqliteStore({ file, masterKey, beside: true });
  if (!opened.ok) return look(openFailureSentence(opened.error));
  const { store } = opened.value;
  const written = await store.probe();
  await store.close();
  return written.ok
    ? fine(
        `The data file can be opened and written, is whole, and holds ${count(copy.boards(), "board")} (schema ${copy.schema}).`,
      )
    : look(`The data file ${file} takes no changes just now. Check the space and the rights there.`);
}

/** Boards, people and audits that are not what was written: only the key can tell. */
function recordsChanged(file: string, masterKey: Uint8Array): readonly string[] {
  const opened = openDataCopy(file, masterKey);
  if (!opened.ok) return [];
  try {
    return opened.value.recordTroubles();
  } finally {
    opened.value.close();
  }
}

const dayMs = 24 * 3_600_000;
/** Two machines' clocks may differ a little. */
const clockPlayMs = 5 * 60_000;
/** This program is no older than that. */
const earliest = Date.UTC(2026, 0, 1);

function lookAtClock(copy: DataCopy, now: number): Finding {
  let newest = 0;
  try {
    newest = copy.newestMoment();
  } catch {
    // Damaged there, which has been said.
  }
  const says = `This machine's clock says ${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (now < earliest) return look(`${says}, which is too early. Set it; links and sessions end by it.`);
  if (newest > now + clockPlayMs) {
    const ahead =
      newest - now > dayMs
        ? count(Math.round((newest - now) / dayMs), "day")
        : count(Math.round((newest - now) / 60_000), "minute");
    return look(`${says}, but the newest entry is ${ahead} later. Set the clock; links and sessions end by it.`);
  }
  return fine(`${says}, and nothing in the data is later.`);
}

/** Whoever keeps boards in this folder holds its lock. */
function isServerRunning(dataDir: string, file: string): boolean {
  if (!existsSync(dataDir) || !existsSync(lockFileOf(file))) return false;
  try {
    const lock = takeFileLock(file);
    lock?.close();
    return lock === undefined;
  } catch {
    return false;
  }
}

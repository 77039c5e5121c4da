import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { LaneId } from "#shared/board/ids.ts";
import { type Config, cannotStart } from "../config.ts";
import { storeFileOf } from "../data-file.ts";
import { keyFileOf, markFileOf, reasonOf } from "../master-key.ts";
import { copyDataFile, openDataCopy } from "../store/data-copy.ts";
import { forceFolder } from "../store/force-to-disk.ts";
import { makeFolder } from "../store/make-folder.ts";
import { describeError, diskTrouble, isDamage } from "../store/sqlite-errors.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import {
  type BackupFile,
  backupIn,
  backupName,
  folderTrouble,
  type Manifest,
  sha256Of,
  sizeOf,
} from "./backup-folder.ts";

/**
 * `backup DIR`: the data as it is at one moment, in a new file with its manifest, forced to disk. A server may go on
 * writing. Nothing is ever written over, and a backup that cannot be finished leaves nothing behind.
 */
export async function backup(config: Config, folder: string, now: () => number = Date.now): AdminAnswer {
  const source = storeFileOf(config.dataDir);
  const target = resolve(folder);
  if (!existsSync(source)) {
    return cannotStart(`There is nothing to back up: the data folder ${config.dataDir} holds no boards yet.`);
  }
  const opened = openDataCopy(source);
  if (!opened.ok) return cannotStart(`The data file ${source} cannot be backed up: ${opened.error.why}.`);
  opened.value.close();
  try {
    makeFolder(target);
    clearLeftovers(target, now());
    const { bavail, bsize } = statfsSync(target);
    const needed = sizeOf(source) + sizeOf(`${source}-wal`);
    if (bavail * bsize < needed) {
      return cannotStart(
        `There is not enough space in ${target}: the backup needs up to ${megabytes(needed)}, and ${megabytes(bavail * bsize)} are free. Nothing was written.`,
      );
    }
  } catch (error) {
    return cannotStart(`${folderTrouble(target, reasonOf(error))} Nothing was written. ${chooseAnother}`);
  }
  const made = reserve(target, now());
  if (!made) return cannotStart(`${folderTrouble(target, "EACCES")} Nothing was written. ${chooseAnother}`);
  const { place, moment, unfinished } = made;
  try {
    copyDataFile(source, unfinished);
    const { manifest, summary } = await describe(unfinished, moment, config);
    writeForced(`${place.manifestFile}.unfinished`, `${JSON.stringify(manifest, null, 1)}\n`);
    renameSync(unfinished, place.file);
    renameSync(`${place.manifestFile}.unfinished`, place.manifestFile);
    forceFolder(target);
    return told([
      `Backup made: ${place.file}`,
      `It holds ${summary}, ${megabytes(manifest.bytes)}, as they were at ${manifest.made}.`,
      ...keyLines(config),
      `To look through it again: npm run admin -- verify ${target}`,
    ]);
  } catch (error) {
    for (const file of [unfinished, `${unfinished}-journal`, `${place.manifestFile}.unfinished`, place.file]) {
      rmSync(file, { force: true });
    }
    return cannotStart(`The backup was not made, and nothing of it was left: ${troubleOf(error, source, target)}`);
  } finally {
    release(made);
  }
}

const chooseAnother = "Choose another folder, or give this user the right to write there.";

interface Reserved {
  readonly place: BackupFile;
  readonly moment: Date;
  readonly unfinished: string;
  readonly claim: string;
}

/** A name that nobody has, kept from others by a file of its own while the backup is made. */
function reserve(folder: string, from: number): Reserved | undefined {
  for (let at = from; at < from + 1_000; at += 1) {
    const moment = new Date(at);
    const place = backupIn(folder, backupName(moment));
    const claim = `${place.file}.claim`;
    try {
      closeSync(openSync(claim, "wx", 0o600));
    } catch (error) {
      if (reasonOf(error) === "EEXIST") continue;
      return undefined;
    }
    const reserved = { place, moment, claim, unfinished: `${place.file}.unfinished` };
    if (!existsSync(place.file) && !existsSync(place.manifestFile) && !existsSync(reserved.unfinished)) return reserved;
    release(reserved);
  }
  return undefined;
}

const release = ({ claim }: Pick<Reserved, "claim">) => rmSync(claim, { force: true });

/** A backup that was killed half-way leaves its files. They hold people's words, and nobody would ever look at them again. */
function clearLeftovers(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    if (!/^alongside-.*\.(unfinished|unfinished-journal|claim)$/.test(name)) continue;
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - written > leftAloneMs) rmSync(file, { force: true });
  }
}

/** A backup under way writes all the time. */
const leftAloneMs = 3_600_000;

async function describe(file: string, moment: Date, config: Config) {
  const opened = openDataCopy(file);
  if (!opened.ok) throw new Error(`the copy is not whole: ${opened.error.why}`);
  const copy = opened.value;
  const lanes: Record<LaneId, string> = {};
  let updates = 0;
  let boards: number;
  try {
    for (const laneId of copy.laneIds()) {
      const lane = copy.readLane(laneId);
      lanes[laneId] = lane.digest;
      updates += lane.updates;
    }
    boards = copy.boards();
  } finally {
    copy.close();
  }
  const manifest: Manifest = {
    format: 1,
    made: moment.toISOString(),
    schema: copy.schema,
    bytes: sizeOf(file),
    sha256: await sha256Of(file),
    keyMark: keyMarkOf(config),
    lanes,
  };
  return { manifest, summary: summaryOf(boards, Object.keys(lanes).length, updates) };
}

export const summaryOf = (boards: number, lanes: number, updates: number): string =>
  `${count(boards, "board")}, ${count(lanes, "lane")} and ${count(updates, "update")}`;

function keyMarkOf({ dataDir }: Config): string | undefined {
  const mark = markFileOf(dataDir);
  return existsSync(mark) ? readFileSync(mark, "utf8").trim() : undefined;
}

function keyLines(config: Config): readonly string[] {
  if (config.key) {
    return [
      "The key is not in it: it is the one in ALONGSIDE_KEY. Keep a copy of it in another place than the backups.",
    ];
  }
  return [
    `The key is not in it: it is the file ${keyFileOf(config.dataDir)}. Keep a copy of it in another place than the backups;`,
    "without it, everybody's links, sessions and API tokens of this data are dead.",
  ];
}

function writeForced(file: string, text: string): void {
  const descriptor = openSync(file, "wx", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function troubleOf(error: unknown, source: string, target: string): string {
  if (isDamage(error)) return `the data file ${source} is damaged. Restore a good backup.`;
  // SQLite says "disk I/O error" of a file that may not grow.
  switch (diskTrouble(error)) {
    case "full":
      return `there is not enough space in ${target}. Make room, or choose another folder.`;
    case "read-only":
      return `${target} cannot be written. ${chooseAnother}`;
    default:
      return `${describeError(error)}. Check the space and the rights in ${target}.`;
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;

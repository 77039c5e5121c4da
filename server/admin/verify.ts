import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Result } from "#shared/result.ts";
import { fail, ok } from "#shared/result.ts";
import { type CannotStart, cannotStart } from "../config.ts";
import { reasonOf } from "../master-key.ts";
import { isSoundLane } from "../relay/sound-lane.ts";
import { type DataCopy, openDataCopy } from "../store/data-copy.ts";
import { describeError } from "../store/sqlite-errors.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import { summaryOf } from "./backup.ts";
import {
  type BackupFile,
  folderTrouble,
  listBackups,
  type Manifest,
  readManifest,
  sha256Of,
  sizeOf,
} from "./backup-folder.ts";

/** What looking through a data file gave: what it holds, and what is wrong with it as sentences. */
export interface Findings {
  readonly holds: string;
  /** Whether people's words were looked through too. */
  readonly words: DataCopy["words"] | undefined;
  readonly troubles: readonly string[];
}

/**
 * `verify DIR`: looks through every backup in a folder, newest first. Changes nothing. Exit 1 when one is damaged. With the
 * key of the data every row is opened and proven, and every board's audit; without it, only what shows from outside.
 */
export async function verify(folder: string, masterKey?: Uint8Array): AdminAnswer {
  const listed = backupsIn(folder);
  if (!listed.ok) return listed;
  const lines: string[] = [];
  let damaged = 0;
  const unread = new Set<Findings["words"]>();
  for (const each of listed.value) {
    const { holds, words, troubles } = await lookAtBackup(each, masterKey);
    if (words === "sealed" || words === "of another key") unread.add(words);
    if (troubles.length === 0) lines.push(`ok       ${each.name}: ${holds}.`);
    else {
      damaged += 1;
      lines.push(`damaged  ${each.name}:`, ...troubles.map((trouble) => `         ${trouble}`));
    }
  }
  const good = listed.value.length - damaged;
  if (damaged === 0) lines.push(good === 1 ? "The backup is good." : `All ${good} backups are good.`);
  else lines.push(`${count(damaged, "backup is", "backups are")} damaged, ${good} good. Make a new backup now.`);
  if (unread.has("sealed"))
    lines.push(`The key is not here, so ${outsideOnly}. Set DATA_DIR or ALONGSIDE_KEY for more.`);
  if (unread.has("of another key")) {
    lines.push(`Some were made with another key than the one here: of those, ${outsideOnly}. Keep that key too.`);
  }
  return told(lines, damaged === 0 ? 0 : 1);
}

const outsideOnly = "only what shows from outside was looked at, and no words";

/** The backups of a folder, newest first: at least one. */
export function backupsIn(folder: string): Result<readonly BackupFile[], CannotStart> {
  const path = resolve(folder);
  let found: readonly BackupFile[];
  try {
    found = listBackups(path);
  } catch (error) {
    return cannotStart(folderTrouble(path, reasonOf(error)));
  }
  return found.length > 0 ? ok(found) : cannotStart(`There is no backup in ${path}.`);
}

/** Whether a backup is still what was made, and can be used. */
export async function lookAtBackup(backup: BackupFile, masterKey?: Uint8Array): Promise<Findings> {
  const manifest = readManifest(backup);
  if (!existsSync(backup.file)) return { holds: "", words: undefined, troubles: ["Its data file is missing."] };
  if (!manifest) {
    const { holds, words, troubles } = lookAtData(backup.file, undefined, masterKey);
    return {
      ...{ holds, words },
      troubles: ["Its manifest is missing or damaged, so nobody can say whether it is complete.", ...troubles],
    };
  }
  const bytes = sizeOf(backup.file);
  const changed: string[] = [];
  if (bytes !== manifest.bytes) changed.push(`It has ${bytes} bytes; ${manifest.bytes} were written.`);
  try {
    if ((await sha256Of(backup.file)) !== manifest.sha256)
      changed.push("Its checksum is wrong: it has changed since it was made.");
  } catch (error) {
    changed.push(`It cannot be read (${reasonOf(error)}).`);
  }
  const { holds, words, troubles } = lookAtData(backup.file, manifest, masterKey);
  if (changed.length > 0 && troubles.length === 0) changed.push("All lanes are whole: the change is outside of them.");
  return { holds, words, troubles: [...changed, ...troubles] };
}

/** Looks through a data file as far as it can be read: the file itself, then each lane's log, and its words as the relay loads them. */
export function lookAtData(
  file: string,
  manifest?: Pick<Manifest, "lanes"> | undefined,
  masterKey?: Uint8Array,
): Findings {
  const opened = openDataCopy(file, masterKey);
  if (!opened.ok) return { holds: "", words: undefined, troubles: [`${sentence(opened.error.why)}.`] };
  const copy = opened.value;
  try {
    const troubles = copy.troubles("whole").map((trouble) => `SQLite finds: ${trouble.replaceAll("\n", " ")}.`);
    const lanes = copy.laneIds();
    const gone = Object.keys(manifest?.lanes ?? {}).filter((laneId) => !(lanes as readonly string[]).includes(laneId));
    troubles.push(...gone.map((laneId) => `Lane ${laneId}: all of it is missing.`));
    let updates = 0;
    for (const laneId of lanes) {
      const looked = lookAtLane(copy, laneId, manifest);
      if (looked.ok) updates += looked.value;
      else troubles.push(`Lane ${laneId}: ${looked.error.why}.`);
    }
    if (copy.words === "opened") troubles.push(...copy.recordTroubles());
    return { words: copy.words, holds: summaryOf(copy.boards(), lanes.length, updates), troubles };
  } catch (error) {
    return { holds: "", words: copy.words, troubles: [`It cannot be read to its end (${describeError(error)}).`] };
  } finally {
    copy.close();
  }
}

type LaneId = ReturnType<DataCopy["laneIds"]>[number];
type BadLane = { readonly kind: "bad-lane"; readonly why: string };

/** How many updates its log has; or what is wrong with it. */
function lookAtLane(copy: DataCopy, laneId: LaneId, manifest?: Pick<Manifest, "lanes">): Result<number, BadLane> {
  const bad = (why: string) => fail({ kind: "bad-lane", why } as const);
  try {
    const { stored, trouble, updates, digest } = copy.readLane(laneId);
    if (trouble) return bad(trouble);
    const expected = manifest?.lanes[laneId];
    if (manifest && expected !== digest) return bad("its rows are not those that were written");
    return isSoundLane(stored) ? ok(updates) : bad("something stored of it cannot be read as a document");
  } catch (error) {
    return bad(`it cannot be read (${describeError(error)})`);
  }
}

const sentence = (part: string) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`;

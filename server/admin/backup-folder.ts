import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LaneId } from "#shared/board/ids.ts";

/** What stands beside a backup, in a JSON file of the same name: enough to tell whether it is still what was made. */
export interface Manifest {
  readonly format: 1;
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly schema: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The check value of the key that the data was made with, to tell two keys apart. It tells nothing about the key. */
  readonly keyMark: string | undefined;
  /** A fingerprint of each lane, so that damage can be told by lane. */
  readonly lanes: Readonly<Record<LaneId, string>>;
}

export interface BackupFile {
  readonly file: string;
  readonly manifestFile: string;
  readonly name: string;
}

/** The name tells the moment, and sorts by it. No colons: not every disk takes them. */
export const backupName = (made: Date): string => `alongside-${made.toISOString().replaceAll(":", "-")}.sqlite`;

const namePattern = /^alongside-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.(sqlite|json)$/;

export const backupIn = (folder: string, name: string): BackupFile => ({
  file: join(folder, name),
  manifestFile: join(folder, name.replace(/\.sqlite$/, ".json")),
  name,
});

/**
 * The backups in a folder, newest first; one with only half of its two files is among them. Throws what the system says
 * of a folder that cannot be read.
 */
export function listBackups(folder: string): readonly BackupFile[] {
  const names = new Set(
    readdirSync(folder)
      .filter((name) => namePattern.test(name))
      .map((name) => name.replace(/\.json$/, ".sqlite")),
  );
  return [...names]
    .sort()
    .reverse()
    .map((name) => backupIn(folder, name));
}

/** `undefined` when it is missing or is no manifest. */
export function readManifest({ manifestFile }: BackupFile): Manifest | undefined {
  let read: Partial<Record<keyof Manifest, unknown>>;
  try {
    read = JSON.parse(readFileSync(manifestFile, "utf8"));
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { format, made, schema, bytes, sha256, keyMark, lanes } = read;
  if (format !== 1 || typeof made !== "string" || Number.isNaN(Date.parse(made))) return undefined;
  if (typeof schema !== "number" || typeof bytes !== "number" || typeof sha256 !== "string") return undefined;
  if (typeof lanes !== "object" || lanes === null) return undefined;
  return {
    ...{ format, made, schema, bytes, sha256 },
    keyMark: typeof keyMark === "string" ? keyMark : undefined,
    lanes: lanes as Manifest["lanes"],
  };
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest("hex");
}

/** What "no such folder" and its like are to a reader. */
export function folderTrouble(folder: string, reason: string): string {
  switch (reason) {
    case "ENOENT":
      return `There is no folder ${folder}.`;
    case "ENOTDIR":
    case "EEXIST":
      return `This is not a folder: ${folder}.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `This user may not use the folder ${folder} for that.`;
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return `There is not enough space in ${folder}.`;
    default:
      return `The folder ${folder} cannot be used (${reason}).`;
  }
}

export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

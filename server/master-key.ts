import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ok, type Result } from "#shared/result.ts";
import { type CannotStart, type Config, cannotStart, readKey } from "./config.ts";
import { makeFolder } from "./store/make-folder.ts";

export interface MasterKey {
  /** 32 bytes. */
  readonly bytes: Buffer;
  readonly from: "ALONGSIDE_KEY" | "key file";
}

/** Beside the data folder, not in it: a copy of the data alone opens nothing. */
export const keyFileOf = (dataDir: string): string => `${dataDir}.key`;

/** Tells whether a key is the one that this data folder was made with, and nothing else about it. */
export const markFileOf = (dataDir: string): string => join(dataDir, "key.check");

/**
 * The key that everything kept by hash or signature hangs on. Makes the data folder and, at the first start, the key
 * file. A folder that was made with another key is refused: with the wrong one every invitation and session would be
 * dead, and nobody would know why.
 */
export function openMasterKey(config: Pick<Config, "dataDir" | "key">): Result<MasterKey, CannotStart> {
  const { dataDir } = config;
  try {
    makeFolder(dataDir);
  } catch (error) {
    return cannotStart(`The data folder ${dataDir} could not be made (${reasonOf(error)}). ${chooseAnother}`);
  }
  if (!statSync(dataDir).isDirectory()) return cannotStart(`DATA_DIR ${dataDir} is not a folder. ${chooseAnother}`);
  const mark = markFileOf(dataDir);
  const key = config.key ? ok({ bytes: config.key, from: "ALONGSIDE_KEY" as const }) : openKeyFile(dataDir, mark);
  if (!key.ok) return key;
  return checkAgainstMark(key.value, mark, dataDir);
}

/** The key as it is there now; `undefined` when it is missing or damaged. Makes and checks nothing: for looking through data. */
export function readMasterKey({ dataDir, key }: Pick<Config, "dataDir" | "key">): Uint8Array | undefined {
  if (key) return key;
  try {
    return readKey(readFileSync(keyFileOf(dataDir), "utf8"));
  } catch {
    return undefined;
  }
}

function openKeyFile(dataDir: string, mark: string): Result<MasterKey, CannotStart> {
  const file = keyFileOf(dataDir);
  try {
    if (!existsSync(file)) {
      if (existsSync(mark)) {
        return cannotStart(
          `The key of the data folder ${dataDir} is missing. Put its key file back at ${file}, or set ALONGSIDE_KEY.`,
        );
      }
      makeFolder(dirname(file));
      // "wx": of two servers that start at the same moment, one makes the key and the other reads it.
      writeFileSync(file, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    }
  } catch (error) {
    if (reasonOf(error) !== "EEXIST") {
      return cannotStart(`The key file ${file} could not be written (${reasonOf(error)}). ${chooseAnother}`);
    }
  }
  try {
    const bytes = readKey(readFileSync(file, "utf8"));
    if (bytes) return ok({ bytes, from: "key file" });
    return cannotStart(`The key file ${file} is damaged. Put a copy of it back, or set ALONGSIDE_KEY.`);
  } catch (error) {
    return cannotStart(`The key file ${file} could not be read (${reasonOf(error)}). Check who may read it.`);
  }
}

function checkAgainstMark(key: MasterKey, mark: string, dataDir: string): Result<MasterKey, CannotStart> {
  const expected = markOf(key.bytes);
  try {
    if (!existsSync(mark)) {
      writeFileSync(mark, `${expected.toString("base64")}\n`, { mode: 0o600 });
      return ok(key);
    }
    const found = Buffer.from(readFileSync(mark, "utf8").trim(), "base64");
    if (found.length === expected.length && timingSafeEqual(found, expected)) return ok(key);
  } catch (error) {
    return cannotStart(`The data folder ${dataDir} cannot be written (${reasonOf(error)}). ${chooseAnother}`);
  }
  return cannotStart(
    `The data folder ${dataDir} was made with another key than ${key.from === "key file" ? keyFileOf(dataDir) : key.from}. ` +
      "Start with the key that it was made with.",
  );
}

/** What stands in that file, before it is written as base64. */
export const markOf = (key: Uint8Array): Buffer => createHmac("sha256", key).update("alongside key check").digest();

const chooseAnother = "Give this user the right to write there, or choose another folder with DATA_DIR.";

/** The code of an operating system error, such as EACCES. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown reason";
}

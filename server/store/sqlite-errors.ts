import { DamageError } from "./seal.ts";

export type DiskTrouble = "full" | "read-only" | "failing";

/** SQLite's primary result codes that are told apart here (sqlite.org/rescode.html). */
const primary = { busy: 5, readOnly: 8, corrupt: 11, full: 13, constraint: 19, notADatabase: 26 } as const;

function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

export const isBusy = (error: unknown): boolean => resultCode(error) === primary.busy;

export const isConstraint = (error: unknown): boolean => resultCode(error) === primary.constraint;

/**
 * Part of the file is not what was written. SQLite finds some of it by itself; a value that no number of ours could have
 * been is an error of `node:sqlite`; and the rest shows when something sealed does not open.
 */
export const isDamage = (error: unknown): boolean =>
  error instanceof DamageError ||
  resultCode(error) === primary.corrupt ||
  resultCode(error) === primary.notADatabase ||
  (error as { code?: unknown } | undefined)?.code === "ERR_OUT_OF_RANGE";

/**
 * What ails the disk, from an error of SQLite or of a file call; `undefined` when the disk is not to blame: a broken
 * rule of a table, or SQL that makes no sense (result code 1), neither of which another try would heal.
 */
export function diskTrouble(error: unknown): DiskTrouble | undefined {
  if (isDamage(error)) return "failing";
  const code = resultCode(error);
  if (code === primary.full) return "full";
  if (code === primary.readOnly) return "read-only";
  if (code === primary.constraint || code === 1) return undefined;
  if (code !== undefined) return "failing";
  switch ((error as { code?: unknown } | undefined)?.code) {
    case "ENOSPC":
    case "EDQUOT":
      return "full";
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return "read-only";
    case "EIO":
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "EMFILE":
    case "ENFILE":
    case "EBADF":
      return "failing";
    default:
      return undefined;
  }
}

/** For the log. Messages of SQLite and of file calls name files, tables and columns, never a value. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

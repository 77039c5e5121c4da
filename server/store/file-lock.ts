import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./sqlite-errors.ts";

export const lockFileOf = (file: string): string => `${file}-lock`;

/**
 * One relay per data file; `undefined` while another process has it. The lock is SQLite's own, on a file beside the
 * database: the kernel lets go of it however the process ends, and admin commands can still read and write the database
 * itself while the relay runs. Throws what SQLite throws when the lock's file cannot be made.
 */
export function takeFileLock(file: string): { readonly close: () => void } | undefined {
  const lock = new DatabaseSync(lockFileOf(file), { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return { close: () => lock.close() };
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

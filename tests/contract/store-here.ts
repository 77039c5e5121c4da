import type { DatabaseSync } from "node:sqlite";
import { openFile } from "../../server/store/sqlite-open.ts";
import { type Operations, prepareOperations } from "../../server/store/sqlite-operations.ts";
import { testKey } from "./store-records.ts";

/** The worker's own calls on a file, in this thread: for tests that harm files by the hundred. */
export interface StoreHere extends Operations {
  readonly db: DatabaseSync;
  /** One transaction, as the worker makes it. */
  readonly write: <T>(change: (store: Operations) => T) => T;
  readonly close: () => void;
}

/** Why it did not open, as the store says it, or the store. */
export function openHere(
  file: string,
  masterKey: Uint8Array = testKey,
  now = 1_000,
  forTests?: Parameters<typeof openFile>[0]["forTests"],
) {
  const opened = openFile({ file, beside: false, masterKey, now, forTests });
  if (!opened.ok) return opened;
  const { db, close, tellCleanStop } = opened.value;
  const operations = prepareOperations(db, masterKey);
  const here: StoreHere = {
    ...operations,
    db,
    write: (change) => {
      db.exec("BEGIN IMMEDIATE");
      try {
        const value = change(operations);
        operations.settle();
        db.exec("COMMIT");
        return value;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        operations.forget();
        throw error;
      }
    },
    close: () => {
      tellCleanStop();
      close();
    },
  };
  return { ok: true as const, value: here };
}

/** The same, or the test fails. */
export function opened(file: string, masterKey?: Uint8Array, now?: number): StoreHere {
  const here = openHere(file, masterKey, now);
  if (!here.ok) throw new Error(`could not open: ${JSON.stringify(here.error)}`);
  return here.value;
}

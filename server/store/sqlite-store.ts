import type { Result } from "#shared/result.ts";
import type { OpenFailure, OpenStore } from "./open-store.ts";

export interface SqliteStoreOptions {
  readonly file: string;
}

/** The store of one SQLite file (DESIGN R1). */
export function openSqliteStore(options: SqliteStoreOptions): Promise<Result<OpenStore, OpenFailure>> {
  throw new Error(`openSqliteStore is being written (${options.file})`);
}

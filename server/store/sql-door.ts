import type { SQLInputValue } from "node:sqlite";

export type SqlValue = Exclude<SQLInputValue, NodeJS.ArrayBufferView> | Uint8Array;
export interface SqlAnswer {
  readonly rows: readonly Record<string, unknown>[];
  readonly changes: number;
  readonly lastId: number;
}

/** How the accounts reach the tables that they keep in the store's own file. Failures are thrown, as Kysely expects. */
export interface SqlDoor {
  readonly query: (sql: string, values: readonly SqlValue[]) => Promise<SqlAnswer>;
  /** Until it has ended, nothing else is written or read in that file: keep it short, and ask the store for nothing. */
  readonly begin: () => Promise<SqlTransaction>;
}

export interface SqlTransaction {
  readonly query: SqlDoor["query"];
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

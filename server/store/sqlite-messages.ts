import type { SQLInputValue } from "node:sqlite";
import type { OpenFailure } from "./open-store.ts";
import type { DiskTrouble } from "./sqlite-errors.ts";
import type { Reads, Writes } from "./sqlite-operations.ts";

/** What the main thread and the worker that holds the SQLite file say to each other. */

export type SqlValue = Exclude<SQLInputValue, NodeJS.ArrayBufferView> | Uint8Array;
export interface SqlAnswer {
  readonly rows: readonly Record<string, unknown>[];
  readonly changes: number;
  readonly lastId: number;
}

/** One thing to do. `bytes` of an append stand in the group's own buffer, so that one block of memory is handed over. */
export type Task =
  | {
      readonly kind: "append";
      readonly laneId: string;
      readonly personId: string;
      readonly at: number;
      readonly from: number;
      readonly length: number;
      readonly claims: readonly number[];
      readonly returned: boolean;
    }
  | { readonly kind: "read"; readonly name: keyof Reads; readonly args: readonly unknown[] }
  | { readonly kind: "write"; readonly name: keyof Writes; readonly args: readonly unknown[] }
  | { readonly kind: "sql"; readonly sql: string; readonly values: readonly SqlValue[]; readonly writes: boolean }
  /** Runs after the transaction of its group. `rewrite` comes first, then `empty-log` until that has worked. */
  | { readonly kind: "scrub"; readonly step: "rewrite" | "empty-log" }
  /** `begin`, `commit` and `rollback` come in groups of their own, while no other groups are sent. */
  | { readonly kind: "begin" | "commit" | "rollback" };

export const isWrite = (task: Task): boolean =>
  task.kind === "append" || task.kind === "write" || task.kind === "commit" || (task.kind === "sql" && task.writes);

export type ToWorker =
  | {
      readonly kind: "group";
      /** Counts up from 1. */
      readonly group: number;
      /** The accounts hold a transaction open: run the tasks inside it. */
      readonly held: boolean;
      readonly tasks: readonly Task[];
      readonly bytes: Uint8Array<ArrayBuffer> | undefined;
    }
  | { readonly kind: "close" };

export type Outcome =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "disk"; readonly why: DiskTrouble; readonly detail: string }
  /** A rule of a table was broken, or the SQL was wrong: nothing that a healthy disk would change. */
  | { readonly kind: "refused"; readonly detail: string };

export type FromWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "not-opened"; readonly error: OpenFailure }
  /** Committed (or refused). What only read, and what failed, is settled by this. */
  | { readonly kind: "written"; readonly group: number; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "forced"; readonly upTo: number }
  | { readonly kind: "not-forced"; readonly upTo: number; readonly why: DiskTrouble }
  | { readonly kind: "closed" };

export interface WorkerSettings {
  readonly file: string;
  readonly beside: boolean;
  readonly forTests:
    | {
        /** Set from the main thread while the worker runs. Indexes: `testSwitches`. */
        readonly switches?: Int32Array<SharedArrayBuffer>;
        readonly migrations?: readonly { readonly version: number; readonly sql: string }[];
      }
    | undefined;
}

/** Real failures, made on demand: SQLite refuses to grow the file, refuses to write; forcing answers EIO. */
export const testSwitches = { noGrowth: 0, readOnly: 1, forcingFails: 2 } as const;

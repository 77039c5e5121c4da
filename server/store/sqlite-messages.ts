import type { LaneId, PersonId } from "#shared/board/ids.ts";
import type { Migration } from "./migrations.ts";
import type { OpenFailure } from "./open-store.ts";
import type { SqlValue } from "./sql-door.ts";
import type { DiskTrouble } from "./sqlite-errors.ts";
import type { Reads, Writes } from "./sqlite-operations.ts";

/** What the main thread and the worker that holds the SQLite file say to each other. */

/** One thing to do. `bytes` of an append stand in the group's own buffer, so that one block of memory is handed over. */
export type Task =
  | {
      readonly kind: "append";
      readonly laneId: LaneId;
      readonly personId: PersonId;
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
  readonly masterKey: Uint8Array;
  /** Unix ms, as the file is opened. */
  readonly now: number;
  readonly forTests:
    | {
        /** Set from the main thread while the worker runs. Indexes: `testSwitches`. */
        readonly switches?: Int32Array<SharedArrayBuffer> | undefined;
        /** What the worker has proof of. Indexes: `proofs`. */
        readonly proof?: Float64Array<SharedArrayBuffer> | undefined;
        readonly migrations?: readonly Migration[] | undefined;
        /** Files up to this size are looked through as they are opened, instead of the usual. */
        readonly checkedBytes?: number | undefined;
      }
    | undefined;
}

/**
 * Real failures, made on demand: SQLite refuses to grow the file, refuses to write; forcing answers EIO. `parked`: 1 asks the
 * worker to stand still before its next group; it says 2 when it does, and goes on at 0 (wake it with `Atomics.notify`).
 */
export const testSwitches = { noGrowth: 0, readOnly: 1, forcingFails: 2, parked: 3 } as const;

/**
 * Counted by the worker at the moment itself: updates committed to the log; updates that were committed before an fdatasync
 * that has succeeded; how many of those syncs there were; and how many pages of the log the last of them covered.
 */
export const proofs = { written: 0, forced: 1, syncs: 2, forcedPages: 3 } as const;

import type { BoardStore } from "./board-store.ts";
import type { SqlDoor } from "./sql-door.ts";

/** What `createMemoryStore` and `openSqliteStore` hand out: the boards, and a door for the accounts' own tables. */
export interface OpenStore {
  readonly store: BoardStore;
  /** For better-auth, through `createAccountsDialect`. Closed by `store.close()`. */
  readonly accounts: SqlDoor;
}

export type OpenFailure =
  /** Not a database of ours, or no longer readable. `detail` is for the log; it holds nothing of the boards. */
  | { readonly kind: "store-damaged"; readonly file: string; readonly detail: string }
  /** Written by a newer version of this program: it is left untouched. */
  | { readonly kind: "store-newer"; readonly file: string; readonly found: number; readonly known: number }
  /** What is in it was sealed with another master key. */
  | { readonly kind: "store-other-key"; readonly file: string }
  /** Another process keeps boards in this file now. */
  | { readonly kind: "store-in-use"; readonly file: string }
  | {
      readonly kind: "store-failing";
      readonly file: string;
      readonly why: "full" | "read-only" | "failing";
      readonly detail: string;
    };

import { DatabaseSync } from "node:sqlite";
import { boundTo, deriveSealKey, seal, unseal } from "./seal.ts";
import { returningMs } from "./sealed-lanes.ts";
import type { Statements } from "./statements.ts";

/** What the store has to remember about the file as a whole. */
export interface StoreFacts {
  /** Whether this is the master key that the file was made with. */
  readonly isKey: (master: Uint8Array) => boolean;
  readonly setKey: (master: Uint8Array) => void;
  /** Unix ms; 0 for never. Until then clients may bring back what the log lost, in every lane. */
  readonly returningUntil: () => number;
  readonly setReturningUntil: (until: number) => void;
  /** Whether a process has the file open for work, or ended without closing it. */
  readonly isInUse: () => boolean;
  readonly setInUse: (inUse: boolean) => void;
}

/** After a start that followed no clean stop: what was written but not forced may be gone, and comes back soon. */
export const returningAfterCrashMs: number = 3_600_000;

/** Also what a restored file of an older version is given, before its first start brings it up to date. */
export const factsTable = "CREATE TABLE IF NOT EXISTS store_facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT";

const bound = boundTo("key check 1");
const checked = Buffer.from("this is the key");

export function createStoreFacts({ one, run }: Statements): StoreFacts {
  const read = (name: string): unknown =>
    one<{ value: unknown }>("SELECT value FROM store_facts WHERE name = ?", name)?.value;
  const write = (name: string, value: number | Uint8Array) =>
    void run("INSERT OR REPLACE INTO store_facts (name, value) VALUES (?, ?)", name, value);
  return {
    isKey: (master) => {
      const sealed = read("key check");
      return sealed instanceof Uint8Array && unseal(deriveSealKey(master, "key check"), bound, sealed) !== undefined;
    },
    setKey: (master) => write("key check", seal(deriveSealKey(master, "key check"), bound, checked)),
    returningUntil: () => {
      const until = read("returning until");
      return typeof until === "number" ? until : 0;
    },
    setReturningUntil: (until) => write("returning until", until),
    isInUse: () => read("in use") === 1,
    setInUse: (inUse) => write("in use", inUse ? 1 : 0),
  };
}

/**
 * For a data file that a backup was just put in the place of, and that nobody has open: for 30 days clients may bring back
 * what they still hold and this file does not. Force the file to disk afterwards.
 */
export function markRestored(file: string, now: number): void {
  const db = new DatabaseSync(file, { timeout: 2_000 });
  try {
    db.exec(factsTable);
    db.prepare("INSERT OR REPLACE INTO store_facts (name, value) VALUES ('returning until', ?)").run(now + returningMs);
    db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  } finally {
    db.close();
  }
}

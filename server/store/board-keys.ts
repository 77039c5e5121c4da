import { randomBytes } from "node:crypto";
import { boundTo, DamageError, deriveSealKey, keyBytes, type SealKey, seal, sealKeyOf, unseal } from "./seal.ts";
import { isDamage } from "./sqlite-errors.ts";
import type { Statements } from "./statements.ts";

/**
 * One random key for each board, wrapped by the master key (DESIGN §5). Whoever has the file alone can read nothing people
 * typed; without its wrapped key a board can be read by nobody, the operator included: that is what erasing does.
 *
 * A wrapped key is kept twice, in two tables and so on two pages of the file: one flipped bit must not cost a whole board.
 *
 * `scope` is a board's id, or `~` and a lane's id for a lane that belongs to no board (any more).
 */
export interface BoardKeys {
  /** Throws `DamageError` when it is there no more, or is not what was written. */
  readonly of: (scope: string) => SealKey;
  /** The same, but makes the key when there is none. Inside a transaction. */
  readonly ofOrNew: (scope: string) => SealKey;
  /** Whether there is something to open at all. */
  readonly has: (scope: string) => boolean;
  /** Writes a copy anew that does not open, from the one that does. Inside a transaction. */
  readonly mend: (scope: string) => void;
  /** Inside a transaction. Its bytes stand in the file until the pages are written anew. */
  readonly destroy: (scope: string) => void;
  /** Another process may have changed them, or a transaction was rolled back. */
  readonly forget: () => void;
}

const tables = ["board_keys", "board_keys_again"] as const;
const mostRemembered = 4_096;

export function openBoardKeys({ one, run }: Statements, master: Uint8Array): BoardKeys {
  const wrapping = deriveSealKey(master, "board keys");
  const keysByScope = new Map<string, SealKey>();
  const remember = (scope: string, key: SealKey): SealKey => {
    if (keysByScope.size >= mostRemembered) keysByScope.clear();
    keysByScope.set(scope, key);
    return key;
  };
  const wrap = (scope: string, plain: Uint8Array) => seal(wrapping, boundTo("board key 1", scope), plain);
  const unwrapped = (table: (typeof tables)[number], scope: string): Uint8Array | undefined => {
    try {
      const row = one<{ wrapped: Uint8Array }>(`SELECT wrapped FROM ${table} WHERE scope = ?`, scope);
      return row && unseal(wrapping, boundTo("board key 1", scope), row.wrapped);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined; // A page that SQLite cannot read: the other table stands on another one.
    }
  };
  const find = (scope: string): SealKey | undefined => {
    const known = keysByScope.get(scope);
    if (known) return known;
    for (const table of tables) {
      const plain = unwrapped(table, scope);
      if (plain) return remember(scope, sealKeyOf(plain));
    }
    return undefined;
  };
  const has = (scope: string): boolean =>
    tables.some((table) => one(`SELECT 1 FROM ${table} WHERE scope = ?`, scope) !== undefined);

  return {
    has,
    of: (scope) => {
      const key = find(scope);
      if (!key) throw new DamageError("a board's key cannot be opened");
      return key;
    },
    ofOrNew: (scope) => {
      const known = find(scope);
      if (known) return known;
      if (has(scope)) throw new DamageError("a board's key cannot be opened");
      const plain = randomBytes(keyBytes);
      for (const table of tables) {
        run(`INSERT INTO ${table} (scope, wrapped) VALUES (?, ?)`, scope, wrap(scope, plain));
      }
      const key = sealKeyOf(plain);
      plain.fill(0);
      return remember(scope, key);
    },
    mend: (scope) => {
      const copies = tables.map((table) => ({ table, plain: unwrapped(table, scope) }));
      const good = copies.find(({ plain }) => plain)?.plain;
      for (const { table, plain } of copies) {
        if (!plain && good)
          run(`INSERT OR REPLACE INTO ${table} (scope, wrapped) VALUES (?, ?)`, scope, wrap(scope, good));
      }
      for (const { plain } of copies) plain?.fill(0);
    },
    destroy: (scope) => {
      keysByScope.delete(scope);
      for (const table of tables) run(`DELETE FROM ${table} WHERE scope = ?`, scope);
    },
    forget: () => keysByScope.clear(),
  };
}

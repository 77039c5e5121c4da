import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { SqlDoor, SqlTransaction, SqlValue } from "../store/sql-door.ts";

/** A Kysely dialect for better-auth: `database: { dialect, type: "sqlite" }`. One query or transaction at a time. */
export function createAccountsDialect(door: SqlDoor): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DoorDriver(door),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class DoorConnection implements DatabaseConnection {
  transaction: SqlTransaction | undefined;
  readonly #door: SqlDoor;

  constructor(door: SqlDoor) {
    this.#door = door;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes, lastId } = await (this.transaction ?? this.#door).query(sql, parameters.map(parameterToSql));
    return { rows: rows as R[], numAffectedRows: BigInt(changes), insertId: BigInt(lastId) };
  }

  // biome-ignore lint/correctness/useYield: the accounts never stream, and Kysely wants a generator.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("The accounts' dialect does not stream.");
  }
}

class DoorDriver implements Driver {
  readonly #door: SqlDoor;
  /** The last in the line for the one connection; a statement of a passer-by must not fall into a transaction. */
  #line: Promise<void> = Promise.resolve();
  readonly #leave = new Map<DatabaseConnection, () => void>();

  constructor(door: SqlDoor) {
    this.#door = door;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#line;
    const connection = new DoorConnection(this.#door);
    this.#line = new Promise((resolve) => this.#leave.set(connection, resolve));
    await before;
    return connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    (connection as DoorConnection).transaction = await this.#door.begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await end(connection as DoorConnection, (transaction) => transaction.commit());
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await end(connection as DoorConnection, (transaction) => transaction.rollback());
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#leave.get(connection)?.();
    this.#leave.delete(connection);
  }

  /** The file belongs to the store, which closes it. */
  async destroy(): Promise<void> {}
}

async function end(connection: DoorConnection, how: (transaction: SqlTransaction) => Promise<void>): Promise<void> {
  const { transaction } = connection;
  connection.transaction = undefined;
  if (transaction) await how(transaction);
}

/** SQLite knows no booleans and no dates. */
function parameterToSql(value: unknown): SqlValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return (value ?? null) as SqlValue;
}

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** SQL in one file, prepared on first use: a newly opened file should not pay for what nobody has asked yet. */
export interface Statements {
  readonly one: <T>(sql: string, ...values: SQLInputValue[]) => T | undefined;
  readonly all: <T>(sql: string, ...values: SQLInputValue[]) => T[];
  /** Row by row. One that is left early is ready again at once; the same SQL is never walked twice at a time. */
  readonly each: <T>(sql: string, ...values: SQLInputValue[]) => Iterable<T>;
  /** How many rows it changed. */
  readonly run: (sql: string, ...values: SQLInputValue[]) => number;
}

type Row = Record<string, unknown>;

/** Rows come without a prototype and with `null` for what is not there; records say `undefined`. */
function rowToRecord<T>(row: Row): T {
  const record: Row = {};
  for (const [name, value] of Object.entries(row)) record[name] = value ?? undefined;
  return record as T; // The columns are named after the record's fields, and only the store writes them.
}

export function createStatements(db: DatabaseSync): Statements {
  const statementsBySql = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statementsBySql.get(sql) ?? db.prepare(sql);
    statementsBySql.set(sql, known);
    return known;
  };
  return {
    one: (sql, ...values) => {
      const row = prepare(sql).get(...values);
      return row && rowToRecord(row);
    },
    all: (sql, ...values) =>
      prepare(sql)
        .all(...values)
        .map((row) => rowToRecord(row)),
    each: <T>(sql: string, ...values: SQLInputValue[]) => prepare(sql).iterate(...values) as Iterable<T>,
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
  };
}

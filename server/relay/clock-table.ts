import type { Run } from "./update-reader.ts";

const columns = 3;
/** One for all that are empty: an idle lane should cost next to nothing. */
const none = new Uint32Array(0);
/** Up to here a number fits a column of 32 bits. Clients of Yjs 13 and real clocks all do. */
const narrow = 2 ** 32;

/**
 * Rows of (client, clock, value), sorted by client and clock, twelve bytes each and nothing around them: a lane has many
 * clients with few rows each, so a map of lists would weigh more than what is stored of the lane.
 */
export class ClockTable {
  size = 0;
  #cells: Uint32Array | Float64Array = none;

  client(row: number): number {
    return this.#cells[row * columns] as number;
  }

  clock(row: number): number {
    return this.#cells[row * columns + 1] as number;
  }

  value(row: number): number {
    return this.#cells[row * columns + 2] as number;
  }

  /** The first row that stands after this client's clock, of the first `rows`. */
  rowAfter(client: number, clock: number, rows: number = this.size): number {
    let low = 0;
    let high = rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.client(middle);
      if (at < client || (at === client && this.clock(middle) <= clock)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last row of this client at this clock or before it; -1 when there is none. */
  rowAt(client: number, clock: number): number {
    const row = this.rowAfter(client, clock) - 1;
    return row >= 0 && this.client(row) === client ? row : -1;
  }

  setValue(row: number, value: number): void {
    if (value >= narrow) this.#widen();
    this.#cells[row * columns + 2] = value;
  }

  /** Puts rows, given as client, clock, value, in the place of `count` others. */
  splice(row: number, count: number, cells: readonly number[]): void {
    if (cells.some((cell) => cell >= narrow)) this.#widen();
    const size = this.size - count + cells.length / columns;
    const old = this.#cells;
    // Little room to spare: most lanes are read far more often than they grow.
    if (size * columns > old.length) this.#cells = this.#ofLength((size + (size >>> 3) + 4) * columns);
    const end = this.size * columns;
    const tail = old.subarray((row + count) * columns, end);
    if (old === this.#cells) old.copyWithin(row * columns + cells.length, (row + count) * columns, end);
    else {
      this.#cells.set(old.subarray(0, row * columns));
      this.#cells.set(tail, row * columns + cells.length);
    }
    this.#cells.set(cells, row * columns);
    this.size = size;
  }

  /** Adds rows, given in order, none of which is there already. Moves each row that is there once at most. */
  insert(cells: readonly number[]): void {
    let end = this.size;
    this.splice(end, 0, cells);
    for (let at = cells.length / columns - 1; at >= 0; at--) {
      const [client, clock, value] = cells.slice(at * columns, (at + 1) * columns) as [number, number, number];
      const row = this.rowAfter(client, clock, end);
      this.#cells.copyWithin((row + at + 1) * columns, row * columns, end * columns);
      this.#cells[(row + at) * columns] = client;
      this.#cells[(row + at) * columns + 1] = clock;
      this.#cells[(row + at) * columns + 2] = value;
      end = row;
    }
  }

  copy(): ClockTable {
    const copy = new ClockTable();
    copy.size = this.size;
    copy.#cells = this.#cells.slice(0, this.size * columns);
    return copy;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  #ofLength(length: number): Uint32Array | Float64Array {
    return this.#cells instanceof Float64Array ? new Float64Array(length) : new Uint32Array(length);
  }

  #widen(): void {
    if (this.#cells instanceof Uint32Array) this.#cells = Float64Array.from(this.#cells);
  }
}

/** Adds stretches of clocks to a table whose values say where a stretch ends, and merges what touches. */
export function addRuns(table: ClockTable, runs: readonly Run[]): void {
  const sorted = runs.toSorted((a, b) => a.client - b.client || a.from - b.from);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last) return;
  let begin = table.rowAfter(first.client, first.from);
  // The stretch before may reach up to the first one.
  if (begin > 0 && table.client(begin - 1) === first.client) begin--;
  // Sorted stretches of one client may lie inside each other, so the last one need not reach furthest.
  let furthest = last.to;
  for (let at = sorted.length - 1; at >= 0 && sorted[at]?.client === last.client; at--) {
    furthest = Math.max(furthest, (sorted[at] as Run).to);
  }
  const end = table.rowAfter(last.client, furthest);
  const cells: number[] = [];
  const put = (client: number, from: number, to: number) => {
    const at = cells.length;
    if (at > 0 && cells[at - 3] === client && (cells[at - 1] as number) >= from) {
      cells[at - 1] = Math.max(cells[at - 1] as number, to);
    } else cells.push(client, from, to);
  };
  let row = begin;
  for (const run of sorted) {
    while (row < end && isBefore(table, row, run)) {
      put(table.client(row), table.clock(row), table.value(row));
      row++;
    }
    put(run.client, run.from, run.to);
  }
  for (; row < end; row++) put(table.client(row), table.clock(row), table.value(row));
  table.splice(begin, end - begin, cells);
}

/** Whether every clock of the stretch is in one of the table's. */
export function coversRun(table: ClockTable, { client, from, to }: Run): boolean {
  const row = table.rowAt(client, from);
  return row >= 0 && table.value(row) >= to;
}

function isBefore(table: ClockTable, row: number, run: Run): boolean {
  const client = table.client(row);
  return client < run.client || (client === run.client && table.clock(row) <= run.from);
}

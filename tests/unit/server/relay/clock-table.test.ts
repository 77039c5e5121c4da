import { expect, test } from "vitest";
import { addRuns, ClockTable, coversRun } from "../../../../server/relay/clock-table.ts";
import type { Run } from "../../../../server/relay/update-reader.ts";
import { createSeeded } from "../../../support/seeded.ts";

const rowsOf = (table: ClockTable): readonly Run[] =>
  Array.from({ length: table.size }, (_, row) => ({
    client: table.client(row),
    from: table.clock(row),
    to: table.value(row),
  }));

test("[R7] stretches added in any order and overlapping in any way merge into what a set of clocks says", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const seeded = createSeeded(seed);
    const table = new ClockTable();
    const clocks = new Set<string>();
    for (let step = 0; step < 12; step++) {
      const runs = Array.from({ length: seeded.whole(4) }, () => {
        const from = seeded.whole(40);
        return { client: 1 + seeded.whole(3), from, to: from + 1 + seeded.whole(6) };
      });
      for (const { client, from, to } of runs) for (let at = from; at < to; at++) clocks.add(`${client} ${at}`);
      addRuns(table, runs);
      const expected: Run[] = [];
      for (let client = 1; client <= 3; client++) {
        for (let at = 0; at <= 50; at++) {
          if (!clocks.has(`${client} ${at}`)) continue;
          const last = expected.at(-1);
          if (last?.client === client && last.to === at) expected[expected.length - 1] = { ...last, to: at + 1 };
          else expected.push({ client, from: at, to: at + 1 });
        }
      }
      expect(rowsOf(table), `seed ${seed}`).toEqual(expected);
      const from = seeded.whole(40);
      const asked = { client: 1 + seeded.whole(3), from, to: from + 1 + seeded.whole(4) };
      const isCovered = Array.from({ length: asked.to - from }, (_, at) => clocks.has(`${asked.client} ${from + at}`));
      expect(coversRun(table, asked)).toBe(isCovered.every(Boolean));
    }
  }
});

test("[R7] rows inserted among others end up in their order", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const seeded = createSeeded(seed);
    const all = Array.from({ length: 60 }, (_, at) => ({ client: Math.floor(at / 10), from: (at % 10) * 3, to: at }));
    const order = (a: Run, b: Run) => a.client - b.client || a.from - b.from;
    const table = new ClockTable();
    const left = all.slice();
    while (left.length > 0) {
      const some = Array.from({ length: Math.min(left.length, seeded.whole(9)) }, () => {
        return left.splice(seeded.whole(left.length), 1)[0] as Run;
      });
      table.insert(some.sort(order).flatMap(({ client, from, to }) => [client, from, to]));
    }
    expect(rowsOf(table), `seed ${seed}`).toEqual(all);
    expect(table.rowAt(3, 5)).toBe(31);
    expect(table.rowAt(3, 2)).toBe(30);
    expect(table.rowAt(9, 0)).toBe(-1);
  }
});

test("[R7] numbers past 32 bits are kept whole, those before them too", () => {
  const table = new ClockTable();
  addRuns(table, [{ client: 2 ** 32 - 1, from: 2, to: 5 }]);
  const narrow = table.bytes;
  addRuns(table, [{ client: 2 ** 50, from: 2 ** 33, to: 2 ** 40 }]);
  expect(rowsOf(table)).toEqual([
    { client: 2 ** 32 - 1, from: 2, to: 5 },
    { client: 2 ** 50, from: 2 ** 33, to: 2 ** 40 },
  ]);
  expect(table.bytes).toBeGreaterThan(narrow);
  table.setValue(0, 2 ** 39);
  expect(table.value(0)).toBe(2 ** 39);
});

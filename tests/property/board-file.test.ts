import { describe, expect, test } from "vitest";
import type { PersonId } from "#shared/board/ids.ts";
import { type BoardFile, writeBoardFile } from "#shared/board-file/board-file.ts";
import { exportBoard } from "#shared/board-file/export-board.ts";
import { parseBoardFile, parseBoardFileBytes } from "#shared/board-file/parse-board-file.ts";
import { limits } from "#shared/protocol/limits.ts";
import { aView, openCopy } from "../support/board-copy.ts";
import { createSeeded, type Seeded } from "../support/seeded.ts";
import { playRun, randomRun } from "./board-run.ts";

const runs = Number(process.env.ALONGSIDE_RUNS ?? 40);
const firstSeed = Number(process.env.ALONGSIDE_SEED ?? 1);
const at = Date.parse("2026-11-24T10:00:00Z");

/** The file of a board that several people have worked on, disconnected, undone and mended. */
function fileOfRun(seed: number): BoardFile {
  const seeded = createSeeded(seed);
  let file: BoardFile | undefined;
  playRun(randomRun(seeded, seed, 40 + seeded.whole(160)), (devices) => {
    const [first] = devices;
    if (!first) return;
    // The last person is not among those whom the view names.
    const people = devices.slice(0, -1).map(({ me }) => ({ personId: me, name: `Name of ${me}` }));
    file = exportBoard(first.board, aView(first.lanes, people), at);
  });
  if (!file) throw new Error("Bug: a run has people");
  return file;
}

const encode = (text: string) => new TextEncoder().encode(text);

function readBack(text: string): BoardFile {
  const parsed = parseBoardFileBytes(encode(text));
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.error)}`);
  return parsed.value;
}

describe("a board's file", () => {
  test("comes out of a board that was made from it letter for letter the same, whatever was done on the first", () => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const text = writeBoardFile(fileOfRun(seed));
      const copy = openCopy(readBack(text), createSeeded(seed + 1));
      expect(copy.board.unreadableCount(), `seed ${seed}`).toBe(0);
      for (const { length } of copy.updates) expect(length).toBeLessThanOrEqual(limits.updateBytes);
      expect(writeBoardFile(exportBoard(copy.board, copy.view, at)), `seed ${seed}`).toBe(text);
      copy.close();
    }
  });

  test("holds no id of the board that it came from", () => {
    for (let seed = firstSeed; seed < firstSeed + 10; seed += 1) {
      const file = fileOfRun(seed);
      const text = writeBoardFile({ ...file, people: file.people.map(({ id }) => ({ id })) });
      expect(text).not.toMatch(/person-\d|shared-0|offers-1|[A-Za-z0-9_-]{22}(?=")/);
    }
  });

  test("is refused or is another whole board when anything in it is changed, and never half read", () => {
    const refusals = new Set<string>();
    let taken = 0;
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const text = writeBoardFile(fileOfRun(seed));
      const seeded = createSeeded(seed * 31);
      for (let change = 0; change < 60; change += 1) {
        const changed: unknown = JSON.parse(text);
        breakSomething(changed, seeded);
        const parsed = parseBoardFile(changed);
        if (!parsed.ok) {
          refusals.add(parsed.error.kind === "malformed" ? parsed.error.why : parsed.error.kind);
          continue;
        }
        taken += 1;
        expect(writeBoardFile(parsed.value), `seed ${seed}`).toBe(writeBoardFile(changed as BoardFile));
        const copy = openCopy(parsed.value, seeded);
        expect(copy.board.unreadableCount(), `seed ${seed}`).toBe(0);
        const first = writeBoardFile(exportBoard(copy.board, copy.view, at));
        const second = openCopy(readBack(first), seeded);
        expect(writeBoardFile(exportBoard(second.board, second.view, at)), `seed ${seed}`).toBe(first);
        copy.close();
        second.close();
      }
    }
    expect(taken).toBeGreaterThan(0);
    for (const why of ["missing", "wrong-value", "unknown-field", "unknown-id", "same-id", "not-a-board-file"]) {
      expect(refusals).toContain(why);
    }
  });

  test("is refused with a sentence's worth of facts when its text is cut anywhere or is not text of a board at all", () => {
    const seeded = createSeeded(firstSeed);
    const text = writeBoardFile(fileOfRun(firstSeed));
    for (let cut = 0; cut < 300; cut += 1) {
      expect(parseBoardFileBytes(encode(text.slice(0, seeded.whole(text.length - 2))))).toEqual({
        ok: false,
        error: { kind: "not-a-board-file" },
      });
    }
    for (const value of [
      null,
      undefined,
      0,
      "x",
      [],
      {},
      [[]],
      () => 1,
      Symbol("x"),
      10n,
      new Map(),
      "ana" as PersonId,
    ]) {
      expect(parseBoardFile(value)).toEqual({ ok: false, error: { kind: "not-a-board-file" } });
    }
  });
});

const oddities: readonly unknown[] = [
  null,
  true,
  -1,
  11,
  Number.POSITIVE_INFINITY,
  0.5,
  "",
  "p1",
  "c9999",
  "\ud800",
  "a\nb",
  [],
  {},
  [[]],
  "__proto__",
  "2026-02-30",
  "2026-03-02T00:00:00.000Z",
  "x".repeat(9_000),
];

/** Changes one thing somewhere: takes away, puts in, puts something else, doubles or swaps. */
function breakSomething(file: unknown, seeded: Seeded): void {
  const spots: { readonly parent: Record<string, unknown> | unknown[]; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      spots.push({ parent: value as Record<string, unknown>, key });
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(file);
  const { parent, key } = seeded.pick(spots);
  const holder = parent as Record<string, unknown>;
  const act = seeded.whole(6);
  if (Array.isArray(parent)) {
    if (act === 0) parent.splice(Number(key), 1);
    else if (act === 1) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
    else if (act === 2) parent.reverse();
    else parent[Number(key)] = seeded.pick(oddities);
    return;
  }
  if (act === 0) delete holder[key];
  else if (act === 1) holder[`${key}Too`] = holder[key];
  else if (act === 2) Object.defineProperty(holder, "__proto__", { value: 1, enumerable: true });
  else holder[key] = seeded.pick(oddities);
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { BoardId, LaneId } from "#shared/board/ids.ts";
import type { BoardStore } from "../../server/store/board-store.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { createStatements } from "../../server/store/statements.ts";
import { markRestored } from "../../server/store/store-facts.ts";
import { got } from "./board-store.ts";
import { sqliteFolder } from "./sqlite-folder.ts";
import { aBoard, aLane, ana, anUpdate, aPerson, bo, boardId, offersLane, sharedLane } from "./store-records.ts";

const { newFile, open } = sqliteFolder();
const otherKey = new Uint8Array(32).fill(8);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const createBoard = (store: BoardStore) =>
  got(
    store.createBoard(
      aBoard(),
      [aLane(), aLane({ laneId: offersLane, kind: "offers" })],
      [aPerson(), aPerson({ personId: bo, name: "Bo" })],
      [],
    ),
  );
const write = (store: BoardStore, count: number, laneId: LaneId = sharedLane) =>
  Promise.all(
    Array.from({ length: count }, (_, index) => index + 1).map((n) =>
      got(store.append(anUpdate({ laneId, at: 100 + n, bytes: new Uint8Array([n, n, n]) })).forced),
    ),
  );
/** Something else has its hands in the file while nobody has it open. */
const harm = (file: string, sql: string) => {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
};
/** A store that has been filled and closed, harmed, and opened again. */
const harmed = async (sql: string, fill: (store: BoardStore) => Promise<unknown> = (store) => write(store, 10)) => {
  const file = await newFile();
  const { store } = await open({ file });
  await createBoard(store);
  await write(store, 3, offersLane);
  await fill(store);
  await store.close();
  harm(file, sql);
  return (await open({ file })).store;
};
const seqsOf = async (store: BoardStore, laneId: LaneId = sharedLane) => {
  const { snapshot, tail } = await got(store.loadLane(laneId));
  return [snapshot?.upTo ?? 0, ...tail.map(({ seq }) => seq)];
};
const failing = { ok: false, error: { kind: "store-failing", why: "failing" } };
/** Its tag stays, as the next update needs it. */
const flip = (where: string) =>
  `UPDATE updates SET sealed = CAST(zeroblob(12) || substr(sealed, 13) AS BLOB) WHERE lane_id = 'lane-shared' AND ${where}`;

describe("a sealed store", () => {
  test("nothing that people typed stands in the file: no title, no name, no update, no snapshot", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await got(
      store.createBoard(aBoard({ title: "Zanzibar title" }), [aLane()], [aPerson({ name: "Zanzibar name" })], []),
    );
    const bytes = new TextEncoder().encode("Zanzibar words");
    await got(store.append(anUpdate({ bytes })).forced);
    await got(store.writeSnapshot(sharedLane, { upTo: 1, bytes }));
    await got(store.putPerson(aPerson({ personId: bo, name: "Zanzibar again" })));
    await got(store.setTitle(boardId, "Zanzibar anew"));
    const foundIn = (text: string) =>
      readdirSync(dirname(file)).filter((name) => readFileSync(join(dirname(file), name)).includes(text));
    expect(foundIn("Zanzibar")).toEqual([]);
    expect(foundIn(boardId)).not.toEqual([]);
    await store.close();
    expect(foundIn("Zanzibar")).toEqual([]);
  });

  test("the same words are never the same bytes, so that nobody can tell that a thing was said twice", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    for (let n = 0; n < 50; n += 1) await got(store.append(anUpdate()).forced);
    await store.close();
    const db = new DatabaseSync(file);
    const { n } = db.prepare("SELECT count(DISTINCT substr(sealed, 1, 12)) AS n FROM updates").get() as { n: number };
    expect(n).toBe(52); // 50 updates, and the heads of two lanes.
    db.close();
  });

  test("with another key the file is refused and left as it is", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    await store.close();
    const before = readFileSync(file);
    expect(await openSqliteStore({ file, masterKey: otherKey })).toEqual({
      ok: false,
      error: { kind: "store-other-key", file },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await got((await open({ file })).store.board(boardId)))?.title).toBe("Ana's board");
  });

  test("one of the two copies of a board's key may be lost, and so may the mark of the master key", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    await write(store, 3);
    await store.close();
    harm(file, "UPDATE board_keys SET wrapped = zeroblob(60); DELETE FROM store_facts WHERE name = 'key check'");
    const again = (await open({ file })).store;
    expect(await seqsOf(again)).toEqual([0, 1, 2, 3]);
    // Working on a lane mends the copy, so that the other may be lost another time.
    await write(again, 1);
    await again.close();
    harm(file, "DELETE FROM board_keys_again");
    expect(await seqsOf((await open({ file })).store)).toEqual([0, 1, 2, 3, 4]);
  });

  test("[R9] without its key a board gives nothing, and says so", async () => {
    const store = await harmed("DELETE FROM board_keys; DELETE FROM board_keys_again");
    expect(await got(store.loadLane(sharedLane))).toMatchObject({
      tail: [],
      damage: { lastGood: 0, lastGoodAt: undefined, what: "key" },
    });
    expect(await store.board(boardId)).toEqual(failing);
    expect(await store.recoverLane(sharedLane, 0)).toEqual(failing);
  });

  test("[R9] a board from which a lane was taken out, or given another kind, does not pass for whole", async () => {
    for (const sql of ["DELETE FROM lanes WHERE kind = 'offers'", "UPDATE lanes SET kind = 'private'"]) {
      const store = await harmed(sql);
      expect(await store.board(boardId)).toEqual(failing);
      expect(await seqsOf(store)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      // It can still be erased.
      expect(await got(store.eraseBoard(boardId))).toMatchObject({ people: 2 });
    }
  });

  test("[R9] a role or a right that was changed in the file is not believed", async () => {
    for (const sql of ["UPDATE people SET role = 'worker'", "UPDATE members SET access = 'write'"]) {
      const store = await harmed(sql);
      expect(await store.person(ana)).toEqual(failing);
      expect(await seqsOf(store)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });
});

describe("a damaged lane", () => {
  const badRow = { lastGood: 6, lastGoodAt: 106, what: "row" };

  test("[R9] gives the updates before the damaged one, says so, and takes nothing new; other lanes go on", async () => {
    const store = await harmed(flip("seq = 7"));
    const lane = await got(store.loadLane(sharedLane));
    expect(lane.tail.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(lane.damage).toEqual(badRow);
    expect(await seqsOf(store, offersLane)).toEqual([0, 1, 2, 3]);
    expect(await got(store.append(anUpdate({ laneId: offersLane })).written)).toBe(4);
  });

  test("[R9] says what happened: a cut end, a gap, a lost head, a stranger's row", async () => {
    const end = "lane_id = 'lane-shared' AND seq < 1000";
    const cases = [
      [`DELETE FROM updates WHERE ${end} AND seq > 8`, { lastGood: 8, lastGoodAt: 108, what: "missing" }],
      [`DELETE FROM updates WHERE ${end}`, { lastGood: 0, lastGoodAt: undefined, what: "missing" }],
      [`DELETE FROM updates WHERE ${end} AND seq = 7`, { ...badRow, what: "missing" }],
      ["DELETE FROM updates WHERE seq > 1000", { lastGood: 10, lastGoodAt: 110, what: "missing" }],
      [`UPDATE updates SET person_id = 'person-bo' WHERE ${end} AND seq = 7`, badRow],
      [`UPDATE updates SET returned = 1 WHERE ${end} AND seq = 7`, badRow],
    ] as const;
    for (const [sql, damage] of cases) {
      const store = await harmed(sql);
      expect((await got(store.loadLane(sharedLane))).damage, sql).toEqual(damage);
      await store.close();
    }
  });

  test("[R9] an append to a lane without its head fails, and the others of its group are kept", async () => {
    const store = await harmed("DELETE FROM updates WHERE seq > 1000 AND lane_id = 'lane-shared'");
    const group = [offersLane, sharedLane, offersLane].map((laneId) => store.append(anUpdate({ laneId })));
    const title = store.setTitle(boardId, "Still ours");
    expect(await Promise.all(group.map(({ written }) => written))).toEqual([
      { ok: true, value: 4 },
      failing,
      { ok: true, value: 5 },
    ]);
    await got(title);
    expect((await got(store.board(boardId)))?.title).toBe("Still ours");
    expect(await seqsOf(store, offersLane)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  const withSnapshots = async (store: BoardStore) => {
    await write(store, 10);
    for (const upTo of [2, 4, 6, 8]) {
      await got(store.writeSnapshot(sharedLane, { upTo, bytes: new Uint8Array(9).fill(upTo) }));
    }
  };

  test("[R9] a damaged snapshot is passed over for an older one and the log: nobody on the board need know", async () => {
    const store = await harmed("UPDATE snapshots SET sealed = zeroblob(40) WHERE up_to = 8", withSnapshots);
    const lane = await got(store.loadLane(sharedLane));
    expect(lane).toMatchObject({ snapshot: { upTo: 6 }, damage: undefined, badSnapshots: 1 });
    expect(await seqsOf(store)).toEqual([6, 7, 8, 9, 10]);
    expect((await got(store.snapshotBefore(sharedLane, 9)))?.upTo).toBe(6);
    // The next fold takes its place.
    await got(store.writeSnapshot(sharedLane, { upTo: 8, bytes: new Uint8Array([8]) }));
    expect(await seqsOf(store)).toEqual([8, 9, 10]);
    expect((await got(store.loadLane(sharedLane))).badSnapshots).toBeUndefined();
  });

  test("[R9] when all snapshots are damaged the whole log is read; when the log is too, it says that a snapshot is", async () => {
    const broken = "UPDATE snapshots SET sealed = zeroblob(40)";
    expect(await seqsOf(await harmed(broken, withSnapshots))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const store = await harmed(`${broken}; ${flip("seq = 5")}`, withSnapshots);
    expect((await got(store.loadLane(sharedLane))).damage).toEqual({ lastGood: 4, lastGoodAt: 104, what: "snapshot" });
  });

  test("[R9] a damaged update that a snapshot holds leaves the lane as it is; only its history says so", async () => {
    const store = await harmed(flip("seq = 5"), withSnapshots);
    expect(await seqsOf(store)).toEqual([8, 9, 10]);
    expect((await got(store.loadLane(sharedLane))).damage).toBeUndefined();
    const read = (after: number) => store.history(sharedLane, { after, limit: 100 });
    expect((await got(read(0))).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await read(4)).toEqual(failing);
    expect((await got(read(5))).map(({ seq }) => seq)).toEqual([6, 7, 8, 9, 10]);
    expect(await got(read(10))).toEqual([]);
  });

  test("[R9] recovered, it goes on after the last good update, keeps the rest aside, and lets clients bring back", async () => {
    const store = await harmed(flip("seq = 7"), async (filling) => {
      await withSnapshots(filling);
      await got(filling.append(anUpdate({ claims: [77] })).forced);
      await got(filling.claimClientId(sharedLane, bo, 78));
    });
    // The snapshot of 8 still opens: nothing but history was lost.
    expect(await got(store.recoverLane(sharedLane, 5_000))).toBeUndefined();
    await store.close();

    const worse = await harmed(`${flip("seq = 7")}; DELETE FROM snapshots WHERE up_to > 6`, async (filling) => {
      await withSnapshots(filling);
      await got(filling.append(anUpdate({ claims: [77] })).forced);
      await got(filling.claimClientId(sharedLane, bo, 78));
    });
    expect(await got(worse.recoverLane(sharedLane, 5_000))).toEqual({ lastGood: 6 });
    const lane = await got(worse.loadLane(sharedLane));
    expect(lane).toMatchObject({ snapshot: { upTo: 6 }, tail: [], damage: undefined });
    expect(lane.returningUntil).toBe(5_000 + 30 * dayMs);
    // Whose client ids they are was kept beside the log, and stays.
    expect(lane.clientIds).toEqual([
      { clientId: 77, personId: ana },
      { clientId: 78, personId: bo },
    ]);
    expect(await got(worse.recoverLane(sharedLane, 9_000))).toBeUndefined();
    expect(await got(worse.append(anUpdate({ returned: true })).written)).toBe(7);
    expect((await got(worse.loadLane(offersLane))).returningUntil).toBeUndefined();
  });

  test("[R9] recovered after its head and its client ids were lost, it knows again whose they are by the log", async () => {
    const store = await harmed(
      "DELETE FROM client_ids; DELETE FROM updates WHERE seq > 1000 AND lane_id = 'lane-shared'",
      async (filling) => {
        await write(filling, 2);
        await got(filling.append(anUpdate({ personId: bo, claims: [5, 6] })).forced);
        await got(filling.append(anUpdate({ personId: ana, claims: [6, 9] })).forced);
      },
    );
    expect(await got(store.recoverLane(sharedLane, 1))).toEqual({ lastGood: 4 });
    const lane = await got(store.loadLane(sharedLane));
    expect(lane.damage).toBeUndefined();
    expect(lane.clientIds).toEqual([
      { clientId: 5, personId: bo },
      { clientId: 6, personId: bo },
      { clientId: 9, personId: ana },
    ]);
  });

  test("[R9] what was set aside cannot be put back in the place of what came after", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    await write(store, 10);
    await store.close();
    harm(file, flip("seq = 8"));
    const recovered = (await open({ file })).store;
    await got(recovered.recoverLane(sharedLane, 1));
    for (let n = 0; n < 3; n += 1) await got(recovered.append(anUpdate()).forced);
    await recovered.close();
    harm(
      file,
      `UPDATE updates SET sealed = (SELECT sealed FROM set_aside WHERE set_aside.seq = updates.seq)
       WHERE lane_id = 'lane-shared' AND seq IN (8, 9, 10)`,
    );
    const again = (await open({ file })).store;
    expect((await got(again.loadLane(sharedLane))).damage).toMatchObject({ lastGood: 7, what: "row" });
  });
});

describe("until when clients may bring back what was lost", () => {
  const untilOf = async (file: string, now: number) => {
    const { store } = await open({ file, now: () => now });
    const { returningUntil } = await got(store.loadLane(sharedLane));
    await store.close();
    return returningUntil;
  };

  test("after a clean stop never; after one that was not, for an hour; after a restore, for 30 days", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    await store.close();
    expect(await untilOf(file, 1_000)).toBeUndefined();
    // As a killed process leaves it.
    harm(file, "UPDATE store_facts SET value = 1 WHERE name = 'in use'");
    expect(await untilOf(file, 2_000)).toBe(2_000 + hourMs);
    expect(await untilOf(file, 3_000)).toBe(2_000 + hourMs);
    markRestored(file, 4_000);
    harm(file, "UPDATE store_facts SET value = 1 WHERE name = 'in use'");
    expect(await untilOf(file, 5_000)).toBe(4_000 + 30 * dayMs);
  });
});

describe("the audit in the file", () => {
  const filled = async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await createBoard(store);
    for (let n = 1; n <= 5; n += 1) {
      await got(store.audit({ boardId, at: n, personId: ana, action: "lane-opened", laneId: sharedLane }));
    }
    await store.close();
    return file;
  };

  test("says where it was changed, cut or taken away, and goes on saying so when more is written", async () => {
    const cases = [
      ["UPDATE audit SET person_id = 'person-bo' WHERE n = 3", 3, 5],
      ["DELETE FROM audit WHERE n = 2", 2, 4],
      ["DELETE FROM audit WHERE n > 3", 4, 3],
      ["DELETE FROM audit", 1, 0],
      ["DELETE FROM audit; DELETE FROM audit_ends", 1, 0],
    ] as const;
    for (const [sql, brokenAt, entries] of cases) {
      const file = await filled();
      harm(file, sql);
      const { store } = await open({ file });
      expect(await got(store.verifyAudit(boardId)), sql).toEqual({ entries, brokenAt });
      await got(store.audit({ boardId, at: 9, personId: ana, action: "left" }));
      const verdict = await got(store.verifyAudit(boardId));
      expect(verdict.entries, sql).toBe(entries + 1);
      if (!sql.includes("audit_ends")) expect(verdict.brokenAt, sql).toBe(brokenAt);
      await store.close();
    }
  });

  test("made anew with right hashes by who can write the file, it still does not pass", async () => {
    const file = await filled();
    const { auditHash, auditStart } = await import("../../server/store/audit-chain.ts");
    const db = new DatabaseSync(file);
    const { all, run } = createStatements(db);
    let before = auditStart;
    const columns = `n, at, person_id AS personId, action, lane_id AS laneId, from_seq AS "from", to_seq AS "to", about`;
    for (const entry of all<Parameters<typeof auditHash>[2]>(`SELECT ${columns} FROM audit ORDER BY n`)) {
      const forged = { ...entry, personId: bo };
      before = auditHash(boardId, before, forged);
      run("UPDATE audit SET person_id = ?, hash = ? WHERE n = ?", bo, before, entry.n);
    }
    db.close();
    const { store } = await open({ file });
    expect(await got(store.verifyAudit(boardId))).toEqual({ entries: 5, brokenAt: 6 });
  });

  test("of one board says nothing about another", async () => {
    const file = await filled();
    const { store } = await open({ file });
    const other = "board-of-bo" as BoardId;
    await got(store.createBoard(aBoard({ boardId: other }), [], [], []));
    await got(store.audit({ boardId: other, at: 1, personId: bo, action: "joined" }));
    expect(await got(store.verifyAudit(other))).toEqual({ entries: 1, brokenAt: undefined });
    expect(await got(store.verifyAudit(boardId))).toEqual({ entries: 5, brokenAt: undefined });
  });
});

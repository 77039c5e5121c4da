import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { BoardId, LaneId } from "#shared/board/ids.ts";
import { eraseBoardsInCopy } from "../../server/store/erase-board.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { markRestored } from "../../server/store/store-facts.ts";
import { got } from "./board-store.ts";
import { sqliteFolder } from "./sqlite-folder.ts";
import {
  aBoard,
  ana,
  anUpdate,
  aPerson,
  aSession,
  bo,
  boardId,
  offersLane,
  sharedLane,
  testKey,
} from "./store-records.ts";
import { type VersionOne, writeVersionOne } from "./version-one.ts";

const { newFile, open } = sqliteFolder();

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const updates = Array.from({ length: 120 }, (_, index) => ({
  seq: index + 1,
  personId: index % 3 === 0 ? bo : ana,
  at: 500 + index,
  bytes: bytesOf(`strawberry words ${index} `.repeat(1 + (index % 40) * 5)),
}));
const otherBoard = "board-of-bo" as BoardId;
const looseLane = "lane-loose" as LaneId;
const old: VersionOne = {
  boards: [aBoard({ title: "strawberry title" }), aBoard({ boardId: otherBoard, title: "strawberry too" })],
  people: [
    aPerson({ name: "strawberry Ana" }),
    aPerson({ personId: bo, name: "strawberry Bo", accountId: "staff-1", symbol: "fish", named: true, invitedBy: ana }),
  ],
  lanes: [
    { laneId: sharedLane, boardId, updates, snapshot: { upTo: 100, bytes: bytesOf("strawberry fold ".repeat(900)) } },
    { laneId: offersLane, boardId, updates: [] },
    { laneId: looseLane, boardId: undefined, updates: updates.slice(0, 3) },
  ],
};

const filesWith = (file: string, text: string) =>
  readdirSync(dirname(file)).filter((name) => readFileSync(join(dirname(file), name)).includes(text));

describe("a file of before anything was sealed", () => {
  test("is sealed at its first start: all of it is there, and no plain word is left in any file", async () => {
    const file = await newFile();
    writeVersionOne(file, old);
    expect(filesWith(file, "strawberry")).toEqual(["boards.sqlite"]);
    const { store } = await open({ file });
    expect(filesWith(file, "strawberry")).toEqual([]);
    expect(existsSync(`${file}.before-2`)).toBe(false);

    expect((await got(store.board(boardId)))?.title).toBe("strawberry title");
    expect(await got(store.peopleOf(boardId))).toEqual(old.people);
    expect(await got(store.boardsOfAccount("staff-1"))).toEqual([old.boards[0]]);
    const lane = await got(store.loadLane(sharedLane));
    expect(lane).toMatchObject({ snapshot: { upTo: 100, bytes: old.lanes[0]?.snapshot?.bytes }, damage: undefined });
    expect(await got(store.history(sharedLane, { after: 0, limit: 1_000 }))).toEqual(
      updates.map((update) => ({ ...update, returned: false })),
    );
    expect((await got(store.loadLane(offersLane))).damage).toBeUndefined();
    expect((await got(store.loadLane(looseLane))).tail.length).toBe(3);
    // Sessions of before end when they would have.
    expect(await got(store.session(`session-${ana}`))).toEqual(
      aSession({ tokenHash: `session-${ana}`, createdAt: 1_000, expiresAt: 9_000, idleMs: 8_000, lastSeenAt: 1_000 }),
    );
    expect(await got(store.verifyAudit(boardId))).toEqual({ entries: 0, brokenAt: undefined });
    expect(await got(store.append(anUpdate()).written)).toBe(121);
    await store.close();
    expect(filesWith(file, "strawberry")).toEqual([]);
  });

  test("interrupted after it was sealed, but before its plain bytes were gone, is finished by the next start", async () => {
    const file = await newFile();
    writeVersionOne(file, old);
    copyFileSync(file, `${file}.kept`);
    await (await open({ file })).store.close();
    // As a power cut would have left the folder: the copy is still there.
    copyFileSync(`${file}.kept`, `${file}.before-2`);
    await (await open({ file })).store.close();
    expect(filesWith(file, "strawberry")).toEqual(["boards.sqlite.kept"]);
  });

  test("is not believed to be sealed when it does not read back as it was; the copy stays", async () => {
    const file = await newFile();
    writeVersionOne(file, old);
    copyFileSync(file, `${file}.kept`);
    await (await open({ file })).store.close();
    copyFileSync(`${file}.kept`, `${file}.before-2`);
    const copy = new DatabaseSync(`${file}.before-2`);
    copy.exec("UPDATE updates SET bytes = x'00' WHERE seq = 50");
    copy.close();
    expect(await openSqliteStore({ file, masterKey: testKey })).toMatchObject({
      ok: false,
      error: { kind: "store-damaged" },
    });
    expect(existsSync(`${file}.before-2`)).toBe(true);
  });

  test("with a gap in a lane's log is upgraded all the same, and that lane says what is missing", async () => {
    const file = await newFile();
    const gap = { laneId: sharedLane, boardId, updates: updates.filter(({ seq }) => seq !== 60) };
    writeVersionOne(file, { ...old, lanes: [gap, { laneId: offersLane, boardId, updates: updates.slice(0, 5) }] });
    const { store } = await open({ file });
    expect((await got(store.loadLane(sharedLane))).damage).toEqual({ lastGood: 59, lastGoodAt: 558, what: "missing" });
    expect((await got(store.loadLane(offersLane))).tail.length).toBe(5);
  });

  test("as a backup that is restored keeps its 30 days through the upgrade, and boards erased since go from it too", async () => {
    const file = await newFile();
    writeVersionOne(file, old);
    expect(eraseBoardsInCopy(file, [otherBoard])).toEqual([otherBoard]);
    markRestored(file, 1_000);
    const { store } = await open({ file, now: () => 2_000 });
    expect((await got(store.loadLane(sharedLane))).returningUntil).toBe(1_000 + 30 * 24 * 3_600_000);
    expect(await got(store.board(otherBoard))).toBeUndefined();
  });
});

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { LaneId } from "#shared/board/ids.ts";
import type { BoardStore } from "../../server/store/board-store.ts";
import { migrations } from "../../server/store/migrations.ts";
import { testSwitches } from "../../server/store/sqlite-messages.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { describeAccounts } from "./accounts.ts";
import { describeBoardStore, got } from "./board-store.ts";
import { sqliteFolder } from "./sqlite-folder.ts";
import {
  aBoard,
  aLane,
  ana,
  anInvitation,
  anUpdate,
  aPerson,
  aSession,
  boardId,
  sharedLane,
  testKey,
} from "./store-records.ts";

const { newFile, open } = sqliteFolder();

describeBoardStore("sqlite", async () => (await open({ file: await newFile() })).store);
describeAccounts("sqlite", async () => open({ file: await newFile() }));

/** Opening fails, and says why. */
async function refusal(file: string, masterKey = testKey) {
  const opened = await openSqliteStore({ file, masterKey });
  if (opened.ok) {
    await opened.value.store.close();
    throw new Error("it opened");
  }
  return opened.error;
}

describe("sqlite keeps what it was given", () => {
  test("everything is there after closing and opening again", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await got(store.createBoard(aBoard(), [aLane()], [aPerson()], [anInvitation()]));
    await got(store.spendInvitation(anInvitation(), aSession()));
    for (let n = 0; n < 20; n += 1) await got(store.append(anUpdate({ at: n })).forced);
    await got(store.writeSnapshot(sharedLane, { upTo: 5, bytes: new Uint8Array(100_000).fill(3) }));
    await store.close();
    expect(readdirSync(dirname(file)).sort()).toEqual(["boards.sqlite", "boards.sqlite-lock"]);

    const again = (await open({ file })).store;
    expect(await got(again.board(boardId))).toEqual(aBoard());
    expect(await got(again.session("token-hash"))).toEqual(aSession());
    expect((await got(again.person(ana)))?.standing).toBe("joined");
    const lane = await got(again.loadLane(sharedLane));
    expect(lane.snapshot).toEqual({ upTo: 5, bytes: new Uint8Array(100_000).fill(3) });
    expect(lane.tail.map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_, index) => index + 6));
    expect(await got(again.append(anUpdate()).written)).toBe(21);
  });

  test("the folder is made when it is missing, and the file is for its owner alone", async () => {
    const file = join(dirname(await newFile()), "deeper", "boards.sqlite");
    await open({ file });
    const { mode } = await import("node:fs").then(({ statSync }) => statSync(file));
    expect(mode & 0o077).toBe(0);
  });

  test("the log is copied into the file while it grows, and nothing is lost by it", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    const bytes = new Uint8Array(60_000);
    for (let n = 0; n < 400; n += 1) await got(store.append(anUpdate({ bytes: bytes.fill(n % 256) })).forced);
    // 24 MB were written. Had the log never started again, it would hold all of it.
    expect(existsSync(`${file}-wal`)).toBe(true);
    expect(readFileSync(`${file}-wal`).length).toBeLessThan(15_000_000);
    const { tail } = await got(store.loadLane(sharedLane));
    expect(tail.every((update, index) => update.bytes.every((byte) => byte === index % 256))).toBe(true);
    expect(tail.length).toBe(400);
  });

  test("[R1] kill -9 at random moments loses nothing that was said to be written", { timeout: 180_000 }, async () => {
    const file = await newFile();
    const said = new Map<string, number>();
    for (const sayings of [1, 40, 333, 700, 1_200]) {
      for (const [laneId, seq] of await killAfter(file, sayings))
        said.set(laneId, Math.max(seq, said.get(laneId) ?? 0));
      const { store } = await open({ file });
      for (const [laneId, seq] of said) {
        const { tail, damage, returningUntil } = await got(store.loadLane(laneId as LaneId));
        expect(damage).toBeUndefined();
        expect(returningUntil).toBeGreaterThan(Date.now());
        expect(tail.length).toBeGreaterThanOrEqual(seq);
        for (const [index, update] of tail.entries()) {
          expect(update.seq).toBe(index + 1);
          expect(update.bytes).toEqual(new Uint8Array(600).fill((index + 1) % 251));
        }
      }
      await store.close();
    }
    expect(said.size).toBe(3);
  });
});

describe("sqlite scrubs its file", () => {
  const words = (n: number) => `strawberry-${n}-strawberry`;
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const filesWith = (file: string, text: string) =>
    readdirSync(dirname(file)).filter((name) => readFileSync(join(dirname(file), name)).includes(text));
  /** The ids of the board and its lane stand plain beside everything of theirs. */
  const stillThere = (file: string) => [...filesWith(file, boardId), ...filesWith(file, sharedLane)];

  const fillAndErase = async (store: BoardStore) => {
    await got(store.createBoard(aBoard({ title: words(0) }), [aLane()], [aPerson({ name: words(1) })], []));
    // Others write in between, so that pages are shared and split; and snapshots are replaced by others.
    for (let n = 2; n < 300; n += 1) {
      await got(store.append(anUpdate({ bytes: bytesOf(words(n)) })).written);
      await got(store.append(anUpdate({ laneId: "lane-other" as LaneId })).written);
      if (n % 50 === 0)
        await got(store.writeSnapshot(sharedLane, { upTo: n - 1, bytes: bytesOf(words(n).repeat(n * 10)) }));
    }
    await got(store.eraseBoard(boardId));
  };

  test("no byte of an erased board is left in the file, nor in its log, and writing goes on", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await fillAndErase(store);
    expect(filesWith(file, "strawberry")).toEqual([]);
    expect(stillThere(file)).not.toEqual([]);
    const during = Promise.all(
      Array.from({ length: 30 }, () => got(store.append(anUpdate({ laneId: "lane-other" as LaneId })).forced)),
    );
    expect(await got(store.scrub())).toBe(true);
    await during;
    expect(stillThere(file)).toEqual([]);
    expect(await got(store.append(anUpdate({ laneId: "lane-other" as LaneId })).written)).toBe(329);
  });

  test("another process that reads delays it, and it is done when that has ended", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await fillAndErase(store);
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM updates").get();
    const scrubbed = store.scrub();
    // Nobody waits for that reader: edits are taken all the while.
    await got(store.append(anUpdate({ laneId: "lane-other" as LaneId })).forced);
    await got(store.append(anUpdate({ laneId: "lane-other" as LaneId })).forced);
    expect(stillThere(file)).not.toEqual([]);
    reader.close();
    expect(await got(scrubbed)).toBe(true);
    expect(stillThere(file)).toEqual([]);
  });
});

/** Starts a process that appends, and kills it once it has said so many things. The highest number said for each lane. */
function killAfter(file: string, sayings: number): Promise<Map<string, number>> {
  const script = fileURLToPath(new URL("./append-until-killed.ts", import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.split("\n").length > sayings) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (_code, signal) => {
      if (signal !== "SIGKILL") return reject(new Error("the process ended by itself"));
      const highest = new Map<string, number>();
      for (const line of output.split("\n").slice(0, -1)) {
        const [, laneId = "", seq] = line.split(" ");
        highest.set(laneId, Math.max(Number(seq), highest.get(laneId) ?? 0));
      }
      resolve(highest);
    });
  });
}

describe("sqlite says why it cannot open a file, and leaves the file as it is", () => {
  test("a file that is no database is damaged", async () => {
    const file = await newFile();
    writeFileSync(file, "This was never a database. ".repeat(200));
    expect(await refusal(file)).toMatchObject({ kind: "store-damaged", file });
    expect(readFileSync(file, "utf8")).toBe("This was never a database. ".repeat(200));
  });

  test("a file cut short, or with a page overwritten, is damaged", async () => {
    for (const harm of ["cut", "overwrite"]) {
      const file = await newFile();
      const { store } = await open({ file });
      for (let n = 0; n < 50; n += 1) await got(store.append(anUpdate({ bytes: new Uint8Array(3_000) })).written);
      await store.close();
      const whole = readFileSync(file);
      if (harm === "cut") truncateSync(file, Math.floor(whole.length / 2));
      else writeFileSync(file, whole.fill(0xa5, whole.length / 2, whole.length / 2 + 8_192));
      expect(await refusal(file)).toMatchObject({ kind: "store-damaged", file });
    }
  });

  test("another program's database is not taken over", async () => {
    const file = await newFile();
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE recipes (name TEXT)");
    other.close();
    expect(await refusal(file)).toMatchObject({ kind: "store-damaged" });
  });

  test("a file of a newer version is refused with both versions", async () => {
    const file = await newFile();
    await (await open({ file })).store.close();
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 999");
    newer.close();
    expect(await refusal(file)).toEqual({ kind: "store-newer", file, found: 999, known: migrations.at(-1)?.version });
  });

  test("a file that a relay has open is in use; once that is closed it opens", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    expect(await refusal(file)).toEqual({ kind: "store-in-use", file });
    await store.close();
    await open({ file });
  });

  test("an admin command works beside a relay that has the file open", async () => {
    const file = await newFile();
    const relay = (await open({ file })).store;
    const admin = (await open({ file, beside: true })).store;
    const token = { tokenHash: "api", name: "bench", createdAt: 5 };
    const appended = Promise.all(Array.from({ length: 50 }, () => got(relay.append(anUpdate()).forced)));
    await got(admin.putApiToken(token));
    await appended;
    await admin.close();
    expect(await got(relay.apiToken("api"))).toEqual(token);
    await got(relay.append(anUpdate()).forced);
    expect((await got(relay.loadLane(sharedLane))).tail.length).toBe(51);
  });

  test("a path that cannot be a file is failing, not damaged", async () => {
    const folder = await newFile();
    await mkdir(folder);
    expect(await refusal(folder)).toMatchObject({ kind: "store-failing" });
    const file = await newFile();
    writeFileSync(file, "");
    expect(await refusal(join(file, "boards.sqlite"))).toMatchObject({ kind: "store-failing" });
  });
});

describe("sqlite upgrades an older file", () => {
  const next = { version: 3, sql: "CREATE TABLE later (entry TEXT) STRICT" };

  test("after a whole copy of it, and keeps what was in it", async () => {
    const file = await newFile();
    const { store } = await open({ file });
    await got(store.append(anUpdate()).forced);
    await store.close();
    const upgraded = await open({ file, forTests: { migrations: [...migrations, next] } });
    expect((await got(upgraded.store.loadLane(sharedLane))).tail.length).toBe(1);
    await upgraded.store.close();
    expect(await refusal(file)).toMatchObject({ kind: "store-newer", found: 3 });
    const copy = (await open({ file: `${file}.before-3` })).store;
    expect((await got(copy.loadLane(sharedLane))).tail.length).toBe(1);
  });

  test("in one step: when a later part fails, the file is still the old one", async () => {
    const file = await newFile();
    await (await open({ file })).store.close();
    const broken = { version: 4, sql: "CREATE TABLE half (way TEXT); SELECT nonsense FROM nowhere" };
    await expect(open({ file, forTests: { migrations: [...migrations, next, broken] } })).rejects.toThrow(/nowhere/);
    const { store } = await open({ file });
    expect(await store.probe()).toMatchObject({ ok: true });
    const db = new DatabaseSync(`${file}.before-4`);
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('later', 'half')").get()?.n).toBe(0);
    db.close();
  });
});

describe("sqlite on a failing disk", () => {
  const openFaulty = async () => {
    const switches = new Int32Array(new SharedArrayBuffer(12));
    const { store } = await open({ file: await newFile(), forTests: { switches } });
    const turn = (name: keyof typeof testSwitches, on: boolean) =>
      Atomics.store(switches, testSwitches[name], on ? 1 : 0);
    return { store, turn };
  };
  const failing = (why: string) => ({ ok: false, error: { kind: "store-failing", why } });

  test("[R2] full: the whole group fails and leaves nothing, reading goes on, and it works again when there is room", async () => {
    const { store, turn } = await openFaulty();
    await got(store.createBoard(aBoard(), [aLane()], [aPerson()], [anInvitation()]));
    await got(store.append(anUpdate()).forced);
    turn("noGrowth", true);
    const small = store.append(anUpdate());
    const large = store.append(anUpdate({ bytes: new Uint8Array(60_000) }));
    const spent = store.spendInvitation(anInvitation(), aSession());
    const lane = store.loadLane(sharedLane);
    for (const answer of [small.written, small.forced, large.written, large.forced, spent]) {
      expect(await answer).toEqual(failing("full"));
    }
    expect((await got(lane)).tail.length).toBe(1);
    expect((await got(store.invitationOf(ana)))?.state).toBe("open");
    expect(await store.probe()).toEqual(failing("full"));
    turn("noGrowth", false);
    expect(await store.probe()).toMatchObject({ ok: true });
    expect(await got(store.append(anUpdate()).written)).toBe(2);
    expect(await got(store.spendInvitation(anInvitation(), aSession()))).toBe(true);
  });

  test("[R2] read-only: writes fail, reading goes on, and it works again when it may write", async () => {
    const { store, turn } = await openFaulty();
    await got(store.append(anUpdate()).forced);
    turn("readOnly", true);
    expect(await store.append(anUpdate()).written).toEqual(failing("read-only"));
    expect(await store.probe()).toEqual(failing("read-only"));
    expect((await got(store.loadLane(sharedLane))).tail.length).toBe(1);
    turn("readOnly", false);
    expect(await got(store.append(anUpdate()).written)).toBe(2);
  });

  test("[R1] failing to force: written but not forced, nothing more is written until the log is forced anew", async () => {
    const { store, turn } = await openFaulty();
    await got(store.append(anUpdate()).forced);
    turn("forcingFails", true);
    const unsure = store.append(anUpdate());
    expect(await unsure.written).toEqual({ ok: true, value: 2 });
    expect(await unsure.forced).toEqual(failing("failing"));
    const later = store.append(anUpdate());
    expect(await later.written).toEqual(failing("failing"));
    expect(await later.forced).toEqual(failing("failing"));
    expect(await store.probe()).toEqual(failing("failing"));
    turn("forcingFails", false);
    expect(await store.probe()).toMatchObject({ ok: true });
    const healed = store.append(anUpdate());
    expect(await got(healed.written)).toBe(3);
    await got(healed.forced);
    expect((await got(store.loadLane(sharedLane))).tail.length).toBe(3);
  });
});

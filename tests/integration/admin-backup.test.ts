import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as Y from "yjs";
import type { LaneId } from "#shared/board/ids.ts";
import type { AuditView } from "#shared/protocol/api.ts";
import { askAtDoor } from "../../server/admin/door.ts";
import { verify } from "../../server/admin/verify.ts";
import { bearer, callApi } from "../../server/demo/demo-person.ts";
import { readMasterKey } from "../../server/master-key.ts";
import { knownSchema, openDataCopy } from "../../server/store/data-copy.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { type AnasBoard, admin, aServer, boardOf, device, newFolder, refused, saved, until } from "./admin-support.ts";

const dataFile = (dataDir: string) => join(dataDir, "alongside.sqlite");
const backups = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".sqlite"));
const onlyBackup = (folder: string) => join(folder, backups(folder)[0] ?? "none");

/** A server with Ana's board, some of her words, and a backup of it. */
async function backedUp() {
  const server = await aServer();
  const board = await boardOf(server);
  const phone = await device(server, board);
  for (let n = 0; n < 20; n += 1) phone.write(`card-${n}`, `before the backup ${n}`);
  await saved(phone);
  const folder = join(await newFolder(), "backups");
  const run = (...words: string[]) => admin(words, { DATA_DIR: server.dataDir });
  const made = await run("backup", folder);
  expect(made, made.err).toMatchObject({ code: 0, err: "" });
  return { server, board, phone, folder, run, made };
}

let prepared: Promise<{ readonly key: Uint8Array; readonly board: AnasBoard }> | undefined;
let preparedIn: string;
beforeAll(async () => {
  preparedIn = await mkdtemp(join(tmpdir(), "admin-verify-"));
});
afterAll(() => rm(preparedIn, { recursive: true, force: true }));

/** A backup of Ana's board, as in every other test of looking at one: made once, and copied for each. */
async function aBackup() {
  prepared ??= backedUp().then(({ server, folder, board }) => {
    cpSync(folder, preparedIn, { recursive: true });
    return { key: keyOf(server), board };
  });
  const { board, key } = await prepared;
  const folder = await newFolder();
  cpSync(preparedIn, folder, { recursive: true });
  return { folder, board, key };
}

function keyOf({ dataDir }: { readonly dataDir: string }): Uint8Array {
  const key = readMasterKey({ dataDir, key: undefined });
  if (!key) throw new Error("The server made no key");
  return key;
}

/** The words in a data file, as their key shows them. */
function wordsIn(file: string, laneId: string, masterKey: Uint8Array): Readonly<Record<string, unknown>> {
  const opened = openDataCopy(file, masterKey);
  if (!opened.ok) throw new Error(opened.error.why);
  const { snapshot, tail } = opened.value.readLane(laneId as LaneId).stored;
  opened.value.close();
  const doc = new Y.Doc();
  for (const { bytes } of [...(snapshot ? [snapshot] : []), ...tail]) Y.applyUpdate(doc, bytes);
  return doc.getMap("cards").toJSON();
}

/** In this process, as starting one for each way to be damaged takes its time. */
async function verified(folder: string, masterKey?: Uint8Array) {
  const answer = await verify(folder, masterKey);
  if (!answer.ok) throw new Error(answer.error.sentence);
  return answer.value;
}

/** Changes the backup as a bad disk would not, with a manifest that fits the file: only looking into it tells. */
function changeInside(file: string, change: (db: DatabaseSync) => void) {
  const db = new DatabaseSync(file);
  change(db);
  db.close();
}

/** A row as it stands in the file. */
function sealedRow(file: string, laneId: string, seq: number): Buffer {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare("SELECT sealed FROM updates WHERE lane_id = ? AND seq = ?").get(laneId, seq);
  db.close();
  return Buffer.from(row?.sealed as Uint8Array);
}

describe("backup", () => {
  test("while people write, it makes a new file with its manifest, says where the key is, and leaves the server alone", async () => {
    const { server, board, phone, folder, run, made } = await backedUp();
    expect(made.out).toContain("1 board, 2 lanes and 2");
    expect(made.out).toContain(`${server.dataDir}.key`);
    for (const name of readdirSync(folder)) {
      expect(name).toMatch(/^alongside-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.(sqlite|json)$/);
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    }
    const manifest = JSON.parse(readFileSync(onlyBackup(folder).replace(/sqlite$/, "json"), "utf8"));
    expect(manifest).toMatchObject({ format: 1, schema: knownSchema, bytes: statSync(onlyBackup(folder)).size });
    const key = readFileSync(`${server.dataDir}.key`, "utf8").trim();
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes(key)).toBe(false);

    // Four at once, while somebody goes on writing: each is one moment, and none takes another's place.
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        phone.write(`during-${n}`, "x".repeat(200));
        await saved(phone);
      }
    })();
    const ends = await Promise.all([1, 2, 3, 4].map(() => run("backup", folder)));
    writing = false;
    await writer;
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(backups(folder)).toHaveLength(5);
    expect(readdirSync(folder)).toHaveLength(10);
    expect(await run("verify", folder)).toMatchObject({
      code: 0,
      out: expect.stringContaining("All 5 backups are good"),
    });
    expect(phone.closeCodes).toEqual([]);
    expect((await boardOf(server, "Bo")).boardId).not.toBe(board.boardId);
  });

  test("what cannot be done is a sentence, exit 2, and nothing is left behind", async () => {
    const folder = await newFolder();
    const nothing = { DATA_DIR: join(folder, "data") };
    expect(await refused(admin(["backup", folder], nothing))).toContain("no boards yet");
    expect(await refused(admin(["backup"], nothing))).toContain("backup DIR");
    const { server, run } = await backedUp();
    const file = join(folder, "a-file");
    await writeFile(file, "");
    expect(await refused(run("backup", file))).toContain("not a folder");
    expect(await refused(run("backup", "/proc/backups"))).toContain("/proc/backups");
    // A disk that takes no more: here the process may write no file larger than 20 blocks.
    const target = join(folder, "full");
    const full = await refused(admin(["backup", target], { DATA_DIR: server.dataDir }, "ulimit -f 20"));
    expect(full).toContain("The backup was not made");
    expect(readdirSync(target)).toEqual([]);
  });

  test("what a killed backup left is cleared away by a later one, and one under way is left alone", async () => {
    const { folder, run } = await backedUp();
    const old = join(folder, "alongside-2026-01-01T00-00-00.000Z.sqlite.unfinished");
    const young = join(folder, "alongside-2026-01-02T00-00-00.000Z.sqlite.unfinished");
    for (const file of [old, young]) writeFileSync(file, "half");
    utimesSync(old, 1_700_000_000, 1_700_000_000);
    expect((await run("backup", folder)).code).toBe(0);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});

describe("verify", () => {
  test("tells a good backup with its counts; without the key it looks at the outside alone, and says so", async () => {
    const { folder, key } = await aBackup();
    const lines = /^ok {7}alongside-\S+\.sqlite: 1 board, 2 lanes and \d+ updates\.\nThe backup is good\.$/;
    expect(await verified(folder, key)).toMatchObject({ code: 0, text: expect.stringMatching(lines) });
    const { code, out } = await admin(["verify", folder], { DATA_DIR: join(folder, "nowhere") });
    expect(code).toBe(0);
    expect(out).toMatch(/The backup is good\.\nThe key is not here, so only what shows from outside was looked at/);
    const other = await verified(folder, new Uint8Array(32));
    expect(other).toMatchObject({ code: 0, text: expect.stringContaining("another key than the one here") });
  });

  test("tells which lane is damaged, by one flipped byte, a row that is missing, or words that are none", async () => {
    const { folder, board, key } = await aBackup();
    const file = onlyBackup(folder);
    const whole = readFileSync(file);
    const damaged = async () => {
      const { code, text } = await verified(folder, key);
      writeFileSync(file, whole);
      expect(code, text).toBe(1);
      expect(text).toContain("damaged  alongside-");
      return text;
    };
    const flipped = Buffer.from(whole);
    const at = whole.indexOf(sealedRow(file, board.laneId, 7));
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    writeFileSync(file, flipped);
    const spawned = await admin(["verify", folder], { ALONGSIDE_KEY: Buffer.from(key).toString("hex") });
    expect(spawned.code).toBe(1);
    const out = await damaged();
    expect(spawned.out).toBe(`${out}\n`);
    expect(out).toContain("Its checksum is wrong");
    expect(out).toMatch(new RegExp(`Lane ${board.laneId}: .+\\.`));

    changeInside(file, (db) => db.exec(`DELETE FROM updates WHERE seq = 3 AND lane_id = '${board.laneId}'`));
    expect(await damaged()).toMatch(new RegExp(`Lane ${board.laneId}: .*missing`));
    changeInside(file, (db) => db.exec(`DELETE FROM lanes; DELETE FROM updates; DELETE FROM snapshots`));
    expect(await damaged()).toContain(`Lane ${board.laneId}: all of it is missing.`);
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    expect(await damaged()).toContain("bytes;");
    changeInside(file, (db) => db.exec("PRAGMA user_version = 99"));
    expect(await damaged()).toContain("newer version");
    changeInside(file, (db) => db.exec("UPDATE people SET role = 'worker'"));
    expect(await damaged()).toContain("its record or its people are not what was written");
    changeInside(file, (db) => db.exec("UPDATE audit SET action = 'declined' WHERE n = 2"));
    expect(await damaged()).toContain("audit");
    expect((await verified(folder, key)).code).toBe(0);
  });

  test("a lane whose rows are as they were written, but are no document, is damaged too", async () => {
    const { server, board, folder, run } = await backedUp();
    await server.stop();
    const opened = await openSqliteStore({ file: dataFile(server.dataDir), masterKey: keyOf(server) });
    if (!opened.ok) throw new Error("The store did not open");
    const laneId = board.laneId as LaneId;
    const bytes = new Uint8Array(6).fill(0xff);
    await opened.value.store.append({ laneId, personId: board.ana.personId, at: 1, bytes }).forced;
    await opened.value.store.close();
    expect((await run("backup", folder)).code).toBe(0);
    const { code, out } = await run("verify", folder);
    expect(code).toBe(1);
    expect(out).toContain(`Lane ${board.laneId}: something stored of it cannot be read as a document.`);
    expect(out).toContain("1 backup is damaged, 1 good");
  });

  test("half a backup is damaged, and a folder without any is a sentence and exit 2", async () => {
    const { folder } = await aBackup();
    const manifest = onlyBackup(folder).replace(/sqlite$/, "json");
    const text = readFileSync(manifest, "utf8");
    rmSync(manifest);
    expect(await verified(folder)).toMatchObject({ code: 1, text: expect.stringContaining("manifest is missing") });
    writeFileSync(manifest, "[]");
    expect((await verified(folder)).code).toBe(1);
    writeFileSync(manifest, text);
    rmSync(onlyBackup(folder));
    expect(await verified(folder)).toMatchObject({
      code: 1,
      text: expect.stringContaining("data file is missing"),
    });
    expect(await refused(admin(["verify", await newFolder()], {}))).toContain("no backup");
    expect(await refused(admin(["verify", join(folder, "deeper")], {}))).toContain("no folder");
    expect(await refused(admin(["restore", join(folder, "deeper")], { DATA_DIR: join(folder, "data") }))).toContain(
      "no folder",
    );
  });
});

describe("restore", () => {
  const words = async (server: Awaited<ReturnType<typeof aServer>>, board: AnasBoard) => {
    const witness = await device(server, board);
    const read = witness.words();
    witness.close();
    return read;
  };

  test("[a drill] while people write on three boards: a backup, more edits, restored under the running server, and their devices bring the later edits back", async () => {
    const server = await aServer();
    const run = (...words: string[]) => admin(words, { DATA_DIR: server.dataDir });
    const boards = await Promise.all(["Ana", "Bo", "Chris"].map((name) => boardOf(server, name)));
    const phones = await Promise.all(boards.map((board) => device(server, board)));
    for (const [index, phone] of phones.entries()) phone.write("early", `before the backup ${index}`);
    await Promise.all(phones.map(saved));

    let writing = true;
    let written = 0;
    const writers = phones.map(async (phone) => {
      for (; writing; written += 1) {
        phone.write(`during-${written % 50}`, `${written}`);
        await until(() => expect(phone.synced()).toBe(true));
        await saved(phone);
        await new Promise((next) => setTimeout(next, 5));
      }
    });
    onTestFinished(() => {
      writing = false;
    });
    const folder = await newFolder();
    expect((await run("backup", folder)).code).toBe(0);
    const atBackup = written;
    await until(() => expect(written).toBeGreaterThan(atBackup + 9));
    for (const [index, phone] of phones.entries()) phone.write("late", `after the backup ${index}`);
    await until(() => expect(written).toBeGreaterThan(atBackup + 18));

    const restored = await run("restore", folder);
    expect(restored, restored.err).toMatchObject({ code: 0, err: "" });
    expect(restored.out).toContain("The running server has taken it in");
    expect(restored.out).toContain("3 boards, 6 lanes");
    writing = false;
    await Promise.all(writers);

    // Nobody was sent away for good, and the server never went: everyone is told to come back, and does.
    for (const phone of phones) {
      await until(() => expect(phone.synced()).toBe(true));
      expect(phone.closeCodes).toContain(1012);
      expect(phone.closeCodes.filter((code) => code >= 4400 && code < 4500)).toEqual([]);
    }
    await Promise.all(phones.map(saved));
    expect(server.pid()).toBeGreaterThan(0);
    for (const [index, board] of boards.entries()) {
      const witness = await device(server, board);
      await until(() => expect(witness.words()).toEqual(phones[index]?.words()));
      expect(witness.words()).toMatchObject({ early: `before the backup ${index}`, late: `after the backup ${index}` });
      witness.close();
      const asAna = bearer(board.ana.sessionToken);
      const path = `/api/boards/${board.boardId}/audit`;
      const { entries } = await callApi<AuditView>(server.url, "GET", path, undefined, asAna);
      expect(entries.map(({ action }) => action)).toContain("backup-restored");
    }
    const kept = readdirSync(server.dataDir).filter((name) => name.includes(".before-restore-"));
    expect(kept).toHaveLength(1);
    expect(readdirSync(server.dataDir).filter((name) => name.includes("restoring"))).toEqual([]);
    expect(wordsIn(join(server.dataDir, kept[0] ?? ""), boards[0]?.laneId ?? "", keyOf(server))).toMatchObject({
      late: "after the backup 0",
    });
    // It is the data that the next start has, too.
    await server.restart();
    const again = await device(server, boards[2] ?? (boards[0] as AnasBoard));
    expect(again.words()).toMatchObject({ late: "after the backup 2" });
  });

  test("a server that cannot open the restored copy puts the old data back and goes on with them", async () => {
    const { server, board, phone, folder } = await backedUp();
    phone.write("later", "after the backup");
    await saved(phone);
    // Made ready as the command does it, and spoilt on the way: the server finds out when it opens it.
    const name = `alongside.sqlite.restoring-${"0".repeat(16)}`;
    cpSync(onlyBackup(folder), join(server.dataDir, name));
    changeInside(join(server.dataDir, name), (db) => db.exec("PRAGMA user_version = 99"));
    const answered = await askAtDoor(server.dataDir, { kind: "take-in", name });
    expect(answered).toMatchObject({ kind: "not-taken-in" });
    await until(() => expect(phone.synced()).toBe(true));
    phone.write("again", "and on it goes");
    await saved(phone);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(readdirSync(server.dataDir).filter((each) => /before-restore|restoring/.test(each))).toEqual([]);
    expect(wordsIn(dataFile(server.dataDir), board.laneId, keyOf(server))).toMatchObject({ later: "after the backup" });
    // A name that is no such copy is not even looked for.
    expect(await askAtDoor(server.dataDir, { kind: "take-in", name: "../alongside.sqlite" })).toBeUndefined();
  });

  test("a backup of another key is not put in the place of data that it cannot stand for", async () => {
    const { folder } = await aBackup();
    const server = await aServer();
    await boardOf(server);
    expect(await refused(admin(["restore", folder], { DATA_DIR: server.dataDir }))).toContain("another key");
    expect(readdirSync(server.dataDir).filter((name) => /restor/.test(name))).toEqual([]);
  });

  test("brings back what the backup held, keeps the present data beside it, and what people still hold comes back by itself", async () => {
    const { server, board, phone, folder, run } = await backedUp();
    phone.write("later", "after the backup");
    phone.write("card-3", "changed after the backup");
    await saved(phone);
    const other = await device(server, board);
    expect(other.words()).toMatchObject({ later: "after the backup" });
    other.close();
    // Killed, so that the last commits stand in the log alone: they belong to what is kept, and must not reach the restored file.
    phone.provider.disconnect();
    await server.kill();
    expect(statSync(`${dataFile(server.dataDir)}-wal`).size).toBeGreaterThan(0);

    const restored = await run("restore", folder);
    expect(restored, restored.err).toMatchObject({ code: 0, err: "" });
    expect(restored.out).toContain("1 board, 2 lanes");
    const names = readdirSync(server.dataDir).sort();
    const kept = names.find((name) => name.includes(".before-restore-")) ?? "";
    // The socket is the killed server's; the next one takes its place.
    expect(names).toEqual(["admin.sock", "alongside.sqlite", kept, "alongside.sqlite-lock", "key.check"].sort());
    expect(statSync(dataFile(server.dataDir)).mode & 0o077).toBe(0);
    const before = wordsIn(join(server.dataDir, kept), board.laneId, keyOf(server));
    expect(before).toMatchObject({ "card-3": "changed after the backup" });

    await server.restart();
    const atFirst = await words(server, board);
    expect(atFirst).toMatchObject({ "card-3": "before the backup 3" });
    expect(atFirst).not.toHaveProperty("later");

    phone.provider.connect();
    await until(() => expect(phone.synced()).toBe(true));
    await saved(phone);
    const witness = await device(server, board);
    await until(() =>
      expect(witness.words()).toMatchObject({ later: "after the backup", "card-3": "changed after the backup" }),
    );
    await server.restart();
    expect(await words(server, board)).toMatchObject({ later: "after the backup" });
  });

  test("passes over damaged backups to the newest good one; without any it changes nothing", async () => {
    const { server, board, phone, folder, run } = await backedUp();
    const good = onlyBackup(folder);
    phone.write("later", "after the backup");
    await saved(phone);
    await run("backup", folder);
    const newest = join(folder, backups(folder).sort().at(-1) ?? "");
    const bytes = readFileSync(newest);
    writeFileSync(newest, bytes.fill(0xa5, bytes.length / 2, bytes.length / 2 + 100));
    // Else it brings back what the older backup lacks.
    phone.close();
    await server.stop();
    const present = readFileSync(dataFile(server.dataDir));

    renameSync(good, `${good}.away`);
    const none = await run("restore", folder);
    expect(none).toMatchObject({ code: 1, out: expect.stringContaining("nothing was changed") });
    expect(readFileSync(dataFile(server.dataDir)).equals(present)).toBe(true);

    renameSync(`${good}.away`, good);
    const { code, out } = await run("restore", folder);
    expect(code).toBe(0);
    expect(out).toContain(`Passed over, as it is damaged: ${newest.slice(folder.length + 1)}`);
    await server.restart();
    expect(await words(server, board)).not.toHaveProperty("later");
  });

  test("replaces a data file too damaged to open, and its log, and keeps both", async () => {
    const { server, board, folder, run } = await backedUp();
    await server.stop();
    writeFileSync(dataFile(server.dataDir), "This is no database. ".repeat(500));
    writeFileSync(`${dataFile(server.dataDir)}-wal`, "This is no log. ");
    expect((await run("restore", folder)).code).toBe(0);
    const kept = readdirSync(server.dataDir).filter((name) => name.includes(".before-restore-"));
    expect(kept.map((name) => readFileSync(join(server.dataDir, name)).length).sort()).toEqual([16, 21 * 500].sort());
    await server.restart();
    expect(await words(server, board)).toMatchObject({ "card-3": "before the backup 3" });
  });

  test("into a folder where nothing is yet; without its key it says what to do", async () => {
    const { folder } = await backedUp();
    const dataDir = join(await newFolder(), "elsewhere", "data");
    const { code, out } = await admin(["restore", folder], { DATA_DIR: dataDir });
    expect({ code, lines: out }).toEqual({ code: 0, lines: expect.stringContaining(`put it at ${dataDir}.key`) });
    expect(readdirSync(dataDir).sort()).toEqual(["alongside.sqlite", "alongside.sqlite-lock"]);
  });

  test("a disk that takes no more leaves the data as they were", async () => {
    const { server, folder } = await backedUp();
    await server.stop();
    const present = readFileSync(dataFile(server.dataDir));
    const env = { DATA_DIR: server.dataDir };
    expect(await refused(admin(["restore", folder], env, "ulimit -f 20"))).toContain("The data file is as it was");
    expect(readFileSync(dataFile(server.dataDir)).equals(present)).toBe(true);
    expect(readdirSync(server.dataDir).filter((name) => /restor/.test(name))).toEqual([]);
  });
});

test("a data folder that is a file is a sentence for each command", async () => {
  const folder = await newFolder();
  const dataDir = join(folder, "data");
  await mkdir(join(folder, "backups"));
  await writeFile(dataDir, "");
  for (const words of [
    ["backup", join(folder, "backups")],
    ["erase", "some-board"],
  ]) {
    await refused(admin(words, { DATA_DIR: dataDir }));
  }
});

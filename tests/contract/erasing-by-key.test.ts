import { copyFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { PersonId } from "#shared/board/ids.ts";
import { eraseBoardsInCopy } from "../../server/store/erase-board.ts";
import { got } from "./board-store.ts";
import { sqliteFolder } from "./sqlite-folder.ts";
import { aBoard, aLane, ana, anUpdate, aPerson, boardId, sharedLane } from "./store-records.ts";

const { newFile, open } = sqliteFolder();

/** A thousand things that nobody else ever wrote, in several scripts. */
const strings = Array.from({ length: 1_000 }, (_, index) => {
  const script = ["plain words", "كلمات عربية", "žluťoučký kůň", "日本語の言葉"][index % 4];
  return `${script} ${(index * 7_919 + 104_729).toString(36)}-${index}`;
});

/** Which of them stand somewhere in the files of a folder, in UTF-8 or UTF-16. */
function foundIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path));
  return strings.filter((text) => {
    const little = Buffer.from(text, "utf16le");
    const wanted = [Buffer.from(text), little, Buffer.from(little).swap16()];
    return files.some((bytes) => wanted.some((each) => bytes.includes(each)));
  });
}

async function aTypedBoard() {
  const file = await newFile();
  const { store } = await open({ file });
  const [title = "", ...others] = strings;
  const names = others.slice(0, 20);
  const people = names.map((name, index) => aPerson({ personId: `person-${index}` as PersonId, name }));
  await got(store.createBoard(aBoard({ title }), [aLane()], people, []));
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const cards = doc.getMap<Y.Text>("cards");
  for (const text of others.slice(20)) {
    const words = new Y.Text();
    cards.set(`card-${cards.size}`, words);
    words.insert(0, text);
  }
  const writing = updates.map((bytes, index) =>
    got(store.append(anUpdate({ personId: ana, at: index, bytes })).forced),
  );
  await Promise.all(writing);
  for (const upTo of [500, 1_000, updates.length]) {
    await got(store.writeSnapshot(sharedLane, { upTo, bytes: Y.encodeStateAsUpdate(doc) }));
  }
  return { file, store, doc };
}

describe("erasing a board destroys its key", () => {
  test("of 1,000 things typed on it none is in any file before, and nothing that could be opened is left after", async () => {
    const { file, store } = await aTypedBoard();
    const folder = dirname(file);
    expect(foundIn(folder)).toEqual([]);
    await got(store.eraseBoard(boardId));
    expect(await got(store.scrub())).toBe(true);
    expect(foundIn(folder)).toEqual([]);
    await store.close();
    const db = new DatabaseSync(file);
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    for (const table of ["board_keys", "board_keys_again", "boards", "people", "lanes", "updates", "snapshots"]) {
      expect(count(table), table).toBe(0);
    }
    for (const table of ["client_ids", "set_aside", "audit", "members", "sessions", "invitations"]) {
      expect(count(table), table).toBe(0);
    }
    db.close();
    expect(readFileSync(file).includes(boardId)).toBe(false);
  });

  test("the finder would find them: kept in a plain file they are all found", async () => {
    const { file, store, doc } = await aTypedBoard();
    await store.close();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(dirname(file), "plain"), Y.encodeStateAsUpdate(doc));
    writeFileSync(join(dirname(file), "wide"), Buffer.from(strings.slice(0, 21).join("\n"), "utf16le"));
    expect(foundIn(dirname(file)).length).toBe(1_000);
  });

  test("rows of it that turn up later cannot be opened: its key is nowhere", async () => {
    const { file, store } = await aTypedBoard();
    // As if the disk, or a snapshot of it, had kept the rows, but not the keys.
    await store.close();
    copyFileSync(file, `${file}-kept`);
    const again = (await open({ file })).store;
    await got(again.eraseBoard(boardId));
    await got(again.scrub());
    await again.close();
    const db = new DatabaseSync(file);
    db.exec(`ATTACH '${file}-kept' AS kept`);
    for (const table of ["boards", "lanes", "people", "updates", "snapshots"]) {
      db.exec(`INSERT INTO ${table} SELECT * FROM kept.${table}`);
    }
    db.close();
    const haunted = (await open({ file })).store;
    expect((await got(haunted.loadLane(sharedLane))).damage).toMatchObject({ lastGood: 0, what: "key" });
    expect((await haunted.board(boardId)).ok).toBe(false);
  });

  test("a backup from before holds its own copy of the key: whoever has it and the master key can read it, until it is erased there too", async () => {
    const { file, store } = await aTypedBoard();
    await store.close();
    const backup = join(dirname(file), "backup.sqlite");
    copyFileSync(file, backup);
    const again = (await open({ file })).store;
    await got(again.eraseBoard(boardId));
    await got(again.scrub());
    await again.close();

    copyFileSync(backup, `${backup}.opened`);
    const restored = (await open({ file: `${backup}.opened` })).store;
    expect((await got(restored.board(boardId)))?.title).toBe(strings[0]);
    expect((await got(restored.loadLane(sharedLane))).damage).toBeUndefined();
    await restored.close();

    expect(eraseBoardsInCopy(backup, [boardId])).toEqual([boardId]);
    const cleaned = (await open({ file: backup })).store;
    expect(await got(cleaned.board(boardId))).toBeUndefined();
    expect((await got(cleaned.loadLane(sharedLane))).tail).toEqual([]);
    await cleaned.close();
    expect(readFileSync(backup).includes(sharedLane)).toBe(false);
  });
});

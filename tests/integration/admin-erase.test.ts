import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { doorFileOf } from "../../server/admin/door.ts";
import { bearer, callApi } from "../../server/demo/demo-person.ts";
import { admin, aServer, boardOf, device, filesBelow, newFolder, refused, saved, until } from "./admin-support.ts";

const secretWords = Array.from({ length: 200 }, (_, index) => `kept-between-us-${index}-${(index * 7919) % 1000}`);

/** Which of them stand in any file of that folder, as text of one byte or two a letter. */
function found(folder: string, words: readonly string[]): readonly string[] {
  const files = filesBelow(folder);
  return words.filter((word) =>
    files.some(({ bytes }) => bytes.includes(word) || bytes.includes(Buffer.from(word, "utf16le"))),
  );
}

test("erasing under a running server sends everybody away for good, and not one of 200 words is in any file of the data folder", {
  timeout: 180_000,
}, async () => {
  const server = await aServer();
  const board = await boardOf(server, "Ana Kept-Between-Us");
  const bos = await boardOf(server, "Bo");
  const phone = await device(server, board);
  const tablet = await device(server, board);
  const other = await device(server, bos);
  // Both boards in turns, with snapshots, changes and deletions: old words stand in pages that were shared, split and freed.
  for (const [index, word] of secretWords.entries()) {
    phone.write(`card-${index % 150}`, word);
    other.write(`card-${index}`, `the words of Bo ${index}`);
    if (index % 20 === 0) await Promise.all([saved(phone), saved(other)]);
  }
  phone.doc.getMap("cards").delete("card-3");
  await Promise.all([saved(phone), saved(other)]);
  const folder = await newFolder();
  const run = (...words: string[]) => admin(words, { DATA_DIR: server.dataDir });
  expect((await run("backup", folder)).code).toBe(0);
  // Sealed, none of them stands anywhere, even now. The lane's id does, beside everything of the board.
  expect(found(server.dataDir, secretWords)).toEqual([]);
  expect(found(server.dataDir, [board.laneId])).toEqual([board.laneId]);

  // Somebody is typing at that very moment.
  let typing = true;
  const typist = (async () => {
    for (let n = 0; typing; n += 1) {
      tablet.write("late", `${secretWords[n % 200]}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const erased = await run("erase", board.boardId);
  typing = false;
  await typist;
  expect(erased, erased.err).toMatchObject({ code: 0, err: "" });
  expect(erased.out).toContain(`the board ${board.boardId} with 2 people, 2 lanes and`);
  expect(erased.out).toContain("Backups made before now still hold it");

  await until(() => {
    expect(phone.closeCodes).toContain(4404);
    expect(tablet.closeCodes).toContain(4404);
  });
  expect(phone.provider.shouldConnect).toBe(false);
  const asAna = bearer(board.ana.sessionToken);
  await expect(callApi(server.url, "GET", `/api/boards/${board.boardId}`, undefined, asAna)).rejects.toThrow("401");
  const traces = [...secretWords, "Kept-Between-Us", board.laneId];
  expect(found(server.dataDir, traces)).toEqual([]);
  expect(found(folder, [board.laneId])).toEqual([board.laneId]); // As it said.

  // Nothing comes back by itself, neither when rooms rest and the server stops, nor from a device that knocks again.
  phone.provider.connect();
  other.write("after", "Bo goes on");
  await saved(other);
  expect(other.closeCodes).toEqual([]);
  await server.stop();
  expect(found(server.dataDir, traces)).toEqual([]);
  await server.restart();
  const again = await device(server, bos);
  expect(again.words()).toMatchObject({ "card-199": "the words of Bo 199", after: "Bo goes on" });

  const twice = await run("erase", board.boardId);
  expect(twice).toMatchObject({ code: 0, out: expect.stringContaining("erased before") });
  expect(await refused(run("erase", "no-such-board"))).toContain("There is no board");
});

test("without a server it does the same, in copies that upgrades and restores left too; a restore does not bring it back", async () => {
  const server = await aServer();
  const board = await boardOf(server);
  const bos = await boardOf(server, "Bo");
  const phone = await device(server, board);
  phone.write("card", secretWords[0] ?? "");
  await saved(phone);
  const folder = await newFolder();
  const run = (...words: string[]) => admin(words, { DATA_DIR: server.dataDir });
  expect((await run("backup", folder)).code).toBe(0);
  phone.close();
  await server.kill();
  expect((await run("restore", folder)).code).toBe(0);
  const file = join(server.dataDir, "alongside.sqlite");
  writeFileSync(`${file}.before-2`, readFileSync(file));
  expect(filesBelow(server.dataDir).filter(({ bytes }) => bytes.includes(board.laneId))).toHaveLength(3);

  const { code, out } = await run("erase", board.boardId, "--yes");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("None of its bytes is left") });
  expect(found(server.dataDir, [...secretWords, board.laneId])).toEqual([]);

  const restored = await run("restore", folder);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining("1 board in it had been erased since") });
  expect(found(server.dataDir, [...secretWords, board.laneId])).toEqual([]);
  await server.restart();
  expect((await device(server, bos)).synced()).toBe(true);
});

test("a copy that cannot be cleaned is named, with exit 1", async () => {
  const server = await aServer();
  const board = await boardOf(server);
  const copy = join(server.dataDir, "alongside.sqlite.before-2");
  writeFileSync(copy, "This is no database. ".repeat(500));
  const { code, out } = await admin(["erase", board.boardId], { DATA_DIR: server.dataDir });
  expect(code).toBe(1);
  expect(out).toContain(`The older copy ${copy} could not be cleaned`);
  expect(out).not.toContain("None of its bytes");
});

test("the door is for the owner of the data folder alone, and takes nothing it does not understand", async () => {
  const server = await aServer();
  const door = doorFileOf(server.dataDir);
  expect(statSync(door).mode & 0o777).toBe(0o600);
  for (const words of ["not json\n", "null\n", '{"kind":"erase"}\n', '{"kind":"fly"}\n', "x".repeat(5_000)]) {
    const answered = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(door, () => socket.write(words));
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(text));
    });
    expect(answered).toBe("");
  }
  // Nor does somebody who says nothing hold up a stop.
  const silent = connect(door);
  silent.on("error", () => {});
  await new Promise((resolve) => silent.once("connect", resolve));
  expect(await server.stop()).toBe(0);
});

test("what is no board's id, or no data folder, is a sentence and exit 2", async () => {
  const env = { DATA_DIR: join(await newFolder(), "data") };
  expect(await refused(admin(["erase"], env))).toContain("erase BOARD_ID");
  expect(await refused(admin(["erase", "a/b"], env))).toContain("no board's id");
  expect(await refused(admin(["erase", "one", "two"], env))).toContain("Name one board");
  expect(await refused(admin(["erase", "one"], env))).toContain("no boards yet");
});

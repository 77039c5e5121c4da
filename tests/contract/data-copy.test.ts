import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { copyDataFile, openDataCopy } from "../../server/store/data-copy.ts";
import { got } from "./board-store.ts";
import { sqliteFolder } from "./sqlite-folder.ts";
import { aBoard, aLane, ana, anUpdate, aPerson, boardId, offersLane, sharedLane, testKey } from "./store-records.ts";

const { newFile, open } = sqliteFolder();

async function aFile() {
  const file = await newFile();
  const { store } = await open({ file });
  await got(store.createBoard(aBoard(), [aLane(), aLane({ laneId: offersLane })], [aPerson()], []));
  await got(store.audit({ boardId, at: 1, personId: ana, action: "board-made" }));
  for (let n = 0; n < 12; n += 1) await got(store.append(anUpdate({ at: n })).written);
  await got(store.writeSnapshot(sharedLane, { upTo: 8, bytes: new Uint8Array([8]) }));
  return { file, store };
}

function look(file: string, key?: Uint8Array) {
  const opened = openDataCopy(file, key);
  if (!opened.ok) throw new Error(opened.error.why);
  const copy = opened.value;
  try {
    const lanes = copy.laneIds().map((laneId) => copy.readLane(laneId));
    return {
      words: copy.words,
      updates: lanes.map(({ updates }) => updates),
      tails: lanes.map(({ stored }) => stored.tail.length),
      troubles: [...copy.recordTroubles(), ...lanes.flatMap(({ trouble }) => trouble ?? [])],
      digests: lanes.map(({ digest }) => digest),
    };
  } finally {
    copy.close();
  }
}

describe("looking through a data file", () => {
  test("with its key every word is proven; without it, or with another, only what shows from outside", async () => {
    const { file, store } = await aFile();
    const whole = { updates: [0, 12], troubles: [] };
    expect(look(file, testKey)).toMatchObject({ ...whole, words: "opened", tails: [0, 4] });
    expect(look(file)).toMatchObject({ ...whole, words: "sealed", tails: [0, 0] });
    expect(look(file, new Uint8Array(32).fill(9))).toMatchObject({ ...whole, words: "of another key", tails: [0, 0] });
    await store.close();
  });

  test("a copy made while people write is of one moment, and has the same fingerprints as what it was made of", async () => {
    const { file, store } = await aFile();
    const writing = Promise.all(Array.from({ length: 300 }, (_, at) => got(store.append(anUpdate({ at })).forced)));
    for (let n = 0; n < 5; n += 1) {
      copyDataFile(file, `${file}.copy-${n}`);
      expect(look(`${file}.copy-${n}`, testKey).troubles).toEqual([]);
      // The file itself, too, while it changes.
      expect(look(file, testKey).troubles).toEqual([]);
    }
    await writing;
    copyDataFile(file, `${file}.copy`);
    expect(look(`${file}.copy`, testKey).digests).toEqual(look(file).digests);
  });

  test("[R9] what is not as it was written is said, of lanes, boards, people and audits", async () => {
    const cases = [
      ["UPDATE updates SET sealed = zeroblob(40) WHERE seq = 3", "update 3 is not what was written"],
      ["UPDATE updates SET sealed = zeroblob(40) WHERE seq = 10", "an update is not what was written after update 9"],
      ["DELETE FROM updates WHERE seq = 12", "updates or marks are missing after update 11"],
      ["UPDATE snapshots SET sealed = zeroblob(40)", "its snapshot of update 8 is not what was written"],
      ["UPDATE people SET role = 'worker'", `Board ${boardId}: its record or its people are not what was written.`],
      ["DELETE FROM lanes WHERE lane_id = 'lane-offers'", `Board ${boardId}: its record`],
      ["UPDATE audit SET at = 2", `Board ${boardId}: its audit is not what was written from entry 1 on.`],
    ] as const;
    for (const [sql, trouble] of cases) {
      const { file, store } = await aFile();
      await store.close();
      const digests = look(file).digests;
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
      expect(look(file, testKey).troubles[0], sql).toContain(trouble);
      // Without the key the fingerprints still tell that a lane has changed.
      const isOfLane = /updates|snapshots/.test(sql);
      if (isOfLane) expect(look(file).digests, sql).not.toEqual(digests);
    }
  });
});

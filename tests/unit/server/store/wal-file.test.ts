import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countSoundFrames, openWalFile } from "../../../../server/store/wal-file.ts";

describe("the write-ahead log, read and forced beside SQLite", () => {
  let folder: string;
  let db: DatabaseSync;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wal-"));
    log = join(folder, "db-wal");
    db = new DatabaseSync(join(folder, "db"));
    db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE words (word TEXT)");
    for (let n = 0; n < 30; n += 1) db.exec(`INSERT INTO words VALUES (hex(randomblob(${n * 100})))`);
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const framesBySqlite = () => Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.log);

  test("[R1] as many sound frames are found as SQLite has written", () => {
    expect(framesBySqlite()).toBeGreaterThan(30);
    expect(countSoundFrames(readFileSync(log))).toBe(framesBySqlite());
  });

  test("[R1] frames left over from before a checkpoint are not counted", () => {
    db.exec("PRAGMA wal_checkpoint(PASSIVE); INSERT INTO words VALUES ('after')");
    expect(framesBySqlite()).toBeLessThan(5);
    expect(countSoundFrames(readFileSync(log))).toBe(framesBySqlite());
  });

  test("[R1] the count ends at the first frame with a wrong byte, and at a frame cut short", () => {
    const bytes = readFileSync(log);
    const frameBytes = 24 + 4096;
    const harmed = Buffer.from(bytes);
    harmed[32 + 10 * frameBytes + 2000] = (harmed[32 + 10 * frameBytes + 2000] ?? 0) ^ 1;
    expect(countSoundFrames(harmed)).toBe(10);
    expect(countSoundFrames(bytes.subarray(0, 32 + 7 * frameBytes + 100))).toBe(7);
    expect(countSoundFrames(new Uint8Array(10))).toBe(0);
    expect(countSoundFrames(new Uint8Array(100_000))).toBe(0);
  });

  test("[R1] writing the log over itself changes no byte of it, and a harmed one is left alone", () => {
    const before = readFileSync(log);
    const wal = openWalFile(log);
    expect(wal.rewrite(framesBySqlite())).toBe(true);
    wal.close();
    expect(readFileSync(log).equals(before)).toBe(true);
    expect(db.prepare("SELECT count(*) AS n FROM words").get()?.n).toBe(30);

    const copy = join(folder, "harmed-wal");
    copyFileSync(log, copy);
    writeFileSync(copy, Buffer.from(before).fill(0xa5, 50_000, 50_100));
    const harmed = openWalFile(copy);
    expect(harmed.rewrite(framesBySqlite())).toBe(false);
    harmed.close();
  });
});

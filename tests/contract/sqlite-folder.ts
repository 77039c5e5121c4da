import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { OpenStore } from "../../server/store/open-store.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../../server/store/sqlite-store.ts";
import { testKey } from "./store-records.ts";

/** Files and stores of one test file; what a test leaves behind is closed and removed after it. */
export function sqliteFolder() {
  const folders: string[] = [];
  const stores: OpenStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map(({ store }) => store.close()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  const newFile = async () => {
    const folder = await mkdtemp(join(tmpdir(), "store-"));
    folders.push(folder);
    return join(folder, "boards.sqlite");
  };
  const open = async (options: Omit<SqliteStoreOptions, "masterKey">, masterKey = testKey): Promise<OpenStore> => {
    const opened = await openSqliteStore({ ...options, masterKey });
    if (!opened.ok) throw new Error(`could not open: ${JSON.stringify(opened.error)}`);
    stores.push(opened.value);
    return opened.value;
  };
  return { newFile, open };
}

import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAccountsDialect } from "../../server/access/accounts-dialect.ts";
import type { OpenStore } from "../../server/store/open-store.ts";
import { got } from "./board-store.ts";
import { anUpdate, sharedLane } from "./store-records.ts";

/** What the accounts need of the store's other door. `open` gives a new and empty one; the suite closes it. */
export function describeAccounts(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} keeps accounts`, () => {
    let opened: OpenStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.store.close());

    // biome-ignore lint/suspicious/noExplicitAny: tables made by the tests have no type.
    const query = () => new Kysely<any>({ dialect: createAccountsDialect(opened.accounts) });
    const withNames = async () => {
      const db = query();
      await db.schema
        .createTable("names")
        .addColumn("name", "text", (column) => column.primaryKey())
        .execute();
      return db;
    };

    test("better-auth makes its tables, signs a worker up, in and out", async () => {
      const options = {
        database: { dialect: createAccountsDialect(opened.accounts), type: "sqlite" as const },
        secret: "a secret of the tests, long enough to be taken",
        baseURL: "http://localhost:3000",
        emailAndPassword: { enabled: true },
        telemetry: { enabled: false },
        logger: { disabled: true },
      };
      await (await getMigrations(options)).runMigrations();
      expect((await getMigrations(options)).toBeCreated).toEqual([]);
      const auth = betterAuth(options);
      const credentials = { email: "bo@example.org", password: "a long password of Bo" };
      await auth.api.signUpEmail({ body: { name: "Bo", ...credentials } });
      await expect(auth.api.signUpEmail({ body: { name: "Bo", ...credentials } })).rejects.toThrow();
      await expect(auth.api.signInEmail({ body: { ...credentials, password: "wrong" } })).rejects.toThrow();
      const signedIn = await auth.api.signInEmail({ body: credentials, returnHeaders: true });
      const headers = new Headers({
        cookie: signedIn.headers
          .getSetCookie()
          .map((one) => one.split(";")[0])
          .join("; "),
      });
      expect((await auth.api.getSession({ headers }))?.user.name).toBe("Bo");
      await auth.api.signOut({ headers });
      expect(await auth.api.getSession({ headers })).toBeNull();
    });

    test("a transaction that throws leaves nothing, one that ends well leaves all", async () => {
      const db = await withNames();
      const add = (fails: boolean) =>
        db.transaction().execute(async (inside) => {
          await inside.insertInto("names").values({ name: "Ana" }).execute();
          await inside.insertInto("names").values({ name: "Bo" }).execute();
          if (fails) throw new Error("Bo changed his mind");
        });
      await expect(add(true)).rejects.toThrow("changed his mind");
      expect(await db.selectFrom("names").selectAll().execute()).toEqual([]);
      await add(false);
      expect(await db.selectFrom("names").selectAll().execute()).toEqual([{ name: "Ana" }, { name: "Bo" }]);
    });

    test("an update appended while the accounts hold a transaction survives its rollback", async () => {
      const db = await withNames();
      const appended = await db
        .transaction()
        .execute(async (inside) => {
          await inside.insertInto("names").values({ name: "Ana" }).execute();
          return Promise.reject(Object.assign(new Error("undone"), { update: opened.store.append(anUpdate()) }));
        })
        .catch((error) => error.update);
      expect(await appended.forced).toEqual({ ok: true, value: undefined });
      expect((await got(opened.store.loadLane(sharedLane))).tail.length).toBe(1);
      expect(await db.selectFrom("names").selectAll().execute()).toEqual([]);
    });

    test("a broken rule or wrong SQL is thrown, and the next query works", async () => {
      const db = await withNames();
      const add = () => db.insertInto("names").values({ name: "Ana" }).executeTakeFirst();
      expect((await add()).numInsertedOrUpdatedRows).toBe(1n);
      await expect(add()).rejects.toThrow(/UNIQUE/);
      await expect(db.selectFrom("nowhere").selectAll().execute()).rejects.toThrow(/nowhere/);
      await expect(
        db.transaction().execute(async (inside) => {
          await inside.insertInto("names").values({ name: "Ana" }).execute();
        }),
      ).rejects.toThrow(/UNIQUE/);
      expect((await db.deleteFrom("names").executeTakeFirst()).numDeletedRows).toBe(1n);
    });
  });
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import type { AuditView, BoardView } from "#shared/protocol/api.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { openStockClient, type StockClient } from "../support/stock-client.ts";
import { type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

async function serverOn(file: string): Promise<HttpServer> {
  const opened = await openSqliteStore({ file, masterKey: new Uint8Array(32) });
  if (!opened.ok) throw new Error(`The store did not open: ${opened.error.kind}`);
  const server = await startHttp({ store: opened.value });
  closing.push(server.stop);
  return server;
}
function device(server: HttpServer, token: string, laneId: string): StockClient {
  const client = openStockClient(server.url.replace("http", "ws"), token, { laneId, params: { ack: "1" } });
  closing.push(client.close);
  return client;
}

test("[R9] a damaged lane is told with its last good moment, and its owner brings back what is whole", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recover-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "data.sqlite");
  const first = await serverOn(file);
  const worker = await setUpBo(first);
  const made = await makeBoard(worker);
  const { boardId } = made;
  const laneId = made.lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
  const ana = await joinWith(first, made.invitation.url);
  const guest = await joinWith(
    first,
    (
      await ana.caller.call("POST", `/api/boards/${boardId}/invitations`, {
        name: "Mere",
        role: "supporter",
        language: "mi",
      })
    ).body.url,
  );
  const phone = device(first, ana.reply.sessionToken, laneId);
  await until(() => expect(phone.synced()).toBe(true));
  for (const word of ["one", "two", "three"]) {
    phone.write(word, word);
    await until(() => expect(phone.ackedCount()).toBe(phone.sentCount()));
  }
  phone.close();
  await first.stop();

  const db = new DatabaseSync(file);
  const { last } = db.prepare("SELECT max(seq) AS last FROM updates WHERE lane_id = ? AND seq < 1000").get(laneId) as {
    last: number;
  };
  db.prepare("UPDATE updates SET sealed = zeroblob(length(sealed)) WHERE lane_id = ? AND seq = ?").run(laneId, last);
  db.prepare("DELETE FROM snapshots WHERE lane_id = ?").run(laneId);
  db.close();

  const server = await serverOn(file);
  const anas = server.as({ token: ana.reply.sessionToken });
  const path = `/api/boards/${boardId}`;
  const tablet = device(server, ana.reply.sessionToken, laneId);
  await until(() => expect(tablet.closeCodes).toEqual([4410]));
  expect(tablet.words()).toEqual({});
  const view: BoardView = (await anas.call("GET", path)).body;
  expect(view.lanes.map(({ kind, damage }) => [kind, damage])).toEqual([
    ["shared", { lastGoodAt: expect.stringMatching(/^20\d\d-/) }],
    ["offers", undefined],
  ]);
  // What is whole can be read; the damaged lane takes no restore.
  const past = await anas.call("GET", `${path}/lanes/${laneId}/history`);
  expect(past.body.head).toBe(last - 1);
  const restore = await anas.call("POST", `${path}/lanes/${laneId}/restore`, { seq: 1, preview: true });
  expect(restore.body.error.kind).toBe("lane-damaged");

  // Nor does the part that is left pass for the board in a copy to take home.
  expect((await anas.call("GET", `${path}/file`)).body.error.kind).toBe("lane-damaged");

  const recover = (caller = anas) => caller.call("POST", `${path}/lanes/${laneId}/recover`, {});
  expect((await recover(server.as({ token: guest.reply.sessionToken }))).status).toBe(403);
  expect((await recover()).body).toEqual({ laneId, lastGood: last - 1 });
  expect((await recover()).body).toEqual({ laneId });
  expect((await anas.call("GET", path)).body.lanes[0].damage).toBeUndefined();

  const again = device(server, ana.reply.sessionToken, laneId);
  await until(() => expect(again.synced()).toBe(true));
  expect(again.words()).toEqual({ one: "one", two: "two" });
  // Her own device still holds the third: it comes back with her.
  const old = openStockClient(server.url.replace("http", "ws"), ana.reply.sessionToken, {
    laneId,
    params: { ack: "1" },
    doc: phone.doc,
  });
  closing.push(old.close);
  await until(() => expect(again.words()).toEqual({ one: "one", two: "two", three: "three" }));
  const { entries } = (await anas.call("GET", `${path}/audit`)).body as AuditView;
  expect(entries).toContainEqual(expect.objectContaining({ action: "lane-recovered", laneId, to: last - 1 }));
});

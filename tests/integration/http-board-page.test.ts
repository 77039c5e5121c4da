import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { openBoard } from "#shared/board/open-board.ts";
import { readLaneCopies } from "#shared/protocol/lane-copies.ts";
import { type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

let server: HttpServer;
let clientFolder: string;
beforeEach(async () => {
  clientFolder = await mkdtemp(join(tmpdir(), "alongside-page-"));
  await mkdir(join(clientFolder, "page-copy"));
  const page = '<head></head><body><div id="root"></div></body>';
  for (const name of ["index.html", "board.html"]) await writeFile(join(clientFolder, name), page);
  await writeFile(join(clientFolder, "page-copy", "ar.json"), JSON.stringify({ "area.fun": "المرح & الراحة" }));
  server = await startHttp({ clientFolder });
});
afterEach(async () => {
  await server.stop();
  await rm(clientFolder, { recursive: true });
});

/** A lane's bytes after Ana wrote one card. */
function laneWith(words: string): Uint8Array {
  const doc = new Y.Doc();
  let seed = 0;
  const board = openBoard([{ laneId: "lane" as LaneId, kind: "shared", access: "write", doc }], {
    me: "ana" as PersonId,
    language: () => "en",
    now: () => 1,
    today: () => "2026-11-24",
    random: (bytes) => bytes.fill(++seed),
    schedule: (run) => run(),
  });
  board.addCard({ kind: "strength", area: "fun", time: "now", words });
  board.addGoal({ words: "To sing again" });
  return Y.encodeStateAsUpdate(doc);
}

const store = async (laneId: LaneId, bytes: Uint8Array) => {
  const { written } = server.store.append({ laneId, personId: "ana" as PersonId, at: 1, bytes });
  expect((await written).ok).toBe(true);
};

describe("the board's page", () => {
  test("comes with the board to read for somebody on it, with words that look like HTML shown as words", async () => {
    const made = await makeBoard(await setUpBo(server));
    const { caller, reply } = await joinWith(server, made.invitation.url);
    const shared = made.lanes.find((lane) => lane.kind === "shared");
    await store(shared?.laneId as LaneId, laneWith("I sing <script>by ear</script>"));
    const page = await caller.call("GET", `/b/${made.boardId}`);
    expect(reply.role).toBe("client");
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.body).toContain("I sing &lt;script&gt;by ear&lt;/script&gt;");
    expect(page.body).toContain("To sing again");
    expect(page.body).toContain("المرح &amp; الراحة");
    expect(page.body).not.toContain("<script>by ear");
    const view = /<script type="application\/json" id="board-view">(.*?)<\/script>/.exec(page.body)?.[1] ?? "";
    expect(JSON.parse(view)).toEqual((await caller.call("GET", `/api/boards/${made.boardId}`)).body);
  });

  test("is sent as it is when the board cannot be read", async () => {
    const made = await makeBoard(await setUpBo(server));
    const { caller } = await joinWith(server, made.invitation.url);
    const shared = made.lanes.find((lane) => lane.kind === "shared");
    const doc = new Y.Doc();
    for (const root of ["cards", "goals", "steps", "ties", "links", "meta"]) {
      doc.getText(root).insert(0, "words where records should be");
      doc.getText(root).insertEmbed(0, { __proto__: null, kind: 1 });
    }
    await store(shared?.laneId as LaneId, Y.encodeStateAsUpdate(doc));
    await store(shared?.laneId as LaneId, new Uint8Array([1, 2, 3]));
    const page = await caller.call("GET", `/b/${made.boardId}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('id="root"');
  });

  test("holds no word of the board for a stranger, nor for somebody of another board", async () => {
    const worker = await setUpBo(server);
    const made = await makeBoard(worker);
    const shared = made.lanes.find((lane) => lane.kind === "shared");
    await store(shared?.laneId as LaneId, laneWith("I sing by ear"));
    const other = await makeBoard(worker);
    const { caller: neighbour } = await joinWith(server, other.invitation.url);
    for (const caller of [server.as(), neighbour]) {
      const page = await caller.call("GET", `/b/${made.boardId}`);
      expect(page.status).toBe(200);
      expect(page.body).toContain('id="root"');
      expect(page.body).not.toContain("sing");
      expect(page.body).not.toContain("board-view");
      const lanes = await caller.call("GET", `/b/${made.boardId}/lanes`);
      expect([lanes.status, lanes.body]).toEqual([404, ""]);
    }
  });

  test("asks for its lanes by itself, which come as they are stored", async () => {
    const made = await makeBoard(await setUpBo(server));
    const { caller, reply: joined } = await joinWith(server, made.invitation.url);
    const shared = made.lanes.find((lane) => lane.kind === "shared");
    const bytes = laneWith("I sing by ear");
    await store(shared?.laneId as LaneId, bytes);
    const page = await caller.call("GET", `/b/${made.boardId}`);
    const asked = /<link rel="preload" as="fetch" crossorigin href="([^"]+)">/.exec(page.body)?.[1];
    const reply = await fetch(`${server.url}${asked}`, {
      headers: { authorization: `Bearer ${joined.sessionToken}` },
    });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const copies = readLaneCopies(new Uint8Array(await reply.arrayBuffer()));
    expect(copies.map(({ laneId }) => laneId)).toEqual(made.lanes.map(({ laneId }) => laneId));
    expect(copies.find(({ laneId }) => laneId === shared?.laneId)?.updates).toEqual([bytes]);
  });
});

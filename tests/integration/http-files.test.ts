import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import type { Board } from "#shared/board/board.ts";
import { type BoardFile, mostBoardFileBytes, writeBoardFile } from "#shared/board-file/board-file.ts";
import type { BoardView, JoinReply, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { deriveKeys } from "../../server/access/keys.ts";
import { openRemoteBoard, type RemoteBoard } from "../../server/demo/demo-person.ts";
import { createMemoryStore } from "../../server/store/memory-store.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { aCard, aGoal, aStep, must } from "../support/builders.ts";
import { createFaultyStore } from "../support/faulty-store.ts";
import { bo, type Caller, type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function aServer(options: Parameters<typeof startHttp>[0] = {}): Promise<HttpServer> {
  const server = await startHttp(options);
  closing.push(server.stop);
  return server;
}

async function onBoard(server: HttpServer, joined: JoinReply, language = "en"): Promise<RemoteBoard> {
  const remote = openRemoteBoard(server.url, { ...joined, language }, () => server.clock.now);
  closing.push(remote.close);
  await remote.synced();
  return remote;
}

/** Ana's board with words of hers, of Bo the worker and of Chris, who may only offer. */
async function aFullBoard(server: HttpServer, worker: Caller) {
  const { boardId, invitation } = await makeBoard(worker);
  const entered = await worker.call("POST", `/api/boards/${boardId}/enter`, {});
  const invited: NewInvitationReply = (
    await worker.call("POST", `/api/boards/${boardId}/invitations`, {
      name: "Chris",
      role: "supporter",
      language: "en",
    })
  ).body;
  if ("pending" in invited) throw new Error("Bug: the owner has not joined yet");
  const ana = await joinWith(server, invitation.url);
  const chris = await joinWith(server, invited.url);
  const [hers, workers, theirs] = await Promise.all([
    onBoard(server, ana.reply, "ar"),
    onBoard(server, entered.body),
    onBoard(server, chris.reply),
  ]);
  aCard(hers.board, { words: "أطبخ جيدا 🍲" });
  const away = aCard(hers.board, { words: "Not this one", time: "hoped" });
  const goal = aGoal(hers.board);
  aStep(hers.board, goal, {
    who: [{ person: ana.reply.personId }, { name: "My aunt" }],
    byWhen: { when: "the letter comes" },
  });
  must(hers.board.linkStrength(away, goal));
  must(hers.board.removeCard(away));
  await until(() => workers.board.goalIds().length === 1 && theirs.board.goalIds().length === 1);
  must(workers.board.setGoalState(goal, "paused", "Until the letter is here"));
  must(workers.board.setReading(goal, 4));
  aCard(theirs.board, { kind: "gift", words: "You never gave up", area: "people" });
  await until(() => hers.board.cardCount() === 2 && hers.board.readingsOf(goal).length === 1);
  await until(() => hers.board.goal(goal)?.state === "paused");
  return { boardId, ana, chris, entered: entered.body as JoinReply, hers };
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 10_000 }).toBe(true);
}

const withoutTime = (text: string) => text.replace(/"exportedAt": "[^"]*"/, "");
const fileOf = async (caller: Caller, boardId: string): Promise<string> => {
  const reply = await caller.call("GET", `/api/boards/${boardId}/file`);
  expect(reply.status).toBe(200);
  return writeBoardFile(reply.body);
};

for (const kind of ["memory", "sqlite"] as const) {
  test(`A board taken home and opened as a new one is the same, letter for letter (${kind})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "alongside-files-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const opened =
      kind === "sqlite"
        ? await openSqliteStore({ file: join(folder, "data.sqlite"), masterKey: new Uint8Array(32) })
        : undefined;
    if (opened && !opened.ok) throw new Error("The store did not open");
    const server = await aServer(opened ? { store: opened.value } : {});
    const worker = await setUpBo(server);
    const { boardId, ana } = await aFullBoard(server, worker);

    const reply = await ana.caller.call("GET", `/api/boards/${boardId}/file`);
    expect(reply.headers.get("content-disposition")).toBe('attachment; filename="board.json"');
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const file: BoardFile = reply.body;
    expect(file.people.map((person) => ("name" in person ? person.name : ""))).toEqual(["Ana", "Chris", bo.name]);
    expect(file.cards.map(({ lane, removed }) => [lane, removed?.by])).toEqual([
      ["shared", undefined],
      ["offers", undefined],
      ["shared", "p1"],
    ]);
    expect(file.links).toEqual([{ lane: "shared", kind: "strength-goal", card: "c3", goal: "g1", by: "p1" }]);
    expect(file.goals[0]?.state).toMatchObject({ is: "paused", reason: "Until the letter is here", by: "p3" });

    const made = await worker.call("POST", "/api/boards/import", writeBoardFile(file));
    expect(made.status).toBe(201);
    const copy: NewBoardReply = made.body;
    expect(copy.lanes.map((lane) => lane.kind)).toEqual(["shared", "offers"]);
    expect(copy.boardId).not.toBe(boardId);
    const joined = await joinWith(server, copy.invitation.url);
    expect(withoutTime(await fileOf(joined.caller, copy.boardId))).toBe(withoutTime(await fileOf(ana.caller, boardId)));

    const view: BoardView = (await joined.caller.call("GET", `/api/boards/${copy.boardId}`)).body;
    expect(view.title).toBe("Ana's board");
    expect(view.people.map(({ name, role, standing }) => [name, role, standing])).toEqual([
      ["Ana", "client", "joined"],
      [bo.name, "worker", "joined"],
      ["Chris", "supporter", "gone"],
      [bo.name, "worker", "gone"],
    ]);
    // It is a board like any other: what is written on it reaches the others.
    const [hers, workers] = await Promise.all([
      onBoard(server, joined.reply),
      onBoard(server, (await worker.call("POST", `/api/boards/${copy.boardId}/enter`, {})).body),
    ]);
    expect(cardWords(hers.board)).toContain("You never gave up");
    const [away] = hers.board.removedCardIds();
    must(hers.board.bringBackCard(away ?? ("" as never)));
    await until(() => workers.board.cardCount() === 3);
    expect(workers.board.linksOfGoal(workers.board.goalIds()[0] ?? ("" as never))).toHaveLength(1);
  });
}

const cardWords = (board: Board) => board.cardIdsIn("people/now").map((id) => board.card(id)?.words.text);

test("Only the owner takes a board home: a worker and a supporter are refused, a stranger finds nothing", async () => {
  const server = await aServer();
  const worker = await setUpBo(server);
  const { boardId, ana, chris, entered } = await aFullBoard(server, worker);
  const ask = (caller: Caller) => caller.call("GET", `/api/boards/${boardId}/file`);
  for (const caller of [worker, server.as({ token: entered.sessionToken }), chris.caller]) {
    const reply = await ask(caller);
    expect([reply.status, reply.body.error.kind]).toEqual([403, "not-allowed"]);
    expect(reply.headers.get("content-disposition")).toBeNull();
  }
  expect((await ask(server.as())).status).toBe(401);
  expect((await ask(server.as({ token: ana.reply.sessionToken }))).status).toBe(200);
  const other = await joinWith(server, (await makeBoard(worker)).invitation.url);
  expect((await ask(other.caller)).status).toBe(404);
});

const small = {
  format: "alongside-board",
  version: 1,
  exportedAt: "2026-11-24T10:00:00.000Z",
  title: "Ana’s board",
  languages: ["en"],
  people: [{ id: "p1", name: "Ana", role: "client", language: "en", colour: "teal" }],
  cards: [
    {
      id: "c1",
      lane: "shared",
      kind: "strength",
      words: [{ text: "I cook", said: "p1", typed: "p1", how: "typed" }],
      story: [],
      place: { area: "home", time: "now", at: { x: 12, y: 12 } },
      author: "p1",
      language: "en",
      createdAt: "2026-11-24T10:00:00.000Z",
    },
  ],
  goals: [],
  steps: [],
  readings: [],
  links: [],
};

test("A file that is no board, newer, broken or too large makes nothing, and the answer says what and where", async () => {
  const server = await aServer();
  const worker = await setUpBo(server);
  const send = async (body: unknown) => {
    const { status, body: answer } = await worker.call("POST", "/api/boards/import", body);
    return [status, answer.error.kind, answer.error.at];
  };
  expect(await send("{")).toEqual([422, "file-not-a-board", undefined]);
  expect(await send([])).toEqual([422, "file-not-a-board", undefined]);
  expect(await send({ ...small, format: "tldraw" })).toEqual([422, "file-not-a-board", undefined]);
  expect(await send({ ...small, version: 2 })).toEqual([422, "file-too-new", undefined]);
  expect(await send({ ...small, people: [] })).toEqual([422, "file-broken", "people"]);
  const [card] = small.cards;
  expect(await send({ ...small, cards: [{ ...card, kind: "tick" }] })).toEqual([422, "file-broken", "cards[0].kind"]);
  expect(await send({ ...small, cards: [{ ...card, author: "p2" }] })).toEqual([422, "file-broken", "cards[0].author"]);
  const broken = await worker.call("POST", "/api/boards/import", { ...small, cards: [card, card] });
  expect(broken.body.error.message).toMatch(/nothing was made.*cards\[1\]\.id \(same-id\)/);
  expect(await send(" ".repeat(mostBoardFileBytes + 1))).toEqual([413, "too-large", undefined]);
  expect((await worker.call("POST", "/api/boards/import", "x", { "content-type": "text/plain" })).status).toBe(400);
  expect((await worker.call("GET", "/api/home")).body.boards).toEqual([]);
  // The limit of every other call is as it was.
  const long = await worker.call("POST", "/api/boards", {
    title: "x".repeat(70_000),
    owner: { name: "A", language: "en" },
  });
  expect(long.status).toBe(413);
});

test("Nobody without a staff sign-in or an API token is listened to, however large their file", async () => {
  const server = await aServer();
  const worker = await setUpBo(server);
  const ana = await joinWith(server, (await makeBoard(worker)).invitation.url);
  for (const caller of [
    server.as(),
    ana.caller,
    server.as({ token: ana.reply.sessionToken }),
    server.as({ token: "x" }),
  ]) {
    expect((await caller.call("POST", "/api/boards/import", small)).status).toBe(401);
    expect((await caller.call("POST", "/api/boards/import", "{")).status).toBe(401);
  }
});

test("A program with an API token makes a board of a file too, and is nobody on it", async () => {
  const server = await aServer();
  // As the server itself keeps tokens: by their hash under its key.
  const { hash } = deriveKeys(Buffer.alloc(32, 7));
  await server.store.putApiToken({ tokenHash: hash("api-token", "a-token"), name: "test", createdAt: 0 });
  const made = await server.as({ token: "a-token" }).call("POST", "/api/boards/import", small);
  expect(made.status).toBe(201);
  const ana = await joinWith(server, made.body.invitation.url);
  const view: BoardView = (await ana.caller.call("GET", `/api/boards/${made.body.boardId}`)).body;
  expect(view.people.map(({ name, role, colour }) => [name, role, colour])).toEqual([["Ana", "client", "teal"]]);
});

test("When the disk fails on the way nothing is made, and the same file works once it is well", async () => {
  const memory = createMemoryStore();
  const { store, faults } = createFaultyStore(memory.store);
  const server = await aServer({ store: { ...memory, store } });
  const worker = await setUpBo(server);
  for (const fail of [faults.breakWrites, faults.breakForcing]) {
    fail("full");
    const refused = await worker.call("POST", "/api/boards/import", small);
    expect([refused.status, refused.body.error.kind]).toEqual([503, "not-storing"]);
    faults.heal();
    expect((await worker.call("GET", "/api/home")).body.boards).toEqual([]);
  }
  expect((await worker.call("POST", "/api/boards/import", small)).status).toBe(201);
  expect((await worker.call("GET", "/api/home")).body.boards).toHaveLength(1);
});

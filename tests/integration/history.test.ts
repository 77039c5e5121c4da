import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { openBoard } from "#shared/board/open-board.ts";
import type { BoardFile } from "#shared/board-file/board-file.ts";
import type {
  AuditView,
  JoinReply,
  LaneChangesView,
  LaneHistoryView,
  LaneMomentView,
  NewBoardReply,
  RestoreLaneReply,
} from "#shared/protocol/api.ts";
import { openRemoteBoard, type RemoteBoard } from "../../server/demo/demo-person.ts";
import { aCard, aGoal, must } from "../support/builders.ts";
import { type Caller, type HttpServer, joinWith, makeBoard, setUpBo, startHttp } from "./http-support.ts";

let server: HttpServer;
let made: NewBoardReply;
let ana: { readonly caller: Caller; readonly reply: JoinReply };
let bo: { readonly caller: Caller; readonly reply: JoinReply };
let hers: RemoteBoard;
let his: RemoteBoard;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  server = await startHttp();
  const caller = await setUpBo(server);
  made = await makeBoard(caller);
  ana = await joinWith(server, made.invitation.url);
  bo = { caller, reply: (await caller.call("POST", `/api/boards/${made.boardId}/enter`, {})).body };
  hers = await onBoard(ana.reply);
  his = await onBoard(bo.reply);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await server.stop();
});

async function onBoard(joined: JoinReply): Promise<RemoteBoard> {
  const remote = openRemoteBoard(server.url, { ...joined, language: "en" }, () => server.clock.now);
  closing.push(remote.close);
  await remote.synced();
  return remote;
}
const until = async (holds: () => boolean) => expect.poll(holds, { timeout: 10_000, interval: 5 }).toBe(true);
const words = (board: Board, id: CardId) => board.card(id)?.words.text;

const sharedLane = () => made.lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
const lanePath = (rest: string) => `/api/boards/${made.boardId}/lanes/${sharedLane()}/${rest}`;
const get = async <T>(caller: Caller, rest: string): Promise<T> => {
  const reply = await caller.call("GET", lanePath(rest));
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
};
const restore = (caller: Caller, body: object) => caller.call("POST", lanePath("restore"), body);
const head = async () => (await get<LaneHistoryView>(ana.caller, "history")).head;
const cardWords = (file: BoardFile) => file.cards.map((card) => card.words.map(({ text }) => text).join("")).sort();

/** Runs one person's change and waits until the other has it: it has a number in the log then. */
async function done(change: () => void, isSeen: () => boolean): Promise<number> {
  change();
  await until(isSeen);
  return head();
}

/** Ana writes two cards; Bo changes the first and adds one; Ana puts her second away. */
async function aStory() {
  let [bread, song, walk] = ["", "", ""] as CardId[] as [CardId, CardId, CardId];
  const begun = await done(
    () => {
      bread = aCard(hers.board, { words: "I bake bread" });
      song = aCard(hers.board, { words: "I sing" });
    },
    () => his.board.cardCount() === 2,
  );
  const changed = await done(
    () => {
      must(his.board.writeWords({ of: "card", id: bread, field: "words" }, "I bake bread for all"));
      walk = aCard(his.board, { words: "She walks far" });
    },
    () => hers.board.cardCount() === 3 && words(hers.board, bread) === "I bake bread for all",
  );
  const away = await done(
    () => must(hers.board.removeCard(song)),
    () => his.board.cardCount() === 2,
  );
  return { bread, song, walk, begun, changed, away };
}

test("Every change of a lane says by whose connection it came, when, and how large it was", async () => {
  const { away } = await aStory();
  const view = await get<LaneHistoryView>(ana.caller, "history");
  expect(view).toMatchObject({ head: away, more: false });
  expect(view.changes.map(({ seq }) => seq)).toEqual(view.changes.map((_, index) => index + 1));
  expect(new Set(view.changes.map(({ personId }) => personId))).toEqual(
    new Set([ana.reply.personId, bo.reply.personId]),
  );
  expect(view.changes.at(-1)).toMatchObject({ personId: ana.reply.personId, returned: false });
  expect(view.changes.every(({ bytes, at }) => bytes > 0 && Date.parse(at) > 0)).toBe(true);
  expect(JSON.stringify(view)).not.toContain("bread");

  const page = await get<LaneHistoryView>(bo.caller, "history?after=1&limit=1");
  expect(page.changes).toEqual([view.changes[1]]);
  expect(page.more).toBe(true);
});

test("A lane can be read as it was after any change, or at any moment", async () => {
  const { begun, changed, away } = await aStory();
  const first = await get<LaneMomentView>(ana.caller, `at?seq=${begun}`);
  expect(first).toMatchObject({ seq: begun, head: away });
  expect(cardWords(first.board)).toEqual(["I bake bread", "I sing"]);
  expect(first.update).toBeUndefined();
  const later = await get<LaneMomentView>(bo.caller, `at?seq=${changed}&update=1`);
  expect(cardWords(later.board)).toEqual(["I bake bread for all", "I sing", "She walks far"]);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(later.update ?? "", "base64"));
  expect(doc.getMap("cards").size).toBe(3);
  expect(cardWords((await get<LaneMomentView>(ana.caller, "at?seq=0")).board)).toEqual([]);

  const { changes } = await get<LaneHistoryView>(ana.caller, "history");
  for (const { at } of changes) {
    const last = changes.findLast((change) => change.at <= at);
    expect((await get<LaneMomentView>(ana.caller, `at?time=${at}`)).seq).toBe(last?.seq);
  }
  expect((await get<LaneMomentView>(ana.caller, "at?time=2020-01-01T00:00:00Z")).seq).toBe(0);
  expect((await get<LaneMomentView>(ana.caller, "at?time=2100-01-01T00:00:00Z")).seq).toBe(away);
});

test("Between two moments it says which records came, changed and went, and whose connections did it", async () => {
  const { bread, song, walk, begun, changed, away } = await aStory();
  const [anas, bos] = [ana.reply.personId, bo.reply.personId];
  const since = await get<LaneChangesView>(ana.caller, `changes?from=${begun}`);
  expect(since).toMatchObject({ from: begun, to: away });
  expect([...since.records].sort((a, b) => (a.what < b.what ? -1 : 1))).toMatchObject([
    { root: "cards", id: walk, what: "added", words: "She walks far", by: [bos] },
    { root: "cards", id: bread, what: "changed", words: "I bake bread for all", by: [bos] },
    { root: "cards", id: song, what: "removed", words: "I sing", by: [anas] },
  ]);
  const first = await get<LaneChangesView>(bo.caller, `changes?to=${begun}`);
  expect(first.records.map(({ what, by }) => [what, by])).toEqual([
    ["added", [anas]],
    ["added", [anas]],
  ]);
  expect((await get<LaneChangesView>(ana.caller, `changes?from=${changed}&to=${changed}`)).records).toEqual([]);
});

describe("bringing a lane back", () => {
  test("is a new change that everyone sees at once; it says first whose work it undoes, and can be undone", async () => {
    const { bread, song, walk, begun, away } = await aStory();
    const preview = (await restore(ana.caller, { seq: begun, preview: true })).body as RestoreLaneReply;
    expect(preview).toMatchObject({ seq: begun, head: away, done: false });
    expect([...preview.records].sort((a, b) => (a.what < b.what ? -1 : 1))).toMatchObject([
      { id: song, what: "added", by: [ana.reply.personId] },
      { id: bread, what: "changed", words: "I bake bread", by: [bo.reply.personId] },
      { id: walk, what: "removed", by: [bo.reply.personId] },
    ]);
    expect(words(his.board, bread)).toBe("I bake bread for all");

    const back = (await restore(ana.caller, { seq: begun, head: away })).body as RestoreLaneReply;
    expect(back).toMatchObject({ done: true, records: preview.records });
    expect(back.head).toBeGreaterThan(away);
    for (const { board } of [hers, his]) {
      await until(() => words(board, bread) === "I bake bread" && board.cardCount() === 2);
      expect(words(board, song)).toBe("I sing");
      expect(board.card(walk)).toBeUndefined();
      // The words came back with whose they were.
      expect(board.card(bread)?.words.runs.every(({ typed }) => typed === ana.reply.personId)).toBe(true);
    }
    const { changes } = await get<LaneHistoryView>(ana.caller, `history?after=${away}`);
    expect(changes.every(({ personId }) => personId === ana.reply.personId)).toBe(true);

    // Nothing was lost by it: what it undid comes back in the same way.
    expect((await restore(bo.caller, { seq: away, head: back.head })).status).toBe(200);
    for (const { board } of [hers, his]) {
      await until(() => words(board, bread) === "I bake bread for all" && words(board, walk) === "She walks far");
      expect(board.card(song)?.removed).toBeDefined();
      expect(board.card(walk)?.author).toBe(bo.reply.personId);
    }
    expect(cardWords((await get<LaneMomentView>(ana.caller, `at?seq=${begun}`)).board)).toEqual([
      "I bake bread",
      "I sing",
    ]);
  });

  test("is refused when somebody has changed the lane since it was looked at, and without having looked", async () => {
    const { begun, away } = await aStory();
    const moved = await done(
      () => void aCard(his.board, { words: "Meanwhile" }),
      () => hers.board.cardCount() === 3,
    );
    expect((await restore(ana.caller, { seq: begun, head: away })).body.error.kind).toBe("history-moved-on");
    expect((await restore(ana.caller, { seq: begun })).body.error.kind).toBe("bad-request");
    expect((await restore(ana.caller, { seq: moved + 1, head: moved })).status).toBe(404);
    expect(his.board.cardCount()).toBe(3);
  });

  test("changes nothing where nothing differs, and brings a goal with its long words back too", async () => {
    const goal = aGoal(hers.board);
    await until(() => his.board.goalIds().length === 1);
    const before = await head();
    expect((await restore(ana.caller, { seq: before, head: before })).body).toMatchObject({
      head: before,
      records: [],
    });

    must(his.board.setGoalState(goal, "paused", "Until the letter is here"));
    must(his.board.writeWords({ of: "goal", id: goal, field: "zero" }, "Nothing goes"));
    await until(() => hers.board.goal(goal)?.state === "paused");
    await until(() => hers.board.goal(goal)?.zero.text === "Nothing goes");
    const now = await head();
    const back = (await restore(ana.caller, { seq: before, head: now })).body as RestoreLaneReply;
    expect(back.records).toMatchObject([{ root: "goals", id: goal, what: "changed", by: [bo.reply.personId] }]);
    await until(() => his.board.goal(goal)?.state !== "paused" && his.board.goal(goal)?.zero.text === "");
  });
});

test("[R4] A restore of much goes in pieces that the relay takes", async () => {
  const long = "A strength that takes many words to tell. ".repeat(40);
  for (let each = 0; each < 120; each += 1) aCard(hers.board, { words: `${each} ${long}` });
  await until(() => his.board.cardCount() === 120);
  const full = await head();
  const empty = await restore(ana.caller, { seq: 0, head: full });
  expect(empty.body.records).toHaveLength(120);
  await until(() => his.board.cardCount() === 0);
  const back = await restore(bo.caller, { seq: full, head: empty.body.head });
  expect(back.status).toBe(200);
  await until(() => hers.board.cardCount() === 120);
  const { changes } = await get<LaneHistoryView>(ana.caller, `history?after=${empty.body.head}`);
  expect(changes.length).toBeGreaterThan(2);
  expect(Math.max(...changes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(64 * 1024);
});

describe("who may look", () => {
  const guest = async (body: object) => {
    const reply = await ana.caller.call("POST", `/api/boards/${made.boardId}/invitations`, {
      name: "Mere",
      language: "mi",
      ...body,
    });
    return (await joinWith(server, reply.body.url)).caller;
  };

  test("whoever may read the lane may read its past, and nobody else learns that there is one", async () => {
    const { begun } = await aStory();
    const interpreter = await guest({ role: "interpreter" });
    expect(cardWords((await get<LaneMomentView>(interpreter, `at?seq=${begun}`)).board)).toHaveLength(2);
    const offers = made.lanes.find(({ kind }) => kind === "offers")?.laneId;
    const supervisor = await guest({ role: "supervisor" });
    for (const rest of ["history", "at?seq=1", "changes"]) {
      expect((await supervisor.call("GET", lanePath(rest))).status).toBe(404);
      const theirs = `/api/boards/${made.boardId}/lanes/${offers}/${rest}`;
      expect((await interpreter.call("GET", theirs)).status).toBe(404);
      expect((await server.as().call("GET", lanePath(rest))).status).toBe(401);
      expect((await ana.caller.call("GET", `/api/boards/${made.boardId}/lanes/no-such-lane/${rest}`)).status).toBe(404);
    }
    expect((await restore(interpreter, { seq: begun, preview: true })).status).toBe(403);
    const writer = await guest({ role: "supporter", lanes: [{ laneId: sharedLane(), access: "write" }] });
    expect((await restore(writer, { seq: begun, preview: true })).status).toBe(403);
  });

  test("another board's lane is not found, also by somebody who is on both", async () => {
    const other = await makeBoard(bo.caller);
    const path = `/api/boards/${other.boardId}/lanes/${sharedLane()}/history`;
    expect((await bo.caller.call("GET", path)).status).toBe(404);
  });

  test("what cannot be meant is refused, and every look is in the audit", async () => {
    const { begun, away } = await aStory();
    for (const rest of ["at", "at?seq=x", "at?seq=1&time=2026-01-01T00:00:00Z", "at?time=yesterday", "at?seq=-1"]) {
      expect((await ana.caller.call("GET", lanePath(rest))).status, rest).toBe(400);
    }
    expect((await ana.caller.call("GET", lanePath(`at?seq=${away + 1}`))).status).toBe(404);
    expect((await ana.caller.call("GET", lanePath(`changes?from=${away}&to=${begun}`))).status).toBe(400);
    expect((await restore(ana.caller, { seq: 1.5, preview: true })).status).toBe(400);

    await get(bo.caller, `at?seq=${begun}`);
    await restore(bo.caller, { seq: begun, head: away });
    const audit = (await ana.caller.call("GET", `/api/boards/${made.boardId}/audit`)).body as AuditView;
    const bos = audit.entries.filter(({ personId }) => personId === bo.reply.personId);
    expect(bos).toContainEqual(
      expect.objectContaining({ action: "history-read", laneId: sharedLane(), from: begun, to: begun }),
    );
    expect(bos).toContainEqual(expect.objectContaining({ action: "lane-restored", laneId: sharedLane(), from: begun }));
  });
});

test("A board file of a moment reads as the board did on a device then", async () => {
  const { begun } = await aStory();
  const { update = "" } = await get<LaneMomentView>(ana.caller, `at?seq=${begun}&update=1`);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, "base64"));
  const lane = { laneId: sharedLane() as never, kind: "shared", access: "read", doc } as const;
  const board = openBoard([lane], {
    me: ana.reply.personId,
    language: () => "en",
    now: () => 0,
    today: () => "2026-11-22",
    random: () => {},
    schedule: () => {},
  });
  expect(board.cardCount()).toBe(2);
  board.close();
});

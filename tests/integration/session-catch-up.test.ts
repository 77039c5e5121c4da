import { expect, test } from "vitest";
import * as Y from "yjs";
import type { BoardView } from "#shared/protocol/api.ts";
import { limits } from "#shared/protocol/limits.ts";
import { fail, ok } from "#shared/result.ts";
import type { SessionWorld } from "../../client/session/open-session.ts";
import { bearer, callApi } from "../../server/demo/demo-person.ts";
import { aBoard, joinAsProgram } from "../support/person.ts";
import { startServer } from "../support/start-server.ts";
import { addCard, type Device, openDevice, saved, sessionTest, until } from "./session-support.ts";

const { faults, ana, bo } = sessionTest();
type CallMethod = Parameters<SessionWorld["call"]>[0];

const docOf = ({ session }: Device) => session.awareness.doc;
const isOffline = (device: Device) => until(() => expect(device.session.status().status).toBe("offline"));
/** That long in words, none of them twice: a text that packs badly, as people's do. */
const words = (length: number) => {
  let text = "";
  for (let word = 0; text.length < length; word += 1) text += `word${word} `;
  return text.slice(0, length);
};
/** Hours of writing: cards made, and written on over and over. `edits` changes of about `letters` letters each. */
function writeFor(device: Device, edits: number, letters: number) {
  const cards = Array.from({ length: 200 }, (_, index) => addCard(device, `Card ${index}`));
  for (let edit = 0; edit < edits; edit += 1) {
    const id = cards[edit % cards.length] as (typeof cards)[number];
    const before = device.session.board.card(id)?.words.text ?? "";
    // Short texts have an end; what was there is written over.
    const text = before.length + letters < limits.wordsLength ? before + words(letters) : words(letters);
    const done = device.session.board.writeWords({ of: "card", id, field: "words" }, text);
    if (!done.ok) throw new Error(done.error.kind);
  }
}
const same = (a: Device, b: Device) =>
  until(() => {
    expect(Y.encodeStateVector(docOf(b))).toEqual(Y.encodeStateVector(docOf(a)));
    expect(b.session.board.records()).toEqual(a.session.board.records());
  });

test("[R4] hours of writing without a connection come back in pieces, and read saved only then", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await isOffline(a);
  writeFor(a, 10_000, 300);
  expect(Y.encodeStateAsUpdate(docOf(a)).length).toBeGreaterThan(1_500_000);
  expect(a.session.saveState()).toEqual({ state: "not-saved", count: 200, storing: true });
  const before = a.sent.length;
  a.setPlugged(true);
  await saved(a);
  expect(Math.max(...a.sent.slice(before))).toBeLessThanOrEqual(limits.updateBytes + 16);
  await same(a, b);
  // Whoever joins now gets it from the store alone.
  a.setPlugged(false);
  const c = await bo();
  await saved(c);
  await same(a, c);
}, 120_000);

test("[R2] a catch-up that is cut off goes on where it was, and nothing reads saved in between", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await isOffline(a);
  writeFor(a, 4_000, 100);
  const wholeClock = Y.getState(docOf(a).store, docOf(a).clientID);
  let [cuts, clock] = [0, 0];
  while (cuts < 4) {
    const sentBefore = a.sent.length;
    a.setPlugged(true);
    // Some pieces of it, and by far not all.
    await until(() => expect(a.sent.length).toBeGreaterThan(sentBefore + 3));
    a.setPlugged(false);
    cuts += 1;
    expect(a.session.saveState().state).not.toBe("saved");
    const now = Y.getState(docOf(b).store, docOf(a).clientID);
    expect(now).toBeGreaterThanOrEqual(clock);
    clock = now;
  }
  expect(clock).toBeLessThan(wholeClock);
  a.setPlugged(true);
  await saved(a);
  await same(a, b);
}, 120_000);

test("[R1] a server killed in the middle of a catch-up, twice, has all of it in the end, once", async () => {
  const server = await startServer();
  const board = await aBoard(server, { name: "Ana", language: "en" });
  const { sessionToken } = await joinAsProgram(server, board.ownerLink);
  const call: SessionWorld["call"] = async <Reply>(method: CallMethod, path: string, body?: unknown) => {
    const reply = await callApi<Reply>(server.url, method, path, body, bearer(sessionToken)).catch(() => undefined);
    return reply !== undefined ? ok(reply as Reply) : fail({ kind: "offline" as const });
  };
  const view = await call<BoardView>("GET", `/api/boards/${board.boardId}`);
  if (!view.ok) return expect.fail();
  const a = openDevice(server.url, view.value, sessionToken, call);
  try {
    await saved(a);
    a.setPlugged(false);
    await isOffline(a);
    writeFor(a, 3_000, 100);
    for (const _kill of [1, 2]) {
      const before = a.sent.length;
      a.setPlugged(true);
      await until(() => expect(a.sent.length).toBeGreaterThan(before + 3));
      await server.kill();
      a.setPlugged(false);
      expect(a.session.saveState().state).not.toBe("saved");
      await server.restart();
    }
    a.setPlugged(true);
    await saved(a);
    const b = openDevice(server.url, view.value, sessionToken, call);
    try {
      await saved(b);
      await same(a, b);
    } finally {
      b.session.close();
    }
  } finally {
    a.session.close();
    await server.close();
  }
}, 120_000);

test("[R2] whoever writes on while their backlog travels has all of it saved", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await isOffline(a);
  writeFor(a, 3_000, 100);
  a.setPlugged(true);
  const added: ReturnType<typeof addCard>[] = [];
  // From before the relay has asked for the backlog, when what is written hangs on what it lacks, to the end.
  await until(() => {
    if (added.length < 40) added.push(addCard(a, `Meanwhile ${added.length}`));
    expect(added.length).toBe(40);
    expect(a.session.saveState()).toEqual({ state: "saved" });
  });
  expect(a.session.refusal()).toBeUndefined();
  await same(a, b);
});

test("[R4] a paste of 400 KB is taken in pieces while others write", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  // The board's own door takes no text this long in one card; a story does, and many cards at once do.
  const story = new Y.XmlFragment();
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.insert(0, [new Y.XmlText(words(400_000))]);
  story.insert(0, [paragraph]);
  const id = addCard(a, "With a long story");
  const before = a.sent.length;
  (docOf(a).getMap("cards").get(id) as Y.Map<unknown>).set("story", story);
  const theirs = addCard(b, "Meanwhile");
  const after = addCard(a, "And right after it");
  await saved(a);
  expect(a.sent.slice(before).length).toBeGreaterThan(6);
  await until(() => expect(b.session.board.card(after)?.words.text).toBe("And right after it"));
  expect(a.session.board.card(theirs)?.words.text).toBe("Meanwhile");
  await same(a, b);
});

test("[R2] a disk that fails in the middle of a catch-up keeps it from reading saved, until it heals", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await isOffline(a);
  writeFor(a, 4_000, 100);
  const before = a.sent.length;
  a.setPlugged(true);
  await until(() => expect(a.sent.length).toBeGreaterThan(before + 3));
  faults().breakWrites("full");
  await until(() => expect(a.session.saveState()).toMatchObject({ state: "not-saved", storing: false }));
  addCard(a, "Written while the disk was full");
  faults().heal();
  await saved(a);
  await same(a, b);
}, 120_000);

import { expect, test } from "vitest";
import { joinWith } from "./http-support.ts";
import { addCard, saved, sessionTest, until } from "./session-support.ts";

const { server, faults, made, open, ana, bo } = sessionTest();

test("[R2] a card reads saved on one device and stands on the other", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  const id = addCard(a, "Up at five");
  expect(a.session.saveState().state).not.toBe("saved");
  await saved(a);
  await until(() => expect(b.session.board.card(id)?.words.text).toBe("Up at five"));
  expect(b.session.board.card(id)?.language).toBe("ar");
  expect(b.session.status()).toEqual({ status: "live" });
});

test("[R5] each sees who the other is, as the relay says, and what they do", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  b.session.setDoing({ editing: { key: "card:1:words", since: 1 } });
  await until(() => {
    const [other] = a.session.others();
    expect(other?.presence.person).toMatchObject({ name: "Bo Berg", role: "worker" });
    expect(other?.presence.editing?.key).toBe("card:1:words");
  });
  b.session.setDoing({ editing: undefined });
  await until(() => expect(a.session.others()[0]?.presence.editing).toBeUndefined());
  b.session.close();
  await until(() => expect(a.session.others()).toEqual([]));
});

test("what is written without a connection is counted, and saved when it is back", async () => {
  const [a, b] = [await ana(), await bo()];
  await Promise.all([saved(a), saved(b)]);
  a.setPlugged(false);
  await until(() => expect(a.session.status().status).toBe("offline"));
  expect(a.session.saveState()).toEqual({ state: "not-saved", count: 0, storing: true });
  const ids = ["One", "Two"].map((words) => addCard(a, words));
  await until(() => expect(a.session.saveState()).toMatchObject({ state: "not-saved", storing: true }));
  expect(a.session.saveState()).toHaveProperty("count", 2);
  const theirs = addCard(b, "Three");
  a.setPlugged(true);
  await saved(a);
  await until(() => expect(ids.map((id) => b.session.board.card(id)?.words.text)).toEqual(["One", "Two"]));
  expect(a.session.board.card(theirs)?.words.text).toBe("Three");
});

test("[R2] a relay that cannot write is named as the cause, and what waited is saved when it heals", async () => {
  const a = await ana();
  await saved(a);
  faults().breakWrites("full");
  addCard(a, "Not yet");
  await until(() => expect(a.session.saveState()).toEqual({ state: "not-saved", count: 1, storing: false }));
  faults().heal();
  await saved(a);
});

test("[R8] somebody who is removed is told so, and the board stops", async () => {
  const { caller, reply } = await joinWith(server(), made().invitation.url);
  const [a, b] = [await open(caller, reply.sessionToken), await bo()];
  await Promise.all([saved(a), saved(b)]);
  await caller.call("DELETE", `/api/boards/${made().boardId}/people/${b.session.view().me}`);
  await until(() => expect(b.session.status()).toEqual({ status: "refused", reason: "removed" }));
  // And whoever stays hears that the people changed.
  await until(() => expect(a.session.person(b.session.view().me)?.standing).toBe("gone"));
});

test("[R8] a change that the relay refuses never reads saved, and the board begins anew without it", async () => {
  const { caller, reply } = await joinWith(server(), made().invitation.url);
  const asked = await caller.call("POST", `/api/boards/${made().boardId}/invitations`, {
    name: "Beryl",
    role: "supporter",
    language: "en",
  });
  const joined = await joinWith(server(), asked.body.url);
  const beryl = await open(joined.caller, joined.reply.sessionToken);
  const a = await open(caller, reply.sessionToken);
  await Promise.all([saved(beryl), saved(a)]);
  // The board's own door would not let a reader write; a broken device might.
  beryl.session.awareness.doc.getMap("cards").set("forged", 1);
  await until(() => expect(beryl.session.refusal()).toBe("read-only"));
  expect(beryl.session.saveState()).toMatchObject({ state: "not-saved", count: 1 });
  expect(a.session.awareness.doc.getMap("cards").size).toBe(0);
  await until(() => expect(beryl.session.isSpent()).toBe(true));
  beryl.session.close();

  const again = await open(joined.caller, joined.reply.sessionToken);
  await saved(again);
  const [notTaken] = again.session.notTaken();
  expect(notTaken).toMatchObject({ kind: "read-only", items: [], unreadable: 1 });
  if (notTaken) await again.session.letGo(notTaken);
  expect(again.session.notTaken()).toEqual([]);
});

test("[R3] a board refused three times over is left as it is on the device, until its person tries again", async () => {
  const { caller, reply } = await joinWith(server(), made().invitation.url);
  const asked = await caller.call("POST", `/api/boards/${made().boardId}/invitations`, {
    name: "Beryl",
    role: "supporter",
    language: "en",
  });
  const joined = await joinWith(server(), asked.body.url);
  const a = await open(caller, reply.sessionToken);
  await saved(a);
  for (const time of [1, 2, 3]) {
    const beryl = await open(joined.caller, joined.reply.sessionToken);
    await saved(beryl);
    expect(beryl.session.notTaken()).toHaveLength(time - 1);
    beryl.session.awareness.doc.getMap("cards").set("forged", time);
    await until(() => expect(beryl.session.isSpent()).toBe(true));
    beryl.session.close();
  }
  const beryl = await open(joined.caller, joined.reply.sessionToken);
  await saved(beryl);
  const theirs = addCard(a, "Up at five");
  await until(() => expect(beryl.session.board.card(theirs)?.words.text).toBe("Up at five"));
  beryl.session.awareness.doc.getMap("cards").set("forged", 4);
  await until(() => expect(beryl.session.trouble()).toEqual({ kind: "refused-often" }));
  expect(beryl.session.isSpent()).toBe(false);
  expect(beryl.session.status().status).toBe("offline");
  expect(beryl.session.board.card(theirs)?.words.text).toBe("Up at five");
  // It tries when asked to, and not before.
  beryl.session.tryAgain();
  expect(beryl.session.trouble()).toBeUndefined();
  await until(() => expect(beryl.session.trouble()).toEqual({ kind: "refused-often" }));
  for (const notTaken of beryl.session.notTaken()) await beryl.session.letGo(notTaken);
});

test("a board that cannot be reached on a device without a copy says so, and opens when it can", async () => {
  const { caller, reply } = await joinWith(server(), made().invitation.url);
  const a = await open(caller, reply.sessionToken);
  a.setPlugged(false);
  await until(() => expect(a.session.status().status).toBe("unreachable"));
  expect(a.session.saveState().state).not.toBe("saved");
  a.setPlugged(true);
  await saved(a);
  expect(a.session.status()).toEqual({ status: "live" });
});

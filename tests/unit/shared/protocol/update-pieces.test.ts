import { expect, test } from "vitest";
import * as Y from "yjs";
import { piecesOf } from "#shared/protocol/update-pieces.ts";

const roomy = { bytes: 64 * 1024, structs: 512, deletions: 4_096 };

/** Applies piece by piece; none may wait for another. */
function applied(pieces: readonly Uint8Array[], doc = new Y.Doc()): Y.Doc {
  for (const piece of pieces) {
    Y.applyUpdate(doc, piece);
    expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
  }
  return doc;
}
const isSame = (a: Y.Doc, b: Y.Doc) => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));

test("[R4] an update that fits comes back as it is", () => {
  const doc = new Y.Doc();
  doc.getText("words").insert(0, "hello");
  const update = Y.encodeStateAsUpdate(doc);
  expect(piecesOf(update, roomy)).toEqual([update]);
  expect(piecesOf(update, roomy)[0]).toBe(update);
  expect(piecesOf(update, { bytes: update.length, structs: 1, deletions: 0 })[0]).toBe(update);
});

test("[R4] work of days offline goes in pieces of the size, the structs and the deletions that a relay takes", () => {
  const doc = new Y.Doc();
  const cards = doc.getMap<Y.Map<unknown>>("cards");
  for (let at = 0; at < 800; at++) {
    const card = new Y.Map<unknown>();
    cards.set(`card ${at}`, card);
    card.set("words", new Y.Text(`My grandmother Ruth helps me, ${at}`));
    card.set("at", { x: at, y: at });
    if (at % 3 === 0) card.set("at", { x: 0, y: 0 });
    if (at % 7 === 0) cards.delete(`card ${at - 1}`);
  }
  const update = Y.encodeStateAsUpdate(doc);
  const bounds = { bytes: 8_000, structs: 100, deletions: 20 };
  const pieces = piecesOf(update, bounds);
  expect(pieces.length).toBeGreaterThan(update.length / bounds.bytes);
  for (const piece of pieces) {
    expect(piece.length).toBeLessThanOrEqual(bounds.bytes);
    const { structs, ds } = Y.decodeUpdate(piece);
    expect(structs.length).toBeLessThanOrEqual(bounds.structs);
    expect([...ds.clients.values()].flat().length).toBeLessThanOrEqual(bounds.deletions);
  }
  const received = applied(pieces);
  expect(isSame(received, doc)).toBe(true);
  expect(received.getMap("cards").toJSON()).toEqual(cards.toJSON());
});

test("[R4] two people's words that hang on each other stay in order, whoever's number is higher", () => {
  for (const [ana, bo] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const [first, second] = [ana, bo].map((clientID) => Object.assign(new Y.Doc(), { clientID })) as [Y.Doc, Y.Doc];
    for (let turn = 0; turn < 60; turn++) {
      const [from, to] = turn % 2 === 0 ? [first, second] : [second, first];
      from.getText("words").insert(from.getText("words").length >> 1, `${turn} `);
      Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
    }
    const pieces = piecesOf(Y.encodeStateAsUpdate(first), { bytes: 200, structs: 3, deletions: 5 });
    expect(pieces.length).toBeGreaterThan(15);
    expect(applied(pieces).getText("words").toJSON()).toBe(first.getText("words").toJSON());
  }
});

test("[R4] a long story is cut, and no letter of it in two", () => {
  const doc = new Y.Doc();
  // Odd at the front, so that halves would fall inside of letters.
  const story = `a${"😀".repeat(5_000)}`;
  doc.getText("words").insert(0, story);
  doc.getArray("list").insert(
    0,
    Array.from({ length: 2_000 }, (_, at) => at),
  );
  const pieces = piecesOf(Y.encodeStateAsUpdate(doc), { ...roomy, bytes: 2_000 });
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(2_000);
  const received = applied(pieces);
  expect(received.getText("words").toJSON()).toBe(story);
  expect(received.getArray("list").toJSON()).toEqual(doc.getArray("list").toJSON());
  // Merged again, it weighs what it did.
  expect(Y.encodeStateAsUpdate(received)).toEqual(Y.encodeStateAsUpdate(doc));
});

test("[R4] one value larger than a piece travels in a piece of its own", () => {
  const doc = new Y.Doc();
  const cards = doc.getMap("cards");
  cards.set("before", 1);
  cards.set("picture", new Uint8Array(3_000));
  cards.set("after", 2);
  const pieces = piecesOf(Y.encodeStateAsUpdate(doc), { ...roomy, bytes: 1_000 });
  expect(pieces.map((piece) => piece.length > 1_000)).toEqual([false, true, false]);
  expect(isSame(applied(pieces), doc)).toBe(true);
});

test("[R4] what a piece brings deleted it deletes, and deletions of what is there already come last", () => {
  // One that undoes keeps the words that it deleted.
  const doc = Object.assign(new Y.Doc({ gc: false }), { clientID: 1 });
  const text = doc.getText("words");
  text.insert(0, "known before");
  const known = Y.encodeStateAsUpdate(doc);
  const vector = Y.encodeStateVector(doc);
  for (let at = 0; at < 6; at++) text.delete(at, 1);
  for (let at = 0; at < 40; at++) {
    text.insert(0, "xy");
    text.delete(1, 1);
  }
  const pieces = piecesOf(Y.encodeStateAsUpdate(doc, vector), { bytes: 300, structs: 10, deletions: 6 });
  const received = new Y.Doc();
  Y.applyUpdate(received, known);
  for (const piece of pieces) {
    applied([piece], received);
    expect(received.getText("words").toJSON(), "nothing shows up to go again").not.toContain("y");
  }
  expect(received.getText("words").toJSON()).toBe(text.toJSON());
  expect(isSame(received, doc)).toBe(true);
});

test("[R4] an update with holes comes out as pieces that wait for the same, and are whole with what is missing", () => {
  const doc = Object.assign(new Y.Doc(), { clientID: 1 });
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let at = 0; at < 30; at++) doc.getText("words").insert(at, "a");
  const holed = Y.mergeUpdates(updates.filter((_, at) => at !== 10));
  const received = new Y.Doc();
  for (const piece of piecesOf(holed, { bytes: 100, structs: 1, deletions: 1 })) Y.applyUpdate(received, piece);
  expect(received.getText("words").length).toBe(10);
  Y.applyUpdate(received, updates[10] as Uint8Array);
  expect(isSame(received, doc)).toBe(true);
});

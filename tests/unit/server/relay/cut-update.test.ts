import { expect, test } from "vitest";
import * as Y from "yjs";
import { cutUpdate } from "../../../../server/relay/cut-update.ts";
import { type ReadUpdate, readUpdate } from "../../../../server/relay/update-reader.ts";
import { createSeeded } from "../../../support/seeded.ts";

const wide = { bytes: 2 ** 30, structs: 2 ** 30, deletions: 2 ** 30 };
const read = (bytes: Uint8Array): ReadUpdate => {
  const result = readUpdate(bytes, wide);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

/** Several people who write into each other's records and words, so that their changes hang on each other both ways. */
function aBusyLane(seed: number): Y.Doc {
  const random = createSeeded(seed);
  const docs = Array.from({ length: 4 }, () => new Y.Doc());
  for (let step = 0; step < 1_200; step++) {
    const doc = random.pick(docs);
    const cards = doc.getMap<Y.Map<unknown>>("cards");
    const card = cards.get(`card-${random.whole(12)}`);
    if (!card || random.chance(0.1)) {
      const fresh = new Y.Map<unknown>([["story", new Y.Text("born")]]);
      cards.set(`card-${random.whole(12)}`, fresh);
    } else if (step % 10 === 0) cards.delete(`card-${random.whole(12)}`);
    else {
      const story = card.get("story") as Y.Text;
      if (random.chance(0.3) && story.length > 4) story.delete(random.whole(story.length - 3), 3);
      else story.insert(random.whole(story.length + 1), `words ${step} `);
    }
    if (random.chance(0.5)) Y.applyUpdate(random.pick(docs), Y.encodeStateAsUpdate(doc));
  }
  const [first, ...others] = docs as [Y.Doc, ...Y.Doc[]];
  for (const other of others) Y.applyUpdate(first, Y.encodeStateAsUpdate(other));
  return first;
}

test.each([1, 2, 3, 4, 5])(
  "[R6] a lane cut in pieces is the same lane, and no piece waits for a later one (seed %i)",
  (seed) => {
    const doc = aBusyLane(seed);
    const whole = Y.encodeStateAsUpdate(doc);
    for (const pieceBytes of [50, 300, 1_000]) {
      const pieces = cutUpdate(read(whole), () => 0, pieceBytes);
      expect(pieces.length).toBeGreaterThan(1);
      const copy = new Y.Doc();
      for (const piece of pieces) {
        expect(readUpdate(piece, wide).ok).toBe(true);
        Y.applyUpdate(copy, piece);
        expect([copy.store.pendingStructs, copy.store.pendingDs]).toEqual([null, null]);
      }
      expect(Y.encodeStateAsUpdate(copy)).toEqual(whole);
    }
  },
);

test("[R6] what somebody lacks is cut for what they have", () => {
  const doc = aBusyLane(6);
  const before = Y.encodeStateAsUpdate(doc);
  const vector = Y.encodeStateVector(doc);
  for (let at = 0; at < 50; at++) doc.getText("story").insert(at, "more words ");
  doc.getText("story").delete(20, 30);
  const clocks = Y.decodeStateVector(vector);
  const pieces = cutUpdate(read(Y.encodeStateAsUpdate(doc, vector)), (client) => clocks.get(client) ?? 0, 100);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, before);
  for (const piece of pieces) {
    Y.applyUpdate(copy, piece);
    expect(copy.store.pendingStructs).toBeNull();
  }
  expect(Y.encodeStateAsUpdate(copy)).toEqual(Y.encodeStateAsUpdate(doc));
});

test("[R6] an update that fits stays as it is, and so does one that hangs on what is not there", () => {
  const doc = new Y.Doc();
  doc.getText("story").insert(0, "words");
  const vector = Y.encodeStateVector(doc);
  for (let at = 0; at < 20; at++) doc.getText("story").insert(0, "more");
  const whole = Y.encodeStateAsUpdate(doc);
  expect(cutUpdate(read(whole), () => 0, 10_000)).toEqual([whole]);
  const dangling = Y.encodeStateAsUpdate(doc, vector);
  expect(cutUpdate(read(dangling), () => 0, 50)).toEqual([dangling]);
});

import { expect, test } from "vitest";
import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { bringBack } from "../../server/history/bring-back.ts";
import { recordRoots } from "../../server/history/record-roots.ts";
import { createSeeded, type Seeded } from "../support/seeded.ts";

const runs = 150;
const pick = <T>(random: Seeded, list: readonly T[]): T => list[random.whole(list.length)] as T;
const letters = ["a", "b c", "خبز", "🍞", "x".repeat(30)];
const authors = [undefined, { run: { said: "ana", how: "typed" } }, { run: { said: "bo", how: "scribed" } }];

/** One change as boards make them: records come, go and change; short and long words are written in by several. */
function change(doc: Y.Doc, random: Seeded): void {
  const root = doc.getMap<Y.Map<unknown>>(pick(random, recordRoots));
  const id = `r${random.whole(6)}`;
  const record = root.get(id);
  if (!record) {
    const text = new Y.Text();
    const story = new Y.XmlFragment();
    root.set(
      id,
      new Y.Map<unknown>([
        ["place", { x: random.whole(9) }],
        ["words", text],
        ["story", story],
      ]),
    );
    return;
  }
  const [text, story] = [record.get("words"), record.get("story")];
  const what = random.whole(7);
  if (what === 0) root.delete(id);
  else if (what === 1) record.set("place", { y: random.whole(9), x: 1 });
  else if (what === 2) record.delete("place");
  else if (what === 3 && text instanceof Y.Text)
    text.insert(random.whole(text.length + 1), pick(random, letters), pick(random, authors) ?? {});
  else if (what === 4 && text instanceof Y.Text && text.length > 0) text.delete(0, 1 + random.whole(text.length));
  else if (what === 5 && story instanceof Y.XmlFragment) {
    const paragraph = new Y.XmlElement("paragraph");
    story.insert(random.whole(story.length + 1), [paragraph]);
    const words = new Y.XmlText();
    paragraph.insert(0, [words]);
    words.insert(0, pick(random, letters), pick(random, authors) ?? {});
  } else if (story instanceof Y.XmlFragment && story.length > 0) {
    const paragraph = story.get(random.whole(story.length));
    const words = paragraph instanceof Y.XmlElement ? paragraph.get(0) : undefined;
    if (words instanceof Y.XmlText && random.whole(2) === 0)
      words.insert(0, pick(random, letters), pick(random, authors) ?? {});
    else story.delete(0, 1);
  }
}

/** All that can be read of a document, runs included. */
function read(doc: Y.Doc): unknown {
  const shape = (value: unknown): unknown => {
    if (value instanceof Y.Map)
      return Object.fromEntries([...value.entries()].sort().map(([key, each]) => [key, shape(each)]));
    if (value instanceof Y.XmlText || value instanceof Y.Text) return value.toDelta();
    if (value instanceof Y.XmlElement) return [value.nodeName, value.getAttributes(), value.toArray().map(shape)];
    if (value instanceof Y.XmlFragment) return value.toArray().map(shape);
    return value;
  };
  return recordRoots.map((root) => [root, shape(doc.getMap(root))]);
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  keepMarks(copy);
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

test(`Whatever was done since, a lane brought back reads as it did then, on every device (${runs} runs)`, () => {
  for (let seed = 1; seed <= runs; seed += 1) {
    const random = createSeeded(seed);
    const doc = new Y.Doc();
    keepMarks(doc);
    for (let n = random.whole(40); n > 0; n -= 1) change(doc, random);
    const then = copyOf(doc);
    for (let n = random.whole(40); n > 0; n -= 1) change(doc, random);

    // As the server does it: in a copy, under a client of its own, and sent to everybody.
    const now = copyOf(doc);
    const before = read(now);
    const updates: Uint8Array[] = [];
    now.on("update", (update: Uint8Array) => updates.push(update));
    const changed = bringBack(now, then, "board:restore");
    for (const update of updates) Y.applyUpdate(doc, update);
    expect(read(now), `seed ${seed}`).toEqual(read(then));
    expect(read(doc), `seed ${seed}`).toEqual(read(then));
    // It says that it changed something exactly when it did, and doing it twice does nothing.
    expect(changed.size > 0, `seed ${seed}`).toBe(JSON.stringify(before) !== JSON.stringify(read(then)));
    expect(bringBack(now, then, "board:restore").size, `seed ${seed}`).toBe(0);
    expect(updates.length, `seed ${seed}`).toBe(changed.size > 0 ? 1 : 0);
  }
});

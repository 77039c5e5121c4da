import fc from "fast-check";
import { expect, test } from "vitest";
import { authoredChange, type Stretch } from "../../../../client/editor/authored-change.ts";

const ana = { said: "ana", typed: "ana", how: "typed" };
const bo = { said: "bo", typed: "bo", how: "typed" };

const letters = (stretches: readonly Stretch[]) =>
  stretches.flatMap(({ text, run }) =>
    [...text].map((letter) => `${letter}${(run as typeof ana | null)?.said ?? "?"}`),
  );

test("a letter typed beside its twin is the writer's, and the twin stays whose it was", () => {
  const after = [
    { text: "he", run: bo },
    { text: "l", run: ana },
    { text: "lo", run: bo },
  ];
  expect(authoredChange([{ text: "helo", run: bo }], after)).toEqual({
    index: 2,
    deleted: 0,
    inserted: [{ text: "l", run: ana }],
  });
});

test("of two twins the one that was taken away goes", () => {
  const before = [
    { text: "al", run: bo },
    { text: "l", run: ana },
  ];
  const after = [
    { text: "a", run: bo },
    { text: "l", run: ana },
  ];
  expect(authoredChange(before, after)).toEqual({ index: 1, deleted: 1, inserted: [] });
});

test("a run that says more than the editor knows counts as the same", () => {
  const change = authoredChange([{ text: "come", run: { ...bo, heard: 3 } }], [{ text: "come", run: bo }]);
  expect(change).toBeUndefined();
});

test("letters of two units are never cut", () => {
  const change = authoredChange([{ text: "🌱", run: bo }], [{ text: "🌲", run: bo }]);
  expect(change).toEqual({ index: 0, deleted: 2, inserted: [{ text: "🌲", run: bo }] });
});

test("the change always makes the new text of the old one, authors included", () => {
  const stretch = fc.record({
    text: fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 }),
    run: fc.constantFrom(ana, bo, null),
  });
  const text = fc.array(stretch, { maxLength: 4 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const old = letters(before);
      const change = authoredChange(before, after);
      const made = change ? old.toSpliced(change.index, change.deleted, ...letters(change.inserted)) : old;
      expect(made).toEqual(letters(after));
    }),
  );
});

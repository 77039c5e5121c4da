import fc from "fast-check";
import { expect, test } from "vitest";
import { applyDelta, applyReplacement, moveCaret, rebase, replacementOf } from "../../../../client/board/text-delta.ts";

test("a caret stays between its neighbours when others insert before it", () => {
  expect(moveCaret(5, [{ retain: 2 }, { insert: "abc" }])).toBe(8);
});

test("a caret stays where it is when others insert behind it or exactly at it", () => {
  expect(moveCaret(2, [{ retain: 4 }, { insert: "abc" }])).toBe(2);
  expect(moveCaret(4, [{ retain: 4 }, { insert: "abc" }])).toBe(4);
});

test("a caret in a deleted stretch stands where the stretch was", () => {
  expect(moveCaret(5, [{ retain: 2 }, { delete: 6 }])).toBe(2);
});

test("a caret behind a deleted stretch comes nearer by its length", () => {
  expect(moveCaret(9, [{ retain: 2 }, { delete: 3 }])).toBe(6);
});

test("a caret behind a stretch that was replaced moves by the difference", () => {
  expect(moveCaret(9, [{ retain: 2 }, { delete: 3 }, { insert: "x" }])).toBe(7);
  expect(moveCaret(9, [{ retain: 2 }, { insert: "x" }, { delete: 3 }])).toBe(7);
});

test("the letter just typed is the one before the caret, even beside its twins", () => {
  expect(replacementOf("helo", "hello", 3)).toEqual({ start: 2, removed: 0, inserted: "l" });
  expect(replacementOf("helo", "hello", 4)).toEqual({ start: 3, removed: 0, inserted: "l" });
});

test("a replacement always makes the new text of the old one", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }),
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }),
      fc.nat(9),
      (before, after, caret) => {
        expect(applyReplacement(before, replacementOf(before, after, caret))).toBe(after);
      },
    ),
  );
});

test("what was composed meanwhile lands between the same neighbours", () => {
  const others = [{ insert: "Dear Bo, " }];
  const mine = replacementOf("come at 4", "come home at 4", 9);
  expect(applyReplacement(applyDelta("come at 4", others), rebase(mine, others))).toBe("Dear Bo, come home at 4");
});

test("letters that others took meanwhile are not taken twice", () => {
  const others = [{ retain: 2 }, { delete: 4 }];
  const mine = { start: 4, removed: 4, inserted: "X" };
  expect(applyReplacement(applyDelta("abcdefghij", others), rebase(mine, others))).toBe("abXij");
});

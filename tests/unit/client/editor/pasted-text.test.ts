import { expect, test } from "vitest";
import { pastedParagraphs } from "../../../../client/editor/pasted-text.ts";

test("each line is a paragraph, blank ones are left out", () => {
  expect(pastedParagraphs("one\r\n\r\n  \ntwo\u2029three").paragraphs).toEqual(["one", "two", "three"]);
});

test("a very long line is cut at a blank, and nothing of it is lost", () => {
  const words = Array.from({ length: 1_500 }, () => "word").join(" ");
  const { paragraphs, isCut } = pastedParagraphs(words);
  expect(paragraphs.length).toBe(2);
  expect(paragraphs.join(" ")).toBe(words);
  expect(isCut).toBe(false);
});

test("a line without blanks is not cut through a letter of two units", () => {
  const { paragraphs } = pastedParagraphs(`x${"🌱".repeat(3_000)}`);
  expect(paragraphs.join("")).toBe(`x${"🌱".repeat(3_000)}`);
  for (const paragraph of paragraphs) expect(paragraph.isWellFormed()).toBe(true);
});

test("more than one change may weigh is cut, and said to be", () => {
  const { paragraphs, isCut } = pastedParagraphs("word ".repeat(10_000));
  expect(isCut).toBe(true);
  expect(paragraphs.join(" ").length).toBeLessThanOrEqual(16_000);
});

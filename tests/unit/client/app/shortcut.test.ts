import { expect, test } from "vitest";
import { shortcutOf } from "../../../../client/app/shortcut.ts";

const press = (key: string, held: Partial<Parameters<typeof shortcutOf>[0]> = {}) =>
  shortcutOf({
    key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : "",
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    inField: false,
    ...held,
  });

test("undo and redo follow each platform's keys", () => {
  expect(press("z", { ctrlKey: true })).toBe("undo");
  expect(press("z", { metaKey: true })).toBe("undo");
  expect(press("Z", { ctrlKey: true, shiftKey: true })).toBe("redo");
  expect(press("Z", { metaKey: true, shiftKey: true })).toBe("redo");
  expect(press("y", { ctrlKey: true })).toBe("redo");
});

test("letters ask for something only outside of fields", () => {
  expect(press("l")).toBe("toggle-list");
  expect(press("p")).toBe("plan");
  expect(press("?", { shiftKey: true })).toBe("help");
  expect(press("l", { inField: true })).toBeUndefined();
  expect(press("z", { ctrlKey: true, inField: true })).toBeUndefined();
});

test("the same places on the keyboard work for people who write in other letters", () => {
  expect(press("م", { code: "KeyL" })).toBe("toggle-list");
  expect(press("ئ", { code: "KeyZ", ctrlKey: true })).toBe("undo");
  expect(press("؟", { code: "Slash", shiftKey: true })).toBe("help");
});

test("a key held with Alt, a letter held with Control, and any other key are left alone", () => {
  expect(press("l", { altKey: true })).toBeUndefined();
  expect(press("l", { ctrlKey: true })).toBeUndefined();
  expect(press("p", { metaKey: true })).toBeUndefined();
  expect(press("Enter")).toBeUndefined();
});

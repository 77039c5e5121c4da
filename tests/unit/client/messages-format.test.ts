import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, test } from "vitest";
import { readCatalog } from "../../../client/messages/catalog-plugin.ts";
import { formatMessage, type Message } from "../../../client/messages/format-message.ts";

const counts = [0, 1, 2, 3, 10, 11, 99, 100, 102, 1234];

type Shape = string | readonly (string | readonly [string, string?, Readonly<Record<string, Shape>>?])[];

/** Every name that a message takes gets a value: a number where it is written as one, else a word. */
function valuesFor(message: Shape, count: number): Record<string, string | number> {
  if (typeof message === "string") return {};
  const values: Record<string, string | number> = {};
  for (const token of message) {
    if (typeof token === "string") continue;
    const [name, type, cases = {}] = token;
    values[name] =
      type === "plural" || type === "number" ? count : type === "select" ? "spoken" : (values[name] ?? "Ana");
    for (const inner of Object.values(cases))
      if (inner !== undefined) Object.assign(values, { ...valuesFor(inner, count), ...values });
  }
  return values;
}

describe("messages", () => {
  test.each(["en", "ar"])("in %s read as lingui reads them, with every number form", (locale) => {
    const tag = locale === "ar" ? "ar-u-nu-latn" : "en";
    const compiled = Object.fromEntries(
      Object.entries(readCatalog(locale)).map(([id, text]) => [id, compileMessage(text)]),
    );
    const lingui = setupI18n({ locale: tag, messages: { [tag]: compiled } });
    const plurals = new Intl.PluralRules(tag);
    const numbers = new Intl.NumberFormat(tag);
    const rules = {
      plural: (value: number) => plurals.select(value),
      number: (value: number) => numbers.format(value),
    };
    for (const [id, message] of Object.entries(compiled)) {
      for (const count of counts) {
        const values = valuesFor(message as Shape, count);
        expect(formatMessage(message as Message, values, rules), id).toBe(lingui._(id, values));
      }
    }
  });

  test("pick a case by a word, and say a count in a sentence inside another", () => {
    const message = compileMessage(
      "{n, plural, one {# {how, select, a {for A} other {for all}}} other {many}}",
    ) as Message;
    const rules = { plural: (value: number) => (value === 1 ? "one" : "other"), number: String };
    expect(formatMessage(message, { n: 1, how: "a" }, rules)).toBe("1 for A");
    expect(formatMessage(message, { n: 1, how: "z" }, rules)).toBe("1 for all");
    expect(formatMessage(message, { n: 2, how: "a" }, rules)).toBe("many");
  });
});

/**
 * Says a compiled message. Ours instead of lingui's, which compiles the messages when the client is built
 * (`catalog-plugin.ts`) and checks this in the tests: its runtime makes an `Intl.NumberFormat` and an `Intl.PluralRules` for
 * the first "3 cards" of an opening, a ninth of what the whole opening cost on a cheap phone, and weighs 3 KB on the join path.
 */
export type Message = string | readonly Token[];
type Token = string | readonly [name: string, type?: string, cases?: Readonly<Record<string, Message>>];

export type MessageValues = Readonly<Record<string, string | number>>;

export interface MessageRules {
  readonly plural: (value: number) => string;
  readonly number: (value: number) => string;
}

/** `count` is what a `#` stands for: the value of the plural that it is in. */
export function formatMessage(message: Message, values: MessageValues, rules: MessageRules, count?: number): string {
  if (typeof message === "string") return message;
  let text = "";
  for (const token of message) {
    if (typeof token !== "string") text += formatValue(token, values, rules, count);
    else text += token === "#" && count !== undefined ? rules.number(count) : token;
  }
  return text;
}

function formatValue(
  [name, type, cases = {}]: Exclude<Token, string>,
  values: MessageValues,
  rules: MessageRules,
  count: number | undefined,
): string {
  const value = values[name];
  if (value === undefined) return "";
  if (type === "plural") {
    const amount = Number(value);
    return formatMessage(cases[amount] ?? cases[rules.plural(amount)] ?? cases.other ?? "", values, rules, amount);
  }
  if (type === "select") return formatMessage(cases[value] ?? cases.other ?? "", values, rules, count);
  return type === "number" ? rules.number(Number(value)) : String(value);
}

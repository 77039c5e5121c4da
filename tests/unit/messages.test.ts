import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, test } from "vitest";
import { areas, cardKinds, times } from "#shared/board/schema.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { errorTable } from "#shared/protocol/errors.ts";
import { readCatalog } from "../../client/messages/catalog-plugin.ts";
import { pseudo } from "../../client/messages/pseudo.ts";

const messagesFolder = join(import.meta.dirname, "../../client/messages");
const english = readCatalog("en");
const arabic = readCatalog("ar");
const ids = Object.keys(english);

type Compiled = string | readonly Token[];
type Token = string | readonly [name: string, type?: string, format?: unknown];

interface Plural {
  readonly name: string;
  readonly kind: string;
  readonly cases: readonly string[];
}

/** What a message has besides words: the names it is given, and its plurals. */
function partsOf(text: string): { readonly names: ReadonlySet<string>; readonly plurals: readonly Plural[] } {
  const names = new Set<string>();
  const plurals: Plural[] = [];
  const walk = (compiled: Compiled) => {
    if (typeof compiled === "string") return;
    for (const token of compiled) {
      if (typeof token === "string") continue;
      const [name, kind, format] = token;
      names.add(kind === "plural" || kind === undefined ? name : `${name}:${kind}`);
      if (
        (kind === "plural" || kind === "selectordinal" || kind === "select") &&
        typeof format === "object" &&
        format
      ) {
        const cases = Object.entries(format as Record<string, unknown>).filter(([key]) => key !== "offset");
        plurals.push({ name, kind, cases: cases.map(([key]) => key) });
        for (const [, inner] of cases) walk(inner as Compiled);
      }
    }
  };
  walk(compileMessage(text) as Compiled);
  return { names, plurals };
}

/** A message as it reads: with the `other` form of each plural, and a short word for each value. */
function plainText(text: string): string {
  const read = (compiled: Compiled): string =>
    typeof compiled === "string"
      ? compiled
      : compiled
          .map((token) => {
            if (token === "#") return "3";
            if (typeof token === "string") return token;
            const forms = token[2];
            return typeof forms === "object" && forms ? read((forms as { other: Compiled }).other) : "it";
          })
          .join("");
  return read(compileMessage(text) as Compiled);
}

const wordsIn = (text: string) => text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
const sentencesIn = (text: string) => text.split(/(?<=[.!?…:])\s+|\n+/).filter((part) => wordsIn(part).length > 0);

describe("Every language has every message", () => {
  test("English and Arabic have the same ids, part by part", () => {
    for (const file of readdirSync(join(messagesFolder, "en"))) {
      const keys = (locale: string) =>
        Object.keys(JSON.parse(readFileSync(join(messagesFolder, locale, file), "utf8")));
      expect(keys("ar").sort(), file).toEqual(keys("en").sort());
    }
    expect(readdirSync(join(messagesFolder, "ar")).sort()).toEqual(readdirSync(join(messagesFolder, "en")).sort());
  });

  test("No two parts give the same id", () => {
    const seen = new Map<string, string>();
    for (const file of readdirSync(join(messagesFolder, "en"))) {
      for (const id of Object.keys(JSON.parse(readFileSync(join(messagesFolder, "en", file), "utf8")))) {
        expect(seen.get(id), `${id} in ${file}`).toBeUndefined();
        seen.set(id, file);
      }
    }
  });

  test("No message is empty, and none has blanks at its ends", () => {
    for (const [id, text] of [...Object.entries(english), ...Object.entries(arabic)]) {
      expect(text, id).toBe(text.trim());
      expect(text.length, id).toBeGreaterThan(0);
    }
  });

  test("Both languages are given the same values", () => {
    for (const id of ids) {
      expect([...partsOf(arabic[id] ?? "").names].sort(), id).toEqual([...partsOf(english[id] ?? "").names].sort());
    }
  });

  test("An Arabic plural has all six of its forms, an English one both of its own", () => {
    for (const id of ids) {
      for (const plural of partsOf(arabic[id] ?? "").plurals.filter(({ kind }) => kind === "plural")) {
        expect(plural.cases, id).toEqual(expect.arrayContaining(["zero", "one", "two", "few", "many", "other"]));
      }
      for (const plural of partsOf(english[id] ?? "").plurals.filter(({ kind }) => kind === "plural")) {
        expect(plural.cases, id).toEqual(expect.arrayContaining(["one", "other"]));
      }
    }
  });

  test("What Arabic readers read is in Arabic letters", () => {
    const latinAllowed =
      /\b(QR|PDF|PIN|Alongside|English|Enter|Esc|Escape|Tab|Shift|Ctrl|Alt|Delete|Home|End|Space)\b/g;
    for (const id of ids) {
      const latin = plainText(arabic[id] ?? "")
        .replace(/\bit\b/g, "")
        .replace(latinAllowed, "")
        .match(/[A-Za-z]{2,}/);
      expect(latin?.[0], id).toBeUndefined();
    }
  });
});

describe("What the program says exists", () => {
  test("Each word of the schema, each failure and each way to be disconnected has its message", () => {
    const wanted = [
      ...areas.map((area) => `area.${area}`),
      ...times.map((time) => `time.${time}`),
      ...cardKinds.map((kind) => `kind.${kind}`),
      ...Object.keys(errorTable).map((kind) => `error.${kind}`),
      ...Object.values(closeCodes).map(({ say }) => say),
    ];
    expect(wanted.filter((id) => !(id in english))).toEqual([]);
  });

  test("Every id that a screen asks for is in the catalog", () => {
    const missing: string[] = [];
    for (const file of sourcesIn(join(messagesFolder, ".."))) {
      for (const [, id] of readFileSync(file, "utf8").matchAll(/\bsay\(\s*"([^"]+)"/g)) {
        if (id !== undefined && !(id in english)) missing.push(`${id} (${file})`);
      }
    }
    expect(missing).toEqual([]);
  });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name.startsWith("dist") ? [] : sourcesIn(join(folder, entry.name));
    return /\.tsx?$/.test(entry.name) ? [join(folder, entry.name)] : [];
  });
}

describe("English is easy to read", () => {
  test("Sentences are short: 9 words on average at most, 20 the longest", () => {
    const sentences = ids.flatMap((id) => sentencesIn(plainText(english[id] ?? "")).map((text) => ({ id, text })));
    const lengths = sentences.map(({ text }) => wordsIn(text).length);
    const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(average).toBeLessThanOrEqual(9);
    expect(sentences.filter(({ text }) => wordsIn(text).length > 20)).toEqual([]);
  });

  test("No word of the machine or of the office reaches the screen", () => {
    const jargon =
      /\b(lane|sync\w*|token|session|server|socket|websocket|invalid|authenticat\w*|credentials?|null|undefined|node|cache|database|payload|interventions?|service users?|case numbers?|utili[sz]e\w*|facilitat\w*|click|deselect|toggle)\b/i;
    const found = ids.filter((id) => jargon.test(plainText(english[id] ?? "")));
    expect(found.map((id) => `${id}: ${english[id]}`)).toEqual([]);
  });
});

describe("The pseudo-locale", () => {
  test("Leaves what stands in braces as it is", () => {
    for (const id of ids) {
      expect([...partsOf(pseudo(english[id] ?? "")).names].sort(), id).toEqual(
        [...partsOf(english[id] ?? "").names].sort(),
      );
    }
  });

  test("Changes every letter outside of them", () => {
    expect(pseudo("Saved")).toMatch(/^\[Šáṽéð|^\[Sáṽéð/);
  });
});

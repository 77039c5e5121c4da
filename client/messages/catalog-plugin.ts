import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";
import { pseudo } from "./pseudo.ts";

const folder = import.meta.dirname;
const prefix = "virtual:messages/";

/** The messages that the server writes into the page itself (`server/http/page-copy.ts`); none takes a value. */
const pageCopyIds = /^(area|time|kind|copy)\./;

/** Parts that few people ever need: `virtual:messages/later/<locale>`, loaded by `useLaterMessages`. */
const laterParts: readonly string[] = ["not-taken.json", "stay.json"];
const laterPrefix = "later/";

/** Every message of one locale, from all parts (`en/map.json`, `en/plan.json`, …): id → ICU MessageFormat text. */
export function readCatalog(locale: string, isWanted = (_part: string): boolean => true): Record<string, string> {
  const catalog: Record<string, string> = {};
  for (const file of readdirSync(join(folder, locale)).filter(isWanted).sort()) {
    Object.assign(catalog, JSON.parse(readFileSync(join(folder, locale, file), "utf8")));
  }
  return catalog;
}

/**
 * Gives `virtual:messages/<locale>`: a locale's messages, compiled when the client is built, so that no browser carries
 * a message parser. `en-XA` is the pseudo-locale, made from English.
 */
export function catalogPlugin(): Plugin {
  return {
    name: "message-catalog",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    generateBundle() {
      for (const locale of readdirSync(folder, { withFileTypes: true })) {
        if (!locale.isDirectory()) continue;
        const labels = Object.entries(readCatalog(locale.name)).filter(([id]) => pageCopyIds.test(id));
        this.emitFile({
          type: "asset",
          fileName: `page-copy/${locale.name}.json`,
          source: JSON.stringify(Object.fromEntries(labels)),
        });
      }
    },
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const name = id.slice(prefix.length + 1);
      const isLater = name.startsWith(laterPrefix);
      const locale = isLater ? name.slice(laterPrefix.length) : name;
      const source = locale === "en-XA" ? "en" : locale;
      for (const file of readdirSync(join(folder, source))) this.addWatchFile(join(folder, source, file));
      const entries = Object.entries(readCatalog(source, (part) => laterParts.includes(part) === isLater)).map(
        ([key, text]) => [key, compileMessage(locale === "en-XA" ? pseudo(text) : text)],
      );
      return `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(entries)))});`;
    },
  };
}

import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { readCatalog } from "../../client/messages/catalog-plugin.ts";

export type Say = (id: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * What the screens say in one language, by the id that the code uses: a test names a button by what it is for, and goes on
 * working when its words get better. Throws for an id that no screen has.
 */
export function sayIn(locale: "en" | "ar"): Say {
  const texts = readCatalog(locale);
  const tag = locale === "ar" ? "ar-u-nu-latn" : "en";
  const messages = Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, compileMessage(text)]));
  const i18n = setupI18n({ locale: tag, messages: { [tag]: messages } });
  return (id, values) => {
    if (!(id in texts)) throw new Error(`No screen says "${id}"`);
    return i18n._(id, values as Record<string, unknown>);
  };
}

export const say = sayIn("en");

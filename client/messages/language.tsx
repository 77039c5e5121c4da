import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useMemo, useState } from "react";
import type common from "./en/common.json";
import type editor from "./en/editor.json";
import type entry from "./en/entry.json";
import type files from "./en/files.json";
import type map from "./en/map.json";
import type notTaken from "./en/not-taken.json";
import type plan from "./en/plan.json";
import type stay from "./en/stay.json";
import type together from "./en/together.json";
import { formatMessage, type Message } from "./format-message.ts";

export type MessageId = keyof (typeof common &
  typeof editor &
  typeof entry &
  typeof files &
  typeof map &
  typeof notTaken &
  typeof plan &
  typeof stay &
  typeof together);

/** Languages that the screens speak. Words on the board may be in any language. */
export const languages = ["en", "ar"] as const;
export type LanguageTag = (typeof languages)[number] | "en-XA";

/** What each language calls itself: shown as it is, whatever the screen's language. */
export const languageNames: Readonly<Record<(typeof languages)[number], string>> = { en: "English", ar: "العربية" };

type Messages = Readonly<Record<string, Message>>;

const loaders: Readonly<Record<LanguageTag, () => Promise<{ readonly messages: Messages }>>> = {
  en: () => import("virtual:messages/en"),
  ar: () => import("virtual:messages/ar"),
  "en-XA": () => import("virtual:messages/en-XA"),
};

const laterLoaders: typeof loaders = {
  en: () => import("virtual:messages/later/en"),
  ar: () => import("virtual:messages/later/ar"),
  "en-XA": () => import("virtual:messages/later/en-XA"),
};

export type Values = Readonly<Record<string, string | number>>;

export interface Language {
  readonly tag: LanguageTag;
  readonly dir: "ltr" | "rtl";
  /** The message in the person's language, with plurals and numbers by its rules. */
  readonly say: (id: MessageId, values?: Values) => string;
  /** As `say`, for ids put together from data (`kind.` + kind); falls back to `fallback` when there is none. */
  readonly sayAny: (id: string, fallback: MessageId, values?: Values) => string;
  readonly number: (value: number) => string;
  /** An ISO date (`2026-12-05`) as people say it: "Sat 5 Dec", with the year when it is another. */
  readonly date: (isoDate: string) => string;
  /** A moment (Unix ms) as date and time. */
  readonly moment: (unixMs: number) => string;
  readonly list: (items: readonly string[]) => string;
  /** Loads the messages that few people need; `say` knows them after it. */
  readonly loadLater: () => Promise<void>;
}

/** The nearest language that the screens speak. */
export function nearestLanguage(wanted: readonly string[]): LanguageTag {
  for (const tag of wanted) {
    if (tag === "en-XA") return tag;
    const found = languages.find((known) => tag === known || tag.startsWith(`${known}-`));
    if (found) return found;
  }
  return "en";
}

const rtlScripts = /^(ar|fa|he|ur|ps|sd|ug|yi|dv|ckb)\b/;

/** Writing direction of a BCP 47 tag. */
export function directionOf(tag: string): "ltr" | "rtl" {
  return rtlScripts.test(tag) ? "rtl" : "ltr";
}

function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function createLanguage(tag: LanguageTag, firstMessages: Messages): Language {
  let messages = firstMessages;
  // Latin digits everywhere: phone numbers, dates and the 0–10 line are read aloud between people of two languages.
  const locale = tag === "ar" ? "ar-u-nu-latn" : tag === "en-XA" ? "en" : "en-GB";
  // Made when first needed: each costs a cheap phone tens of milliseconds, and the first screen needs none of them.
  const numbers = later(() => new Intl.NumberFormat(locale));
  const day = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
  const dates = later(() => new Intl.DateTimeFormat(locale, day));
  const datesWithYear = later(() => new Intl.DateTimeFormat(locale, { ...day, year: "numeric" }));
  const time = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  const moments = later(() => new Intl.DateTimeFormat(locale, time));
  const lists = later(() => new Intl.ListFormat(locale, { type: "conjunction" }));
  const plurals = later(() => new Intl.PluralRules(locale));
  // Below a thousand every language here writes the same digits.
  const number = (value: number) =>
    Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : numbers().format(value);
  const rules = {
    // English has two forms of a whole number, and no need to ask.
    plural: (value: number) =>
      tag === "en" && Number.isInteger(value) ? (value === 1 ? "one" : "other") : plurals().select(value),
    number,
  };
  const none = {};
  const say = (id: string, values: Values = none) => formatMessage(messages[id] ?? id, values, rules);
  return {
    tag,
    dir: directionOf(tag),
    say,
    sayAny: (id, fallback, values) => say(messages[id] === undefined ? fallback : id, values),
    number,
    date: (isoDate) => {
      const isThisYear = isoDate.startsWith(`${new Date().getFullYear()}-`);
      return (isThisYear ? dates : datesWithYear)().format(new Date(`${isoDate}T00:00:00Z`));
    },
    moment: (unixMs) => moments().format(unixMs),
    list: (items) => (items.length > 1 ? lists().format(items) : (items[0] ?? "")),
    loadLater: async () => {
      const later = (await laterLoaders[tag]()).messages;
      messages = { ...messages, ...later };
    },
  };
}

const LanguageContext = createContext<Language | undefined>(undefined);

const loadedLanguages = new Map<LanguageTag, Language>();

/** Loads one language and hands it out; the same object each time. */
export async function loadLanguage(tag: LanguageTag): Promise<Language> {
  const { messages } = await loaders[tag]();
  const language = loadedLanguages.get(tag) ?? createLanguage(tag, messages);
  loadedLanguages.set(tag, language);
  return language;
}

interface LanguageProviderProps {
  /** BCP 47 tags, most wanted first. */
  readonly wanted: readonly string[];
  readonly children: ReactNode;
}

/** Gives its children a language, at once when it is loaded, and keeps the last one on screen while another loads. */
export function LanguageProvider({ wanted, children }: LanguageProviderProps) {
  const tag = useMemo(() => nearestLanguage(wanted), [wanted]);
  const [loaded, setLoaded] = useState<Language>();
  const language = loadedLanguages.get(tag) ?? loaded;
  useEffect(() => {
    let current = true;
    if (!loadedLanguages.has(tag)) {
      loadLanguage(tag).then((fresh) => {
        if (current) setLoaded(fresh);
      });
    }
    return () => {
      current = false;
    };
  }, [tag]);
  useLayoutEffect(() => {
    if (!language) return;
    document.documentElement.lang = language.tag;
    document.documentElement.dir = language.dir;
  }, [language]);
  return language && <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (!language) throw new Error("Bug: no LanguageProvider above");
  return language;
}

/** Whether the messages of the later parts (`catalog-plugin.ts`) are here; loads them. */
export function useLaterMessages(): boolean {
  const language = useLanguage();
  const [loaded, setLoaded] = useState<Language>();
  useEffect(() => {
    language.loadLater().then(
      () => setLoaded(language),
      () => {},
    );
  }, [language]);
  return loaded === language;
}

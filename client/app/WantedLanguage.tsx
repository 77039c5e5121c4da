import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { LanguageProvider } from "../messages/language.tsx";
import { keepLanguage, readKeptLanguage, readKeptView } from "../session/device-store.ts";
import { peekPageView } from "../session/page-view.ts";
import { parseRoute } from "./route.ts";

interface WantedLanguage {
  /** The person picked it: it stays for this device. */
  readonly pick: (tag: string) => void;
  /** Their board or invitation says so: it holds until the page goes, and yields to what they picked themselves. */
  readonly suggest: (tag: string) => void;
}

const WantedContext = createContext<WantedLanguage | undefined>(undefined);

/** The person's language on the board that the address names, as far as this page or device knows it before asking. */
function languageOfOpeningBoard(): string | undefined {
  const route = parseRoute(location.pathname, "");
  if (route.page !== "board") return undefined;
  const view = peekPageView(route.boardId) ?? readKeptView(route.boardId);
  return view?.people.find((person) => person.personId === view.me)?.language;
}

/** BCP 47 tags as they stand when the page opens, most wanted first. */
export function wantedAtStart(): readonly string[] {
  return tagsOf(readKeptLanguage(), languageOfOpeningBoard());
}

function tagsOf(picked: string | undefined, suggested: string | undefined): readonly string[] {
  return [picked, suggested, ...navigator.languages].filter((tag): tag is string => tag !== undefined);
}

/** Which language the screens speak: what the person picked, else what their board says, else what their browser says. */
export function WantedLanguageProvider({ children }: { readonly children: ReactNode }) {
  const [picked, setPicked] = useState(readKeptLanguage);
  const [suggested, setSuggested] = useState(languageOfOpeningBoard);
  const pick = useCallback((tag: string) => {
    keepLanguage(tag);
    setPicked(tag);
  }, []);
  const wanted = useMemo(() => tagsOf(picked, suggested), [picked, suggested]);
  const value = useMemo(() => ({ pick, suggest: setSuggested }), [pick]);
  return (
    <WantedContext value={value}>
      <LanguageProvider wanted={wanted}>{children}</LanguageProvider>
    </WantedContext>
  );
}

export function useWantedLanguage(): WantedLanguage {
  const value = useContext(WantedContext);
  if (!value) throw new Error("Bug: no WantedLanguageProvider above");
  return value;
}

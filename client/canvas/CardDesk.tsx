import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useSession } from "../board/BoardContext.tsx";
import { useLanguage } from "../messages/language.tsx";
import { useAnnounce } from "../ui/announcer.ts";
import { type CardNews, createCardNews } from "./card-news.ts";
import { createDesk, type Desk, type DeskState } from "./desk.ts";

interface DeskParts {
  readonly desk: Desk;
  readonly news: CardNews;
}
const DeskContext = createContext<DeskParts | undefined>(undefined);

/** Gives one view (map or list) its desk. */
export function CardDesk({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const language = useLanguage();
  const announce = useAnnounce();
  const latest = useRef(language);
  latest.current = language;
  const [parts] = useState((): DeskParts => {
    const made = createDesk({ board: session.board, session, language: () => latest.current, announce });
    return { desk: made, news: createCardNews(session.board, session, made) };
  });
  const { desk } = parts;
  useEffect(() => () => desk.stopEditing({ focus: false }), [desk]);
  return <DeskContext value={parts}>{children}</DeskContext>;
}

function useParts(): DeskParts {
  const parts = useContext(DeskContext);
  if (!parts) throw new Error("Bug: no CardDesk above");
  return parts;
}

export function useDesk(): Desk {
  return useParts().desk;
}

/** Says which card on the map has to be drawn anew. */
export function useNews(): CardNews {
  return useParts().news;
}

/** One part of the desk's state; renders again only when `pick` gives something else. */
export function useDeskState<T>(pick: (state: DeskState) => T): T {
  const desk = useDesk();
  return useSyncExternalStore(
    desk.subscribe,
    useCallback(() => pick(desk.state()), [desk, pick]),
  );
}

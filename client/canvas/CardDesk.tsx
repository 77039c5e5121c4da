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
import { createDesk, type Desk, type DeskState } from "./desk.ts";

const DeskContext = createContext<Desk | undefined>(undefined);

/** Gives one view (map or list) its desk. */
export function CardDesk({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const language = useLanguage();
  const announce = useAnnounce();
  const latest = useRef(language);
  latest.current = language;
  const [desk] = useState(() =>
    createDesk({ board: session.board, session, language: () => latest.current, announce }),
  );
  useEffect(() => () => desk.stopEditing({ focus: false }), [desk]);
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("Bug: no CardDesk above");
  return desk;
}

/** One part of the desk's state; renders again only when `pick` gives something else. */
export function useDeskState<T>(pick: (state: DeskState) => T): T {
  const desk = useDesk();
  return useSyncExternalStore(
    desk.subscribe,
    useCallback(() => pick(desk.state()), [desk, pick]),
  );
}

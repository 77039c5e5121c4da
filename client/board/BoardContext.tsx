import { createContext, type ReactNode, useContext } from "react";
import type { Board } from "#shared/board/board.ts";
import type { BoardSession } from "../session/board-session.ts";

const SessionContext = createContext<BoardSession | undefined>(undefined);

export function SessionProvider({
  session,
  children,
}: {
  readonly session: BoardSession;
  readonly children: ReactNode;
}) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): BoardSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error("Bug: no SessionProvider above");
  return session;
}

export function useBoard(): Board {
  return useSession().board;
}

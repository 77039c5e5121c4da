import { useEffect, useState } from "react";
import type { BoardId } from "#shared/board/ids.ts";
import type { BoardView } from "#shared/protocol/api.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { SessionProvider } from "../board/BoardContext.tsx";
import { call } from "../session/api.ts";
import type { BoardSession } from "../session/board-session.ts";
import { readKeptView } from "../session/device-store.ts";
import { openSession } from "../session/open-session.ts";
import { takePageView } from "../session/page-view.ts";
import { BoardScreen } from "./BoardScreen.tsx";
import { BoardWaiting } from "./BoardWaiting.tsx";
import { RefusedPage } from "./RefusedPage.tsx";

type Opening =
  | { readonly status: "asking" }
  | { readonly status: "open"; readonly session: BoardSession; readonly lanes: string }
  | { readonly status: "unreachable" }
  | { readonly status: "refused"; readonly reason: ErrorKind };

const retryMs = 3_000;
const lanesOf = (view: BoardView) => JSON.stringify([view.me, view.lanes]);

/**
 * Opens a board for whoever this browser is on it: at once from what this device kept, else by asking. A worker who is
 * signed in is let in to boards of theirs on the way.
 */
export function BoardRoute({ boardId }: { readonly boardId: BoardId }) {
  const [opening, setOpening] = useState<Opening>({ status: "asking" });
  /** Counts up when the board has to be opened anew: other lanes, or a change let go. */
  const [turn, setTurn] = useState(0);

  // `turn` opens the same board anew.
  useEffect(() => {
    let current = true;
    let session: BoardSession | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const open = (view: BoardView) => {
      const opened = openSession(view);
      session = opened;
      const lanes = lanesOf(view);
      setOpening({ status: "open", session: opened, lanes });
      opened.subscribeView(() => {
        if (lanesOf(opened.view()) !== lanes) setTurn((before) => before + 1);
      });
    };
    const ask = async () => {
      clearTimeout(timer);
      const path = `/api/boards/${boardId}`;
      let reply = await call<BoardView>("GET", path);
      if (!reply.ok && (reply.error.kind === "not-signed-in" || reply.error.kind === "not-found")) {
        const entered = await call("POST", `${path}/enter`, {});
        if (entered.ok) reply = await call<BoardView>("GET", path);
      }
      if (!current || session) return;
      if (reply.ok) open(reply.value);
      else if (reply.error.kind === "offline" || reply.error.kind === "not-storing") {
        setOpening({ status: "unreachable" });
        timer = setTimeout(ask, retryMs);
      } else setOpening({ status: "refused", reason: reply.error.kind });
    };

    const fresh = takePageView(boardId);
    const kept = readKeptView(boardId);
    if (fresh) open(fresh);
    else if (kept) {
      open(kept);
      session?.refreshView();
    } else ask();
    addEventListener("online", ask);
    return () => {
      current = false;
      clearTimeout(timer);
      removeEventListener("online", ask);
      session?.close();
    };
  }, [boardId, turn]);

  switch (opening.status) {
    case "asking":
      return <BoardWaiting unreachable={false} />;
    case "unreachable":
      return <BoardWaiting unreachable />;
    case "refused":
      return <RefusedPage reason={opening.reason} />;
    case "open":
      return (
        <SessionProvider session={opening.session}>
          <BoardScreen key={opening.lanes} onOpenAnew={() => setTurn((before) => before + 1)} />
        </SessionProvider>
      );
  }
}

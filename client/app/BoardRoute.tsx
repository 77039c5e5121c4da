import { useEffect, useState } from "react";
import type { BoardId } from "#shared/board/ids.ts";
import type { BoardView } from "#shared/protocol/api.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { SessionProvider } from "../board/BoardContext.tsx";
import { call } from "../session/api.ts";
import type { BoardSession } from "../session/board-session.ts";
import { readKeptView } from "../session/device-store.ts";
import { openSession } from "../session/open-session.ts";
import { takePageLanes, takePageView } from "../session/page-view.ts";
import { BoardScreen } from "./BoardScreen.tsx";
import { BoardWaiting } from "./BoardWaiting.tsx";
import { RefusedPage } from "./RefusedPage.tsx";

type Opening =
  | { readonly status: "asking" }
  | { readonly status: "open"; readonly session: BoardSession; readonly key: string }
  | { readonly status: "unreachable" }
  | { readonly status: "refused"; readonly reason: ErrorKind };

const retryMs = 3_000;
const lanesOf = ({ me, lanes }: BoardView) =>
  JSON.stringify([me, lanes.map(({ laneId, kind, access }) => [laneId, kind, access])]);

/** A page's own lanes are asked for with its scripts; when they are this late, the socket is not to wait for them. */
const lanesMs = 1_500;
/** What this device keeps is nearly always there sooner. */
const copyMs = 1_000;
const after = (ms: number) => new Promise<undefined>((done) => setTimeout(done, ms));

let ahead: { readonly boardId: BoardId; readonly session: BoardSession; readonly isKept: boolean } | undefined;

/**
 * Opens the board while the first screen's other parts are still coming, when the page or the device knows how this
 * person is on it; `BoardRoute` takes it over. Resolves when the board is there to be drawn, or has had time enough.
 */
export async function openAhead(boardId: BoardId): Promise<void> {
  const fresh = takePageView(boardId);
  const view = fresh ?? readKeptView(boardId);
  if (!view) return;
  const bytes = await Promise.race([takePageLanes(boardId), after(lanesMs)]);
  const session = openSession(view, undefined, bytes && new Uint8Array(bytes));
  ahead = { boardId, session, isKept: !fresh };
  let stop = () => {};
  const isShown = new Promise<void>((done) => {
    stop = session.subscribeStatus(() => {
      if (session.status().status !== "loading") done();
    });
    if (session.status().status !== "loading") done();
  });
  await Promise.race([isShown, after(copyMs)]);
  stop();
}

/**
 * Opens a board for whoever this browser is on it: at once from what this device kept, else by asking. A worker who is
 * signed in is let in to boards of theirs on the way.
 */
export function BoardRoute({ boardId }: { readonly boardId: BoardId }) {
  const [first] = useState(() => {
    const taken = ahead?.boardId === boardId ? ahead : undefined;
    ahead = undefined;
    return taken;
  });
  const [opening, setOpening] = useState<Opening>(() =>
    first
      ? { status: "open", session: first.session, key: `0 ${lanesOf(first.session.view())}` }
      : { status: "asking" },
  );
  /** Counts up when the board has to be opened anew: other lanes, or changes that the relay did not take. */
  const [turn, setTurn] = useState(0);

  // `turn` opens the same board anew.
  useEffect(() => {
    let current = true;
    let session: BoardSession | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const show = (opened: BoardSession) => {
      session = opened;
      const lanes = lanesOf(opened.view());
      setOpening((before) =>
        before.status === "open" && before.session === opened
          ? before
          : { status: "open", session: opened, key: `${turn} ${lanes}` },
      );
      opened.subscribeView(() => {
        if (lanesOf(opened.view()) !== lanes) setTurn((count) => count + 1);
      });
      opened.subscribeStatus(() => {
        if (opened.isSpent()) setTurn((before) => before + 1);
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
      if (reply.ok) show(openSession(reply.value));
      else if (reply.error.kind === "offline" || reply.error.kind === "not-storing") {
        setOpening({ status: "unreachable" });
        timer = setTimeout(ask, retryMs);
      } else setOpening({ status: "refused", reason: reply.error.kind });
    };

    const kept = readKeptView(boardId);
    if (first && turn === 0) {
      show(first.session);
      if (first.isKept) session?.refreshView();
    } else if (kept) {
      show(openSession(kept));
      session?.refreshView();
    } else ask();
    addEventListener("online", ask);
    return () => {
      current = false;
      clearTimeout(timer);
      removeEventListener("online", ask);
      session?.close();
    };
  }, [boardId, turn, first]);

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
          <BoardScreen key={opening.key} />
        </SessionProvider>
      );
  }
}

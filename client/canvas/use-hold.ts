import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CardId } from "#shared/board/ids.ts";
import { useSession } from "../board/BoardContext.tsx";
import type { BoardSession, Other } from "../session/board-session.ts";
import { busyWith, cardWordsKey, claimsOn } from "./claims.ts";
import { type HoldEvent, type HoldState, idleMs, stepHold } from "./hold.ts";

/** What somebody else does with a card now. */
export interface Busy {
  readonly other: Other;
  readonly does: "writes" | "moves";
}

/** What `busyWith` found, as the person and what they do. */
export function busyOf(session: BoardSession, found: number): Busy | undefined {
  if (found === 0) return undefined;
  const other = session.others().find(({ key }) => key === Math.abs(found) - 1);
  return other && { other, does: found > 0 ? "writes" : "moves" };
}

/** Who else writes in this card or moves it. Renders again only when that changes. */
export function useBusy(cardId: CardId): Busy | undefined {
  const session = useSession();
  const found = useSyncExternalStore(
    session.subscribeOthers,
    useCallback(() => busyWith(session, cardId), [session, cardId]),
  );
  return busyOf(session, found);
}

/**
 * Holds a card's words for me while the component is there: begins at once, tells others, lets go after ten seconds
 * without a key, and says when somebody else has them.
 */
export function useMyHold(cardId: CardId): { readonly hold: HoldState; readonly onKey: () => void } {
  const session = useSession();
  const [hold, setHold] = useState<HoldState>({ status: "reading" });
  const latest = useRef(hold);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const step = useCallback(
    (event: HoldEvent) => {
      const before = latest.current;
      const after = stepHold(before, event);
      if (after === before) return;
      latest.current = after;
      setHold(after);
      const editing =
        after.status === "writing"
          ? { key: cardWordsKey(cardId), since: after.since, ...(after.idle && { idle: true }) }
          : undefined;
      if (after.status === "writing" || before.status === "writing") session.setDoing({ editing });
    },
    [session, cardId],
  );

  const onKey = useCallback(() => {
    const claims = claimsOn(session, cardId);
    if (latest.current.status === "reading") {
      step({ type: "begin", at: Date.now(), connection: session.awareness.clientID, claims });
    } else step({ type: "key", at: Date.now(), claims });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => step({ type: "silence" }), idleMs);
  }, [session, cardId, step]);

  useEffect(() => {
    onKey();
    const stopListening = session.subscribeOthers(() => step({ type: "claims", claims: claimsOn(session, cardId) }));
    return () => {
      clearTimeout(timer.current);
      stopListening();
      step({ type: "end" });
    };
  }, [session, cardId, onKey, step]);

  return { hold, onKey };
}

import { useEffect, useRef, useState } from "react";
import type { SessionView } from "#shared/protocol/api.ts";
import { useView } from "../../board/use-people.ts";
import { useLanguage, useLaterMessages } from "../../messages/language.tsx";
import { call } from "../../session/api.ts";
import { announce } from "../../ui/announcer.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { navigate } from "../navigation.ts";
import { type ComingEnd, type StayClock, startStayClock } from "./stay-clock.ts";

/** Asks "Are you still there?" a minute before the board closes itself on this device. Otherwise it shows nothing. */
export function StayHere() {
  const { say } = useLanguage();
  const isSayable = useLaterMessages();
  const { boardId } = useView();
  const [coming, setComing] = useState<ComingEnd>();
  const [isRead, setIsRead] = useState(false);
  const clock = useRef<StayClock>(undefined);

  useEffect(() => {
    const started = startStayClock({
      look: () => call<SessionView>("GET", `/api/boards/${boardId}/session`),
      renew: () => call<SessionView>("POST", "/api/session/renew", { boardId }),
      now: Date.now,
      later: (run, ms) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      onComing: setComing,
    });
    clock.current = started;
    const events = ["pointerdown", "keydown"] as const;
    for (const event of events) addEventListener(event, started.active, { passive: true, capture: true });
    return () => {
      for (const event of events) removeEventListener(event, started.active, { capture: true });
      started.close();
    };
  }, [boardId]);

  if (coming === undefined || !isSayable) return null;
  if (coming === "quiet") {
    const stay = async () => {
      await clock.current?.stay();
      announce(say("stay.done"));
    };
    const leave = async () => {
      await call("POST", `/api/boards/${boardId}/leave`, {});
      navigate("/", { replace: true });
    };
    return (
      <Dialog
        key="quiet"
        title={say("stay.title")}
        onClose={stay}
        actions={
          <>
            <Button look="main" onClick={stay}>
              {say("stay.yes")}
            </Button>
            <Button onClick={leave}>{say("stay.leave")}</Button>
          </>
        }
      >
        <p>{say("stay.hint")}</p>
      </Dialog>
    );
  }
  if (isRead) return null;
  return (
    <Dialog
      key="end"
      title={say("stay.endTitle")}
      onClose={() => setIsRead(true)}
      actions={
        <Button look="main" onClick={() => setIsRead(true)}>
          {say("stay.ok")}
        </Button>
      }
    >
      <p>{say(coming === "access" ? "stay.accessHint" : "stay.sessionHint")}</p>
    </Dialog>
  );
}

import { useEffect } from "react";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { useDesk, useDeskState } from "./CardDesk.tsx";
import type { DeskState } from "./desk.ts";
import styles from "./NoticeBar.module.css";

/** How long a sentence stays when there is nothing to do about it. One with a button stays until it is answered. */
const shownMs = 8_000;

const currentNotice = (state: DeskState) => state.notice;

/** The last thing that was said to this person, at the foot of the view. The live region says it aloud. */
export function NoticeBar() {
  const { say } = useLanguage();
  const desk = useDesk();
  const notice = useDeskState(currentNotice);
  useEffect(() => {
    if (!notice || notice.action) return;
    const timer = setTimeout(() => desk.set({ notice: undefined }), shownMs);
    return () => clearTimeout(timer);
  }, [notice, desk]);
  if (!notice) return null;
  return (
    <div className={styles.bar}>
      <p dir="auto">{notice.text}</p>
      {notice.action && (
        <Button onClick={notice.action.run} look="plain">
          {notice.action.label}
        </Button>
      )}
      <IconButton icon="close" label={say("ui.close")} onClick={() => desk.set({ notice: undefined })} />
    </div>
  );
}

import { lazy, Suspense, useSyncExternalStore } from "react";
import { useSession } from "../board/BoardContext.tsx";
import { useSaveState, useStatus } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import styles from "./ConnectionLine.module.css";
import { graceMs, useIsPast } from "./use-is-past.ts";

const TroubleLines = lazy(() => import("./refused/TroubleLines.tsx").then((file) => ({ default: file.TroubleLines })));

/** One line under the header while something is not as it should be: what, what is safe, what to do. */
export function ConnectionLine() {
  const { say } = useLanguage();
  const session = useSession();
  const status = useStatus();
  const save = useSaveState();
  const hasTrouble = useSyncExternalStore(
    session.subscribeStatus,
    () => session.refusal() !== undefined || session.trouble() !== undefined || session.notTaken().length > 0,
  );
  const offlineSince = status.status === "offline" ? status.since : undefined;
  const isLongOffline = useIsPast(offlineSince === undefined ? undefined : offlineSince + graceMs);

  if (hasTrouble) {
    return (
      <Suspense fallback={null}>
        <TroubleLines />
      </Suspense>
    );
  }
  const isStoring = save.state !== "not-saved" || save.storing;
  if (!isStoring) {
    return (
      <div className={styles.line} role="alert">
        <Icon name="warning" />
        <p>{say("line.notStoring")}</p>
      </div>
    );
  }
  if (offlineSince !== undefined && isLongOffline) {
    return (
      <div className={styles.line} role="status">
        <Icon name="offline" />
        <p>{say("line.offline")}</p>
      </div>
    );
  }
  return null;
}

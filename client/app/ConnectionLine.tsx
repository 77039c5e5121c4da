import { useSyncExternalStore } from "react";
import { useSession } from "../board/BoardContext.tsx";
import { useSaveState, useStatus } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import styles from "./ConnectionLine.module.css";
import { graceMs, useIsPast } from "./use-is-past.ts";

/** One line under the header while something is not as it should be: what, what is safe, what to do. */
export function ConnectionLine({ onOpenAnew }: { readonly onOpenAnew: () => void }) {
  const { say } = useLanguage();
  const session = useSession();
  const status = useStatus();
  const save = useSaveState();
  const refusal = useSyncExternalStore(session.subscribeStatus, session.refusal);
  const offlineSince = status.status === "offline" ? status.since : undefined;
  const isLongOffline = useIsPast(offlineSince === undefined ? undefined : offlineSince + graceMs);

  if (refusal) {
    return (
      <div className={styles.line} role="alert">
        <Icon name="warning" />
        <p>{say(`refusal.${refusal}`)}</p>
        <Button
          onClick={async () => {
            await session.dropRefused();
            onOpenAnew();
          }}
        >
          {say("refusal.drop")}
        </Button>
      </div>
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

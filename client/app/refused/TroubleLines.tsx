import { useState, useSyncExternalStore } from "react";
import { mayDo } from "#shared/access/roles.ts";
import { useSession } from "../../board/BoardContext.tsx";
import { useView } from "../../board/use-people.ts";
import { useLanguage, useLaterMessages } from "../../messages/language.tsx";
import type { CallError } from "../../session/api.ts";
import type { LaneTrouble } from "../../session/board-session.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import styles from "../ConnectionLine.module.css";
import { Trouble } from "../Trouble.tsx";
import { NotTakenDialog } from "./NotTakenDialog.tsx";

/** What the relay did not take, or does not open, and what to do about it. Under the header, above the board. */
export function TroubleLines() {
  const { say } = useLanguage();
  const isSayable = useLaterMessages();
  const session = useSession();
  const refusal = useSyncExternalStore(session.subscribeStatus, session.refusal);
  const notTaken = useSyncExternalStore(session.subscribeStatus, session.notTaken);
  const trouble = useSyncExternalStore(session.subscribeStatus, session.trouble);
  const [isOpen, setIsOpen] = useState(false);
  const [oldest] = notTaken;
  if (!isSayable) return null;
  return (
    <>
      {trouble && <TroubleLine trouble={trouble} />}
      {refusal && !trouble && (
        <div className={styles.line} role="status">
          <Icon name="warning" />
          <p>{say("notTaken.coming")}</p>
        </div>
      )}
      {oldest && (
        <div className={styles.line} role="alert">
          <Icon name="warning" />
          <p>{say("notTaken.line")}</p>
          <Button onClick={() => setIsOpen(true)}>{say("notTaken.show")}</Button>
        </div>
      )}
      {oldest && isOpen && (
        <NotTakenDialog
          key={oldest.id}
          notTaken={oldest}
          onClose={() => setIsOpen(false)}
          onLetGo={() => session.letGo(oldest)}
        />
      )}
    </>
  );
}

function TroubleLine({ trouble }: { readonly trouble: LaneTrouble }) {
  const { say, moment } = useLanguage();
  const session = useSession();
  const { role } = useView();
  const [error, setError] = useState<CallError>();
  const [isBusy, setIsBusy] = useState(false);

  if (trouble.kind === "refused-often") {
    return (
      <div className={styles.line} role="alert">
        <Icon name="warning" />
        <p>{say("trouble.refusedOften")}</p>
        <Button onClick={session.tryAgain}>{say("refused.again")}</Button>
      </div>
    );
  }
  const { laneId, lastGoodAt } = trouble;
  const when = lastGoodAt === undefined ? undefined : moment(Date.parse(lastGoodAt));
  const recover = async () => {
    setIsBusy(true);
    setError(undefined);
    const done = await session.recover(laneId);
    setIsBusy(false);
    if (!done.ok) setError(done.error);
  };
  return (
    <div className={styles.line} role="alert">
      <Icon name="warning" />
      <p>
        {say("trouble.damaged")} {when !== undefined && say("trouble.lastGood", { when })}
      </p>
      {mayDo(role, "restore-lane") ? (
        <Button onClick={recover} disabled={isBusy}>
          {when === undefined ? say("trouble.recover") : say("trouble.recoverTo", { when })}
        </Button>
      ) : (
        <p>{say("trouble.askForIt")}</p>
      )}
      <Trouble error={error} />
    </div>
  );
}

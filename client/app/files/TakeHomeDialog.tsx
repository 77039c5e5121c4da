import { useState } from "react";
import { boardFileName, writeBoardFile } from "#shared/board-file/board-file.ts";
import { exportBoard } from "#shared/board-file/export-board.ts";
import { useSession } from "../../board/BoardContext.tsx";
import { useStatus } from "../../board/use-people.ts";
import { useLanguage } from "../../messages/language.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./Files.module.css";
import { saveFile } from "./save-file.ts";

/**
 * Gives the owner their board as a file, made on this device from what it shows: with or without a connection, and what
 * is not saved yet is in it too.
 */
export function TakeHomeDialog({ onClose }: { readonly onClose: () => void }) {
  const { say } = useLanguage();
  const session = useSession();
  const status = useStatus();
  const [isSaved, setIsSaved] = useState(false);

  const save = () => {
    saveFile(boardFileName, writeBoardFile(exportBoard(session.board, session.view(), Date.now())));
    setIsSaved(true);
  };
  return (
    <Dialog
      title={say("files.take")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={save}>
          <Icon name={isSaved ? "check" : "save"} />
          {say("files.save")}
        </Button>
      }
    >
      <p className={styles.lead}>{say("files.takeWhat")}</p>
      <p>{say("files.takeRemoved")}</p>
      <p>{say("files.takeYours")}</p>
      <p className={styles.care}>
        <Icon name="lock" />
        <span>{say("files.takeWho")}</span>
      </p>
      {status.status === "offline" && <p className={styles.note}>{say("files.takeOffline")}</p>}
      <p role="status" className={styles.done}>
        {isSaved && say("files.saved", { file: boardFileName })}
      </p>
    </Dialog>
  );
}

import { type ReactNode, useRef, useState } from "react";
import type { BoardId } from "#shared/board/ids.ts";
import { type BoardFile, mostBoardFileBytes } from "#shared/board-file/board-file.ts";
import { parseBoardFileBytes } from "#shared/board-file/parse-board-file.ts";
import type { NewBoardReply } from "#shared/protocol/api.ts";
import { useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { InvitationCard } from "../people/InvitationCard.tsx";
import { Trouble } from "../Trouble.tsx";
import { FileContents, ownerName } from "./FileContents.tsx";
import styles from "./Files.module.css";
import { type FileProblem, FileTrouble } from "./FileTrouble.tsx";

interface OpenCopyDialogProps {
  readonly onClose: () => void;
  readonly onEnter: (boardId: BoardId) => void;
}

type Shown =
  | { readonly step: "pick"; readonly problem?: FileProblem }
  | { readonly step: "reading" }
  | { readonly step: "look"; readonly file: BoardFile; readonly busy: boolean; readonly error?: CallError }
  | { readonly step: "made"; readonly file: BoardFile; readonly board: NewBoardReply };

/** Makes a new board from a file that somebody took home: what is in it is shown before anything is made. */
export function OpenCopyDialog({ onClose, onEnter }: OpenCopyDialogProps) {
  const { say } = useLanguage();
  const [shown, setShown] = useState<Shown>({ step: "pick" });

  const read = async (picked: File) => {
    setShown({ step: "reading" });
    setShown(await readFile(picked));
  };
  const make = async (file: BoardFile) => {
    setShown({ step: "look", file, busy: true });
    const reply = await call<NewBoardReply>("POST", "/api/boards/import", file);
    if (reply.ok) setShown({ step: "made", file, board: reply.value });
    else setShown({ step: "look", file, busy: false, error: reply.error });
  };

  if (shown.step === "made") {
    const enter = () => onEnter(shown.board.boardId);
    const name = ownerName(shown.file);
    return (
      <Dialog
        key="made"
        title={say("home.madeTitle", { name })}
        onClose={enter}
        wide
        actions={
          <Button look="main" onClick={enter}>
            {say("home.open")}
          </Button>
        }
      >
        <InvitationCard invitation={shown.board.invitation} name={name} />
      </Dialog>
    );
  }
  return (
    <Dialog key="pick" title={say("files.open")} onClose={onClose}>
      <p>{say("files.openHint")}</p>
      {shown.step === "pick" && (
        <>
          <FileTrouble problem={shown.problem} />
          <PickFile look="main" onPick={read}>
            {say(shown.problem ? "files.pickOther" : "files.pick")}
          </PickFile>
        </>
      )}
      {shown.step === "reading" && <p role="status">{say("files.reading")}</p>}
      {shown.step === "look" && (
        <>
          <FileContents file={shown.file} />
          <Trouble error={shown.error} />
          <div className={styles.acts}>
            <Button look="main" disabled={shown.busy} onClick={() => make(shown.file)}>
              {say(shown.busy ? "files.making" : "files.make")}
            </Button>
            {!shown.busy && <PickFile onPick={read}>{say("files.pickOther")}</PickFile>}
          </div>
        </>
      )}
    </Dialog>
  );
}

async function readFile(picked: File): Promise<Shown> {
  // Before it is taken into memory: somebody may have picked a film.
  if (picked.size > mostBoardFileBytes) {
    return { step: "pick", problem: { kind: "too-large", mostBytes: mostBoardFileBytes } };
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await picked.arrayBuffer();
  } catch {
    return { step: "pick", problem: { kind: "unreadable" } };
  }
  const parsed = parseBoardFileBytes(new Uint8Array(bytes));
  return parsed.ok ? { step: "look", file: parsed.value, busy: false } : { step: "pick", problem: parsed.error };
}

interface PickFileProps {
  readonly look?: "main" | "plain";
  readonly onPick: (file: File) => void;
  readonly children: ReactNode;
}

/** A button of ours before the browser's own file field, which speaks the browser's language and not the person's. */
function PickFile({ look = "plain", onPick, children }: PickFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look={look} onClick={() => input.current?.click()}>
        <Icon name="up" />
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // So that the same file, mended, can be picked again.
          if (file) onPick(file);
          event.target.value = "";
        }}
      />
    </>
  );
}

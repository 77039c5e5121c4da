import { useState } from "react";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";

interface LetGoDialogProps {
  readonly words: string;
  readonly onLetGo: (reason: string | undefined) => void;
  readonly onClose: () => void;
}

/** Asks why a goal is let go. Nobody has to give a reason. */
export function LetGoDialog({ words, onLetGo, onClose }: LetGoDialogProps) {
  const { say } = useLanguage();
  const [reason, setReason] = useState("");
  return (
    <Dialog
      title={say("plan.letGo.title")}
      onClose={onClose}
      actions={
        <>
          <Button look="main" onClick={() => onLetGo(reason.trim() || undefined)}>
            {say("plan.letGo.do")}
          </Button>
          <Button onClick={onClose}>{say("plan.letGo.keep")}</Button>
        </>
      }
    >
      <p dir="auto">
        <q>{words}</q>
      </p>
      <Field label={say("plan.letGo.reason")} hint={say("plan.letGo.hint")}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            maxLength={500}
            dir="auto"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

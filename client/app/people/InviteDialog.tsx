import { useState } from "react";
import { mayDo, type Role } from "#shared/access/roles.ts";
import type { InvitationView, NewInvitationBody, NewInvitationReply } from "#shared/protocol/api.ts";
import { useSession } from "../../board/BoardContext.tsx";
import { useView } from "../../board/use-people.ts";
import { languageNames, languages, useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Checkbox.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Select } from "../../ui/Select.tsx";
import { TextInput } from "../../ui/TextInput.tsx";
import { Trouble } from "../Trouble.tsx";
import { InvitationCard } from "./InvitationCard.tsx";

/** Who may be asked onto a board; the owner's own invitation is made with the board. */
const askable = ["supporter", "advocate", "worker", "child", "interpreter"] as const satisfies readonly Role[];
const hourMs = 3_600_000;
const untils = { day: 24 * hourMs, threeDays: 72 * hourMs, week: 168 * hourMs, month: 720 * hourMs } as const;
type Until = keyof typeof untils;

type Made =
  | { readonly status: "asking" }
  | { readonly status: "made"; readonly invitation: InvitationView }
  | { readonly status: "pending" };

/** Asks somebody onto the board. Once the owner is here, what others ask for waits for the owner's yes. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { say, tag } = useLanguage();
  const session = useSession();
  const view = useView();
  const [name, setName] = useState("");
  const [role, setRole] = useState<(typeof askable)[number]>("supporter");
  const [language, setLanguage] = useState<string>(tag === "ar" ? "ar" : "en");
  const [until, setUntil] = useState<Until>("threeDays");
  const [mayWrite, setMayWrite] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();
  const [made, setMade] = useState<Made>({ status: "asking" });

  const mayWriteShared = view.lanes.some((lane) => lane.kind === "shared" && lane.access === "write");
  const canBeGivenWriting = mayWriteShared && role !== "worker" && role !== "interpreter";

  const ask = async () => {
    setBusy(true);
    setError(undefined);
    const lanes = view.lanes.filter((lane) => lane.kind !== "private");
    const body: NewInvitationBody = {
      name: name.trim(),
      role,
      language,
      expiresAt: new Date(Date.now() + untils[until]).toISOString(),
      ...(canBeGivenWriting && mayWrite ? { lanes: lanes.map(({ laneId, access }) => ({ laneId, access })) } : {}),
    };
    const reply = await call<NewInvitationReply>("POST", `/api/boards/${view.boardId}/invitations`, body);
    setBusy(false);
    if (!reply.ok) {
      setError(reply.error);
      return;
    }
    setMade("pending" in reply.value ? { status: "pending" } : { status: "made", invitation: reply.value });
    session.refreshView();
  };

  if (made.status === "made") {
    return (
      <Dialog
        title={say("invite.madeTitle", { name: name.trim() })}
        onClose={onClose}
        wide
        actions={
          <Button look="main" onClick={onClose}>
            {say("invite.done")}
          </Button>
        }
      >
        <InvitationCard invitation={made.invitation} name={name.trim()} />
      </Dialog>
    );
  }
  if (made.status === "pending") {
    return (
      <Dialog
        title={say("invite.pendingTitle")}
        onClose={onClose}
        actions={
          <Button look="main" onClick={onClose}>
            {say("invite.done")}
          </Button>
        }
      >
        <p role="status">{say("invite.pendingHint", { name: name.trim() })}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={say("invite.title")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <Trouble error={error} />
        {!mayDo(view.role, "invite-at-once") && <p>{say("invite.ownerDecides")}</p>}
        <TextInput
          label={say("invite.name")}
          autoComplete="off"
          required
          maxLength={80}
          value={name}
          onChange={setName}
        />
        <Select
          label={say("invite.role")}
          hint={say(`invite.role.${role}`)}
          value={role}
          options={askable.map((each) => ({ value: each, text: say(`role.${each}`) }))}
          onChange={setRole}
        />
        {canBeGivenWriting && (
          <Checkbox
            label={say("invite.mayWrite")}
            hint={say("invite.mayWriteHint")}
            checked={mayWrite}
            onChange={setMayWrite}
          />
        )}
        <Select
          label={say("invite.language")}
          value={language}
          options={languages.map((each) => ({ value: each, text: languageNames[each], lang: each }))}
          onChange={setLanguage}
        />
        <Select
          label={say("invite.untilWhen")}
          value={until}
          options={(Object.keys(untils) as Until[]).map((each) => ({ value: each, text: say(`invite.until.${each}`) }))}
          onChange={setUntil}
        />
        <Button type="submit" look="main" disabled={busy || name.trim() === ""}>
          {say("invite.make")}
        </Button>
      </form>
    </Dialog>
  );
}

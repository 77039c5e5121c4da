import { useState } from "react";
import { laneAccessOf, mayDo, type Role } from "#shared/access/roles.ts";
import type { ChangePersonBody, PersonView } from "#shared/protocol/api.ts";
import { useView } from "../../board/use-people.ts";
import { useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Checkbox.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Select } from "../../ui/Select.tsx";
import { Trouble } from "../Trouble.tsx";

/** Whom somebody may be made here: never the owner, of whom there is one. */
const roles = ["supporter", "advocate", "worker", "child", "interpreter"] as const satisfies readonly Role[];
const isGivable = (role: Role): role is (typeof roles)[number] => roles.some((each) => each === role);
const hourMs = 3_600_000;
const ends = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
type Until = "keep" | "none" | keyof typeof ends;

interface ChangeAccessProps {
  readonly person: PersonView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** What somebody may do on the board from now on, and until when. Who may only narrow is offered only that. */
export function ChangeAccess({ person, onClose, onDone }: ChangeAccessProps) {
  const { say, tag } = useLanguage();
  const view = useView();
  const mayWiden = mayDo(view.role, "change-access");
  const [role, setRole] = useState(person.role);
  const [mayWrite, setMayWrite] = useState(person.canWriteShared);
  const [until, setUntil] = useState<Until>("keep");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();

  const writesByRole = (each: Role) => laneAccessOf(each, "shared") === "write";
  const canChooseWriting = !writesByRole(role) && role !== "interpreter" && (mayWiden || person.canWriteShared);
  const when = person.until && new Date(person.until).toLocaleString(tag, { dateStyle: "medium", timeStyle: "short" });
  const untils: readonly Until[] = [
    "keep",
    ...(mayWiden && person.until ? (["none"] as const) : []),
    "hour",
    "day",
    "week",
  ];

  const save = async () => {
    setBusy(true);
    setError(undefined);
    const body: ChangePersonBody = {
      ...(role !== person.role && { role }),
      ...(canChooseWriting &&
        (role !== person.role ? mayWrite : mayWrite !== person.canWriteShared) && {
          lanes: view.lanes.flatMap(({ laneId, kind }) => {
            const access = kind === "shared" && mayWrite ? ("write" as const) : laneAccessOf(role, kind);
            return access ? [{ laneId, access }] : [];
          }),
        }),
      ...(until !== "keep" && { until: until === "none" ? null : new Date(Date.now() + ends[until]).toISOString() }),
    };
    const reply = await call<PersonView>("PATCH", `/api/boards/${view.boardId}/people/${person.personId}`, body);
    setBusy(false);
    if (reply.ok) onDone();
    else setError(reply.error);
  };

  return (
    <Dialog title={say("access.title", { name: person.name })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Trouble error={error} />
        {mayWiden && isGivable(person.role) && (
          <Select
            label={say("invite.role")}
            hint={isGivable(role) ? say(`invite.role.${role}`) : undefined}
            value={role}
            options={roles.map((each) => ({ value: each as Role, text: say(`role.${each}`) }))}
            onChange={(next) => {
              setRole(next);
              setMayWrite(next === person.role && person.canWriteShared);
            }}
          />
        )}
        {canChooseWriting && (
          <Checkbox
            label={say("invite.mayWrite")}
            hint={say("invite.mayWriteHint")}
            checked={mayWrite}
            onChange={setMayWrite}
          />
        )}
        <Select
          label={say("access.until")}
          value={until}
          options={untils.map((each) => ({
            value: each,
            text:
              each === "keep"
                ? when
                  ? say("access.until.keep", { when })
                  : say("access.until.none")
                : say(`access.until.${each}`),
          }))}
          onChange={setUntil}
        />
        <p>{say("access.atOnce")}</p>
        <Button type="submit" look="main" disabled={busy}>
          {say("access.save")}
        </Button>
      </form>
    </Dialog>
  );
}

import { useState } from "react";
import { mayDo, mayNarrow, ownerRole } from "#shared/access/roles.ts";
import type { InvitationView, PersonView } from "#shared/protocol/api.ts";
import { useSession } from "../../board/BoardContext.tsx";
import { PersonMark } from "../../board/PersonMark.tsx";
import { useView } from "../../board/use-people.ts";
import { useLanguage, useLaterMessages } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { announce } from "../../ui/announcer.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { languageName } from "../language-name.ts";
import { Trouble } from "../Trouble.tsx";
import { usePeopleHere } from "../use-people-here.ts";
import { ChangeAccess } from "./ChangeAccess.tsx";
import { InvitationCard } from "./InvitationCard.tsx";
import styles from "./PeopleDialog.module.css";

interface PeopleDialogProps {
  readonly onInvite: () => void;
  readonly onTakeHome: () => void;
  readonly onClose: () => void;
}

type Act = "approve" | "again" | "decline" | "revoke" | "remove";
type Shown =
  | { readonly view: "list" }
  | { readonly view: "invitation"; readonly person: PersonView; readonly invitation: InvitationView }
  | { readonly view: "sure" | "access"; readonly person: PersonView };

/** Everyone of this board: who is here, who may see it, who was asked. What each may do with whom, the relay decides. */
export function PeopleDialog({ onInvite, onTakeHome, onClose }: PeopleDialogProps) {
  const { say, tag } = useLanguage();
  const session = useSession();
  const view = useView();
  const here = usePeopleHere();
  const [shown, setShown] = useState<Shown>({ view: "list" });
  const [error, setError] = useState<CallError>();
  const [busy, setBusy] = useState(false);

  const ownerHere = view.people.some((person) => person.role === ownerRole && person.standing === "joined");
  const mayAnswer = mayDo(view.role, "approve-invitation");
  const mayRemove = mayDo(view.role, "remove-person");
  const mayInvite = mayDo(view.role, "invite");
  const isSayable = useLaterMessages();
  const mayRenew = (person: PersonView) =>
    mayDo(view.role, "invite-at-once") ||
    (mayInvite &&
      (!ownerHere ||
        (person.standing === "invited" && person.invitedBy === view.me) ||
        (person.role === ownerRole && view.role === "worker")));

  const act = async (what: Act, person: PersonView) => {
    setBusy(true);
    setError(undefined);
    const path = `/api/boards/${view.boardId}`;
    const reply =
      what === "remove"
        ? await call<undefined>("DELETE", `${path}/people/${person.personId}`)
        : await call<InvitationView | undefined>("POST", `${path}/invitations/${person.personId}/${what}`, {});
    setBusy(false);
    if (!reply.ok) {
      setError(reply.error);
      return;
    }
    session.refreshView();
    if (reply.value) setShown({ view: "invitation", person, invitation: reply.value });
    else {
      setShown({ view: "list" });
      announce(say("people.done"));
    }
  };

  if (shown.view === "invitation") {
    return (
      <Dialog
        key="invitation"
        title={say("invite.madeTitle", { name: shown.person.name })}
        onClose={() => setShown({ view: "list" })}
        wide
        actions={
          <Button look="main" onClick={() => setShown({ view: "list" })}>
            {say("people.back")}
          </Button>
        }
      >
        <InvitationCard invitation={shown.invitation} name={shown.person.name} />
      </Dialog>
    );
  }
  if (shown.view === "access") {
    return (
      <ChangeAccess
        key="access"
        person={shown.person}
        onClose={() => setShown({ view: "list" })}
        onDone={() => {
          session.refreshView();
          setShown({ view: "list" });
          announce(say("people.done"));
        }}
      />
    );
  }
  if (shown.view === "sure") {
    const { person } = shown;
    return (
      <Dialog
        key="sure"
        title={say("people.removeTitle", { name: person.name })}
        onClose={() => setShown({ view: "list" })}
        actions={
          <>
            <Button look="main" disabled={busy} onClick={() => act("remove", person)}>
              {say("people.removeYes")}
            </Button>
            <Button onClick={() => setShown({ view: "list" })}>{say("people.keep")}</Button>
          </>
        }
      >
        <Trouble error={error} />
        <p>{say("people.removeHint", { name: person.name })}</p>
      </Dialog>
    );
  }

  const endOf = (until: string) => {
    if (Date.parse(until) <= Date.now()) return say("access.ended");
    const when = new Date(until).toLocaleString(tag, { dateStyle: "medium", timeStyle: "short" });
    return say("access.endsAt", { when });
  };
  const shownPeople = view.people.filter((person) => person.standing !== "gone");
  return (
    <Dialog
      key="list"
      title={say("people.title")}
      onClose={onClose}
      wide
      actions={
        mayInvite && (
          <>
            <Button look="main" onClick={onInvite}>
              <Icon name="invite" />
              {say("invite.title")}
            </Button>
            {mayDo(view.role, "take-home") && (
              <Button onClick={onTakeHome}>
                <Icon name="save" />
                {say("files.take")}
              </Button>
            )}
          </>
        )
      }
    >
      <Trouble error={error} />
      <ul className={styles.people}>
        {shownPeople.map((person) => {
          const isHere = here.some((other) => other.id === person.personId);
          const isMe = person.personId === view.me;
          const waits = person.standing === "pending";
          return (
            <li key={person.personId} className={styles.person}>
              <PersonMark name={person.name} colour={person.colour} symbol={person.symbol} large />
              <div className={styles.about}>
                <span className={styles.name}>
                  <bdi>{person.name}</bdi> {isMe && <span className={styles.me}>{say("people.you")}</span>}
                </span>
                <span className={styles.facts}>
                  {say(person.role === ownerRole ? "people.owner" : `role.${person.role}`)} ·{" "}
                  <span lang={person.language}>{languageName(person.language)}</span>
                </span>
                <span className={styles.facts}>
                  {say(isHere ? "people.here" : `people.standing.${person.standing}`)}
                  {waits && person.invitedBy && session.person(person.invitedBy) && (
                    <> · {say("people.askedBy", { name: session.person(person.invitedBy)?.name ?? "" })}</>
                  )}
                </span>
                {isSayable && person.until && <span className={styles.facts}>{endOf(person.until)}</span>}
                {!isMe && (
                  <span className={styles.acts}>
                    {waits && mayAnswer && (
                      <>
                        <Button look="main" disabled={busy} onClick={() => act("approve", person)}>
                          {say("people.yes", { name: person.name })}
                        </Button>
                        <Button disabled={busy} onClick={() => act("decline", person)}>
                          {say("people.no")}
                        </Button>
                      </>
                    )}
                    {!waits && mayRenew(person) && (
                      <Button disabled={busy} onClick={() => act("again", person)}>
                        {say(person.standing === "joined" ? "people.newLink" : "people.showAgain")}
                      </Button>
                    )}
                    {(person.standing === "invited" || (waits && !mayAnswer)) && mayRenew(person) && (
                      <Button disabled={busy} onClick={() => act("revoke", person)}>
                        {say("people.takeBack")}
                      </Button>
                    )}
                    {isSayable && !waits && mayNarrow(view.role, person.role) && (
                      <Button disabled={busy} onClick={() => setShown({ view: "access", person })}>
                        {say("access.change")}
                      </Button>
                    )}
                    {person.standing === "joined" && mayRemove && person.role !== ownerRole && (
                      <Button disabled={busy} onClick={() => setShown({ view: "sure", person })}>
                        {say("people.remove")}
                      </Button>
                    )}
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

import { useEffect } from "react";
import { mayDo } from "#shared/access/roles.ts";
import { useSession } from "../board/BoardContext.tsx";
import { PersonMark } from "../board/PersonMark.tsx";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import styles from "./BoardHeader.module.css";
import { loadTakeHomeSoon } from "./files/load-take-home.ts";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { SaveWords } from "./SaveWords.tsx";
import { usePeopleHere } from "./use-people-here.ts";
import { useUndoActions } from "./use-undo-actions.ts";

interface BoardHeaderProps {
  readonly onInvite: () => void;
  readonly onPeople: () => void;
  readonly onTakeHome: () => void;
  readonly onKeys: () => void;
}

const mostMarks = 4;

/** The board's name, what is saved, who is here, and what a person can do from anywhere. */
export function BoardHeader({ onInvite, onPeople, onTakeHome, onKeys }: BoardHeaderProps) {
  const { say, list } = useLanguage();
  const session = useSession();
  const view = useView();
  const here = usePeopleHere();
  const { undo, redo, canUndo, canRedo } = useUndoActions();
  const waiting = mayDo(view.role, "approve-invitation")
    ? view.people.filter((person) => person.standing === "pending").length
    : 0;
  const mayTakeHome = mayDo(view.role, "take-home");
  useEffect(() => (mayTakeHome ? loadTakeHomeSoon() : undefined), [mayTakeHome]);
  return (
    <header className={styles.header}>
      <div className={styles.about}>
        <h1 className={styles.title} dir="auto">
          {view.title}
        </h1>
        <SaveWords />
      </div>
      <div className={styles.undo}>
        <IconButton
          icon="undo"
          label={say("undo.undo")}
          aria-keyshortcuts="Control+Z Meta+Z"
          disabled={!canUndo}
          onClick={undo}
        />
        <IconButton
          icon="redo"
          label={say("undo.redo")}
          aria-keyshortcuts="Control+Shift+Z Meta+Shift+Z"
          disabled={!canRedo}
          onClick={redo}
        />
      </div>
      <div className={styles.people}>
        <button type="button" className={styles.here} onClick={onPeople}>
          <span className="visually-hidden">
            {say("people.whoIsHere", { count: here.length, names: list(here.map((person) => person.name)) })}
            {waiting > 0 && ` ${say("people.waiting", { count: waiting })}`}
          </span>
          {here.slice(0, mostMarks).map((person) => (
            <PersonMark key={person.id} name={person.name} colour={person.colour} symbol={person.symbol} />
          ))}
          {here.length > mostMarks && (
            <span className={styles.more} aria-hidden="true">
              +{here.length - mostMarks}
            </span>
          )}
          {waiting > 0 && (
            <span className={styles.waiting} aria-hidden="true">
              {waiting}
            </span>
          )}
        </button>
        {mayDo(view.role, "invite") && (
          <Button onClick={onInvite} aria-label={say("invite.title")}>
            <Icon name="invite" />
            <span className={styles.inviteText}>{say("invite.button")}</span>
          </Button>
        )}
      </div>
      <div className={styles.tools}>
        <LanguageSwitch onPick={(language) => session.updateMe({ language })} />
        {mayTakeHome && (
          <span className={styles.takeHome}>
            <IconButton icon="save" label={say("files.take")} onClick={onTakeHome} />
          </span>
        )}
        <span className={styles.keys}>
          <IconButton icon="help" label={say("keys.title")} aria-keyshortcuts="?" onClick={onKeys} />
        </span>
      </div>
    </header>
  );
}

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Card } from "#shared/board/board.ts";
import { type CardKind, cardKinds } from "#shared/board/schema.ts";
import { limits } from "#shared/protocol/limits.ts";
import { useSession } from "../board/BoardContext.tsx";
import { useSharedText } from "../board/use-shared-text.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useDesk } from "./CardDesk.tsx";
import styles from "./CardEditor.module.css";
import { useMyHold } from "./use-hold.ts";

/** The kinds that most cards are; the others are one tap further. */
const commonKinds: readonly CardKind[] = ["strength", "resource", "helps-me", "hope", "hard-thing", "person"];

/** Writing in a card where it stands. Each letter is shared as it is typed; the kind can be picked meanwhile. */
export function CardEditor({ card }: { readonly card: Card }) {
  const { say } = useLanguage();
  const session = useSession();
  const desk = useDesk();
  const { value, bind } = useSharedText({ of: "card", id: card.id, field: "words" });
  const { hold, onKey } = useMyHold(card.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<HTMLDivElement>(null);
  const blocked = hold.status === "blocked";

  // Before the tap's own event is over: iOS shows its keyboard for no other focus.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);
  useEffect(() => {
    // A frame later, when the map has come to the zoom that one can write at.
    const frame = requestAnimationFrame(() => {
      editor.current?.parentElement?.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    return () => cancelAnimationFrame(frame);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    // Keys meant for the words are no shortcuts of the map.
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey && event.target === field.current)) {
      event.preventDefault();
      desk.stopEditing();
    }
  };

  const holderName = blocked
    ? (session.others().find(({ key }) => key === hold.by)?.presence.person.name ?? say("card.somebody"))
    : undefined;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears what bubbles up from the controls inside
    <div
      ref={editor}
      className={styles.editor}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        // When the window loses focus the field keeps it inside the page: the person only looked away.
        if (event.currentTarget.contains(document.activeElement)) return;
        if (event.currentTarget.contains(event.relatedTarget)) return;
        desk.stopEditing({ focus: false });
      }}
    >
      <span className={styles.field} lang={card.language} dir="auto">
        <span className={styles.copy} aria-hidden="true">
          {value || say("card.placeholder")}{" "}
        </span>
        <textarea
          {...bind}
          ref={(node) => {
            field.current = node;
            bind.ref(node);
          }}
          className={styles.input}
          aria-label={say("card.words")}
          placeholder={say("card.placeholder")}
          maxLength={limits.wordsLength}
          readOnly={blocked}
          rows={1}
          dir="auto"
          spellCheck
          enterKeyHint="done"
          onInput={(event) => {
            bind.onInput(event);
            onKey();
          }}
        />
      </span>
      {holderName !== undefined && (
        <div className={styles.held}>
          <p dir="auto">{say("card.heldNow", { name: holderName })}</p>
          <Button onClick={() => desk.addBeside(card.id)}>{say("card.beside")}</Button>
        </div>
      )}
      <KindRow kind={card.kind} onPick={(kind) => desk.setKind(card.id, kind)} />
      <div className={styles.foot}>
        <Button look="main" onClick={() => desk.stopEditing()}>
          {say("card.done")}
        </Button>
      </div>
    </div>
  );
}

interface KindRowProps {
  readonly kind: CardKind;
  readonly onPick: (kind: CardKind) => void;
}

/** What kind of card it is, as chips. They do not take the caret out of the words. */
function KindRow({ kind, onPick }: KindRowProps) {
  const { say } = useLanguage();
  const [all, setAll] = useState(false);
  const shown = all ? cardKinds : commonKinds.includes(kind) ? commonKinds : [...commonKinds, kind];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would lay out the chips by rules of its own
    <div className={styles.kinds} role="group" aria-label={say("card.kindRow")}>
      {shown.map((each) => (
        <button
          key={each}
          type="button"
          className={styles.chip}
          aria-pressed={each === kind}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(each)}
        >
          <Icon name={`kind-${each}`} />
          {say(`kind.${each}`)}
        </button>
      ))}
      {!all && (
        <button
          type="button"
          className={styles.chip}
          aria-expanded={false}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => setAll(true)}
        >
          {say("card.kindMore")}
        </button>
      )}
    </div>
  );
}

import { type KeyboardEvent, useEffect, useRef } from "react";
import type { WordsRef } from "#shared/board/board.ts";
import { limits } from "#shared/protocol/limits.ts";
import { useLanguage } from "../messages/language.tsx";
import { useBoard, useSession } from "./BoardContext.tsx";
import { isolate } from "./isolate.ts";
import styles from "./SharedText.module.css";
import { useOthers } from "./use-people.ts";
import { useSharedText, wordsKey } from "./use-shared-text.ts";

/** Silence after which a text counts as free for others again. */
const idleMs = 10_000;

interface SharedTextProps {
  readonly words: WordsRef;
  /** The field's accessible name. */
  readonly label: string;
  /** BCP 47, the language that the words are in. */
  readonly language: string;
  readonly placeholder?: string;
  readonly readOnly?: boolean;
  /** `title`: large. `plain`: as the text around it. */
  readonly look?: "plain" | "title";
  readonly takeFocus?: boolean;
  /** Enter without Shift. Left out: Enter starts a new line. */
  readonly onEnter?: () => void;
  readonly onEscape?: () => void;
  readonly onBlur?: () => void;
}

/**
 * Short words of the board, written where they stand: a field that grows with its text, shares each letter as it is typed,
 * tells others who is writing here, and says who else is.
 */
export function SharedText(props: SharedTextProps) {
  const { words, label, language, look = "plain", takeFocus } = props;
  const { dir } = useLanguage();
  const board = useBoard();
  const { value, bind } = useSharedText(words);
  const writing = useWriting(wordsKey(words));
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (takeFocus) field.current?.focus();
  }, [takeFocus]);

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends a composition; that one belongs to the input method.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && props.onEnter) {
      event.preventDefault();
      props.onEnter();
    } else if (event.key === "Escape") {
      field.current?.blur();
      props.onEscape?.();
    }
  };

  return (
    <span className={`${styles.field} ${styles[look]}`} lang={language}>
      {/* A field cannot grow by itself in every browser: an unseen copy of its text in the same grid cell makes the room. */}
      <span className={styles.copy} aria-hidden="true" dir={value ? "auto" : dir}>
        {value || props.placeholder}{" "}
      </span>
      <textarea
        {...bind}
        ref={(node) => {
          field.current = node;
          bind.ref(node);
        }}
        className={styles.input}
        aria-label={label}
        placeholder={props.placeholder}
        readOnly={props.readOnly}
        maxLength={limits.wordsLength}
        rows={1}
        // Empty, it shows a placeholder in the reader's language, which "auto" would take for left-to-right.
        dir={value ? "auto" : dir}
        spellCheck
        onKeyDown={onKeyDown}
        onFocus={() => {
          board.endUndoStep();
          if (!props.readOnly) writing.start();
        }}
        onInput={(event) => {
          bind.onInput(event);
          writing.start();
        }}
        onBlur={() => {
          writing.stop();
          board.endUndoStep();
          props.onBlur?.();
        }}
      />
      <WritingHere textKey={wordsKey(words)} />
    </span>
  );
}

/** Tells others that I am writing a text: from `start` until `stop`, and as idle after ten seconds without a letter. */
export function useWriting(key: string): { readonly start: () => void; readonly stop: () => void } {
  const session = useSession();
  const state = useRef<{ since: number | undefined; timer: ReturnType<typeof setTimeout> | undefined; idle: boolean }>({
    since: undefined,
    timer: undefined,
    idle: false,
  });
  const stop = () => {
    const now = state.current;
    clearTimeout(now.timer);
    if (now.since !== undefined) session.setDoing({ editing: undefined });
    now.since = undefined;
  };
  const start = () => {
    const now = state.current;
    clearTimeout(now.timer);
    if (now.since === undefined || now.idle) {
      now.since ??= Date.now();
      now.idle = false;
      session.setDoing({ editing: { key, since: now.since } });
    }
    now.timer = setTimeout(() => {
      if (now.since === undefined) return;
      now.idle = true;
      session.setDoing({ editing: { key, since: now.since, idle: true } });
    }, idleMs);
  };
  const latestStop = useRef(stop);
  latestStop.current = stop;
  // A field can be taken away while it has the focus; it then never hears of its blur.
  useEffect(() => () => latestStop.current(), []);
  return { start, stop };
}

/** "Bo is writing here", while somebody else is. */
export function WritingHere({ textKey }: { readonly textKey: string }) {
  const { say, list } = useLanguage();
  const others = useOthers().filter(({ presence }) => presence.editing?.key === textKey && !presence.editing.idle);
  const first = others[0];
  if (!first) return null;
  const names = [...new Set(others.map(({ presence }) => isolate(presence.person.name)))];
  return (
    <span className={styles.writing} style={{ color: `var(--person-${first.presence.person.colour})` }}>
      <span className={styles.dot} aria-hidden="true" />
      {say("words.writingHere", { names: list(names), count: names.length })}
    </span>
  );
}

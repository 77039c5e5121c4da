import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useBoard, useSession } from "../board/BoardContext.tsx";
import { type LongWordsFieldProps, LongWordsText } from "../board/LongWords.tsx";
import { useWriting, WritingHere } from "../board/SharedText.tsx";
import { useView } from "../board/use-people.ts";
import { wordsKey } from "../board/use-shared-text.ts";
import { useLanguage } from "../messages/language.tsx";
import { useAnnounce } from "../ui/announcer.ts";
import styles from "./LongWordsField.module.css";
import { editorCode, loadEditor, loadEditorWhenIdle } from "./load-editor.ts";

/** How long an editor stays after it lost the focus: going to another window and back finds the caret where it was. */
const keepMs = 2_000;

interface Point {
  readonly x: number;
  readonly y: number;
}

type Stage =
  | { readonly stage: "text" }
  | { readonly stage: "fetching"; readonly at: Point | undefined }
  | { readonly stage: "editor"; readonly at: Point | undefined };

/**
 * Long words that several people write together. Plain text until somebody touches it, an editor while they write, and
 * text again a little after they leave: two hundred waiting editors would stop the page for seconds.
 */
export function LongWordsField({ words, label, value, placeholder, readOnly = false }: LongWordsFieldProps) {
  const { say } = useLanguage();
  const announce = useAnnounce();
  const [stage, setStage] = useState<Stage>({ stage: "text" });
  const field = useRef<HTMLDivElement>(null);
  const isPressed = useRef(false);
  useEffect(() => {
    if (!readOnly) loadEditorWhenIdle();
  }, [readOnly]);

  const open = (at: Point | undefined) => {
    if (readOnly || stage.stage !== "text") return;
    if (editorCode()) {
      // At once, within the tap: a phone shows its keyboard only for a focus that belongs to one.
      flushSync(() => setStage({ stage: "editor", at }));
      return;
    }
    setStage({ stage: "fetching", at });
    loadEditor().then(
      () => setStage((now) => (now.stage === "fetching" ? { stage: "editor", at: now.at } : now)),
      () => {
        setStage({ stage: "text" });
        announce(say("editor.notLoaded"));
      },
    );
  };
  const close = (focusText: boolean) => {
    setStage({ stage: "text" });
    if (focusText) requestAnimationFrame(() => field.current?.focus());
  };

  const key = wordsKey(words);
  if (stage.stage === "editor" && !readOnly) {
    return (
      <div className={styles.field}>
        <EditorIn words={words} label={label} at={stage.at} onClose={close} />
        <WritingHere textKey={key} />
      </div>
    );
  }

  const text = value.isEmpty ? (
    <p className={styles.placeholder}>{readOnly ? say("editor.nothing") : placeholder}</p>
  ) : (
    <LongWordsText value={value} />
  );
  if (readOnly) {
    return (
      <div className={styles.field}>
        <section className={styles.text} aria-label={label}>
          {text}
        </section>
      </div>
    );
  }
  return (
    <div className={styles.field}>
      {/* biome-ignore lint/a11y/useSemanticElements: it becomes the editor, which holds paragraphs; a textarea cannot */}
      <div
        ref={field}
        className={`${styles.text} ${styles.touchable}`}
        role="textbox"
        aria-multiline="true"
        aria-label={label}
        aria-busy={stage.stage === "fetching"}
        tabIndex={0}
        onPointerDown={() => {
          isPressed.current = true;
        }}
        onClick={(event: MouseEvent) => {
          isPressed.current = false;
          // Somebody who marks words to copy them does not want them to turn into an editor.
          if (document.getSelection()?.isCollapsed !== false) open({ x: event.clientX, y: event.clientY });
        }}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key !== "Enter" && event.key !== "F2" && event.key.length !== 1) return;
          event.preventDefault();
          open(undefined);
        }}
        onFocus={() => {
          // Fetched already when the key that opens it comes.
          if (!isPressed.current) void loadEditor().catch(() => undefined);
        }}
      >
        {text}
      </div>
      <WritingHere textKey={key} />
    </div>
  );
}

interface EditorInProps {
  readonly words: LongWordsFieldProps["words"];
  readonly label: string;
  readonly at: Point | undefined;
  readonly onClose: (focusText: boolean) => void;
}

function EditorIn({ words, label, at, onClose }: EditorInProps) {
  const { say } = useLanguage();
  const announce = useAnnounce();
  const board = useBoard();
  const { awareness } = useSession();
  const { me } = useView();
  const writing = useWriting(wordsKey(words));
  const place = useRef<HTMLDivElement>(null);
  // The editor lives from mount to unmount; what it calls has to be the latest all the same.
  const latest = useRef({ say, announce, onClose, writing });
  latest.current = { say, announce, onClose, writing };
  const opening = useRef({ at, label, words, me });

  useLayoutEffect(() => {
    const element = place.current;
    const code = editorCode();
    const { words, label, at, me } = opening.current;
    const fragment = board.longWords(words);
    if (!element || !code || !fragment) return latest.current.onClose(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stay = () => clearTimeout(timer);
    const giveUp = () => {
      latest.current.announce(latest.current.say("editor.unknown"));
      latest.current.onClose(false);
    };
    const editor = code.mountEditor({
      element,
      fragment,
      board,
      awareness,
      me,
      label,
      at,
      className: styles.editor ?? "",
      onInput: () => latest.current.writing.start(),
      onBlur: () => {
        latest.current.writing.stop();
        stay();
        timer = setTimeout(() => latest.current.onClose(false), keepMs);
      },
      onEscape: () => latest.current.onClose(true),
      onCut: () => latest.current.announce(latest.current.say("editor.cut")),
      onUnknown: giveUp,
    });
    if (!editor) return giveUp();
    element.addEventListener("focusin", stay);
    latest.current.writing.start();
    return () => {
      stay();
      element.removeEventListener("focusin", stay);
      editor.destroy();
    };
  }, [board, awareness]);

  return <div ref={place} className={styles.place} />;
}

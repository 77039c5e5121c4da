import {
  type ClipboardEvent,
  type CompositionEvent,
  type FormEvent,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { Board, TextDelta, WordsRef } from "#shared/board/board.ts";
import type { RunHow } from "#shared/board/schema.ts";
import { useBoard } from "./BoardContext.tsx";
import { applyDelta, applyReplacement, moveCaret, rebase, replacementOf } from "./text-delta.ts";

type Field = HTMLTextAreaElement | HTMLInputElement;

export interface SharedText {
  /** The field's text now, others' latest letters included. */
  readonly value: string;
  /** Replaces the whole text, as a run of the writer's. */
  readonly onChange: (text: string, how?: RunHow) => void;
  /** To spread on an `<input>` or `<textarea>`. It stays uncontrolled, so that no render can move a caret or end a composition. */
  readonly bind: {
    readonly ref: (field: Field | null) => void;
    readonly defaultValue: string;
    readonly onInput: (event: FormEvent<Field>) => void;
    readonly onPaste: (event: ClipboardEvent<Field>) => void;
    readonly onCompositionStart: (event: CompositionEvent<Field>) => void;
    readonly onCompositionEnd: (event: CompositionEvent<Field>) => void;
  };
}

/** The name of a text in presence (`editing.key`). */
export function wordsKey(ref: { readonly of: string; readonly id: string; readonly field: string }): string {
  return `${ref.of}:${ref.id}:${ref.field}`;
}

function readWords(board: Board, ref: WordsRef): string {
  if (ref.of === "card") return board.card(ref.id)?.words.text ?? "";
  if (ref.of === "goal") return board.goal(ref.id)?.[ref.field].text ?? "";
  return board.step(ref.id)?.what.text ?? "";
}

/**
 * A short text that several people write at once, bound live to a plain field: each letter is written as it is typed, and
 * others' letters come in without moving this person's caret. While an input method composes, others' letters wait.
 */
export function useSharedText(words: WordsRef): SharedText {
  const board = useBoard();
  const { of, id, field } = words;
  // Callers write the ref inline; its parts say whether it is another text.
  const ref = useMemo(() => ({ of, id, field }) as WordsRef, [of, id, field]);
  const [value, setValue] = useState(() => readWords(board, ref));
  const binding = useMemo(() => bindText(board, ref, setValue), [board, ref]);
  useEffect(() => binding.open(), [binding]);
  const element = useCallback((node: Field | null) => binding.attach(node), [binding]);
  const defaultValue = useMemo(() => readWords(board, ref), [board, ref]);
  return {
    value,
    onChange: binding.replaceAll,
    bind: {
      ref: element,
      defaultValue,
      onInput: binding.onInput,
      onPaste: binding.onPaste,
      onCompositionStart: binding.onCompositionStart,
      onCompositionEnd: binding.onCompositionEnd,
    },
  };
}

function bindText(board: Board, ref: WordsRef, show: (text: string) => void) {
  let field: Field | null = null;
  /** What the board says, and what the field said when it was last looked at: they differ only while composing. */
  let boardText = readWords(board, ref);
  let fieldText = boardText;
  let waiting: TextDelta[] = [];
  let composing = false;
  let pasting = false;

  const setField = (text: string, caretStart: number | null, caretEnd: number | null) => {
    fieldText = text;
    if (!field || field.value === text) return;
    field.value = text;
    // Setting a selection in a field that is not focused would steal the focus in some browsers.
    if (caretStart !== null && caretEnd !== null && document.activeElement === field) {
      field.setSelectionRange(caretStart, caretEnd);
    }
  };

  const receive = (delta: TextDelta) => {
    boardText = applyDelta(boardText, delta);
    show(boardText);
    if (composing) {
      waiting.push(delta);
      return;
    }
    const start = field?.selectionStart ?? null;
    const end = field?.selectionEnd ?? null;
    setField(boardText, start === null ? null : moveCaret(start, delta), end === null ? null : moveCaret(end, delta));
  };

  const write = (text: string, how: RunHow) => {
    boardText = text;
    const written = board.writeWords(ref, text, { how });
    // Refused (too long, no longer allowed): the field goes back to what the board says.
    if (!written.ok) boardText = readWords(board, ref);
    show(boardText);
    return written.ok;
  };

  const look = () => {
    if (!field || field.value === fieldText) return;
    const change = waiting.reduce(rebase, replacementOf(fieldText, field.value, field.selectionStart ?? undefined));
    fieldText = field.value;
    const how = pasting ? "pasted" : "typed";
    pasting = false;
    const written = write(applyReplacement(boardText, change), how);
    if (!written && !composing) setField(boardText, field.selectionStart, field.selectionEnd);
  };

  // The browser's own undo would write others' deleted words again in this person's name; the board's gives them back.
  const travel = (event: Event, direction: "undo" | "redo") => {
    event.preventDefault();
    if (direction === "undo") board.undo();
    else board.redo();
  };
  const onUndoKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
    if (letter === "z") travel(event, event.shiftKey ? "redo" : "undo");
    else if (letter === "y" && !event.shiftKey) travel(event, "redo");
  };
  const onBrowserUndo = (event: InputEvent) => {
    if (event.inputType === "historyUndo") travel(event, "undo");
    else if (event.inputType === "historyRedo") travel(event, "redo");
  };

  return {
    open: () => {
      boardText = readWords(board, ref);
      show(boardText);
      setField(boardText, null, null);
      return board.subscribeWords(ref, receive);
    },
    attach: (node: Field | null) => {
      field?.removeEventListener("keydown", onUndoKey as EventListener);
      field?.removeEventListener("beforeinput", onBrowserUndo as EventListener);
      field = node;
      if (!node) return;
      node.addEventListener("keydown", onUndoKey as EventListener);
      node.addEventListener("beforeinput", onBrowserUndo as EventListener);
      setField(boardText, null, null);
    },
    replaceAll: (text: string, how: RunHow = "typed") => {
      write(text, how);
      if (!composing) setField(boardText, boardText.length, boardText.length);
    },
    onInput: look,
    // A paste is one input event, right after this one.
    onPaste: () => {
      pasting = true;
      setTimeout(() => {
        pasting = false;
      });
    },
    onCompositionStart: () => {
      composing = true;
    },
    onCompositionEnd: () => {
      look();
      composing = false;
      if (!field || waiting.length === 0) return;
      let start = field.selectionStart ?? 0;
      let end = field.selectionEnd ?? start;
      for (const delta of waiting) {
        start = moveCaret(start, delta);
        end = moveCaret(end, delta);
      }
      waiting = [];
      setField(boardText, start, end);
    },
  };
}

import { useEffect } from "react";
import { type Shortcut, shortcutOf } from "./shortcut.ts";
import { useUndoActions } from "./use-undo-actions.ts";

const fieldSelector = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

/** Listens for the board's keys. Undo and redo are done here; the rest is handed on. */
export function useShortcuts(onShortcut: (shortcut: Exclude<Shortcut, "undo" | "redo">) => void): void {
  const { undo, redo } = useUndoActions();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest("dialog")) return;
      const shortcut = shortcutOf({
        key: event.key,
        code: event.code,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        shiftKey: event.shiftKey,
        altKey: event.altKey,
        inField: target?.closest(fieldSelector) != null,
      });
      if (!shortcut) return;
      event.preventDefault();
      if (shortcut === "undo") undo();
      else if (shortcut === "redo") redo();
      else onShortcut(shortcut);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onShortcut, undo, redo]);
}

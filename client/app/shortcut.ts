/** What a key means on the board, outside of any field. Features listen for keys of their own (see `KeysHelp`). */
export type Shortcut = "undo" | "redo" | "help" | "toggle-list" | "plan" | "people";

interface Pressed {
  readonly key: string;
  /** The key's place on the keyboard, for people whose letters are not Latin ones. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** Whether focus is where letters are written. */
  readonly inField: boolean;
}

/**
 * The shortcut that a key press asks for. Letters are shortcuts only outside of fields; undo and redo also leave a
 * field alone, as each text field has its own way of taking back what was just typed.
 */
export function shortcutOf({ key, code, ctrlKey, metaKey, shiftKey, altKey, inField }: Pressed): Shortcut | undefined {
  if (inField || altKey) return undefined;
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace(/^Key(?=[A-Z]$)/, "").toLowerCase();
  if (ctrlKey || metaKey) {
    if (letter === "z") return shiftKey ? "redo" : "undo";
    return letter === "y" && !shiftKey ? "redo" : undefined;
  }
  if (key === "?" || key === "؟") return "help";
  if (shiftKey) return undefined;
  if (letter === "l") return "toggle-list";
  if (letter === "p") return "plan";
  return letter === "w" ? "people" : undefined;
}

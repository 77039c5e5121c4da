import { Editor, Extension } from "@tiptap/core";
import { keymap } from "@tiptap/pm/keymap";
import { Fragment, Slice } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { yCursorPlugin, ySyncPlugin, ySyncPluginKey } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";
import type { XmlFragment } from "yjs";
import type { Board } from "#shared/board/board.ts";
import type { PersonId } from "#shared/board/ids.ts";
import type { Presence } from "#shared/protocol/presence.ts";
import { isPlain, keepRunsInEditor } from "./keep-runs.ts";
import { pastedParagraphs } from "./pasted-text.ts";
import { longWordsExtensions, stampRuns } from "./run-mark.ts";

/** The editor's code. Imported lazily: nothing on the way into a board may import this file. */

export interface MountOptions {
  readonly element: HTMLElement;
  readonly fragment: XmlFragment;
  readonly board: Board;
  readonly awareness: Awareness;
  readonly me: PersonId;
  readonly label: string;
  readonly className: string;
  /** Client pixels of the tap that opened it; the caret goes there. Left out: to the end. */
  readonly at: { readonly x: number; readonly y: number } | undefined;
  readonly onInput: () => void;
  readonly onBlur: () => void;
  readonly onEscape: () => void;
  readonly onCut: () => void;
  /** Something came in that this editor does not know. It has closed. */
  readonly onUnknown: () => void;
}

export interface MountedEditor {
  readonly destroy: () => void;
}

/**
 * Puts a focused editor into `element`, bound to a text of the board. What is written is the writer's run. `undefined`
 * for a text with more in it than paragraphs: opening it would lose that.
 */
export function mountEditor(options: MountOptions): MountedEditor | undefined {
  const { board, fragment, awareness, me, at } = options;
  if (!isPlain(fragment)) return undefined;
  keepRunsInEditor();
  // Before the binding's own, so that the editor is gone when the binding would delete what it does not know.
  const watch = () => {
    if (isPlain(fragment)) return;
    close();
    options.onUnknown();
  };
  fragment.observeDeep(watch);
  // Undo looks origins up by identity; this is the one under which the binding writes.
  board.trackUndoOrigin(ySyncPluginKey);
  board.endUndoStep();
  const editor = new Editor({
    element: options.element,
    extensions: [
      ...longWordsExtensions,
      Extension.create({
        name: "boardText",
        addProseMirrorPlugins: () => [
          keys(options),
          pasting(options),
          ySyncPlugin(fragment),
          yCursorPlugin(awareness, othersCarets(awareness)),
          stampRuns(me),
        ],
      }),
    ],
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": options.label, class: options.className },
    },
    onUpdate: options.onInput,
    onBlur: options.onBlur,
  });
  const close = () => {
    fragment.unobserveDeep(watch);
    board.endUndoStep();
    if (!editor.isDestroyed) editor.destroy();
  };
  const tapped = at && editor.view.posAtCoords({ left: at.x, top: at.y })?.pos;
  editor.commands.focus(tapped ?? "end", { scrollIntoView: false });
  return { destroy: close };
}

/** Undo is the board's, here as everywhere: one list of what I did across map, plan and long words. */
function keys({ board, onEscape }: MountOptions): Plugin {
  const undo = () => {
    board.undo();
    return true;
  };
  const redo = () => {
    board.redo();
    return true;
  };
  const leave = () => {
    onEscape();
    return true;
  };
  const plugin = keymap({ "Mod-z": undo, "Mod-Z": redo, "Shift-Mod-z": redo, "Mod-y": redo, Escape: leave });
  return new Plugin({
    props: {
      ...plugin.props,
      handleDOMEvents: {
        // Undo by the browser's menu or by shaking a phone would undo in the page alone.
        beforeinput: (_view, event) => {
          if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
          event.preventDefault();
          return event.inputType === "historyUndo" ? undo() : redo();
        },
      },
    },
  });
}

/** Paste and drop bring plain text alone, one paragraph for each line. */
function pasting({ onCut }: MountOptions): Plugin {
  const put = (view: EditorView, text: string) => {
    const { paragraphs, isCut } = pastedParagraphs(text);
    if (isCut) onCut();
    const { paragraph } = view.state.schema.nodes;
    if (!paragraph || paragraphs.length === 0) return true;
    const nodes = paragraphs.map((line) => paragraph.create(null, view.state.schema.text(line)));
    // Open at both ends: the first and last line join the paragraph that the caret is in.
    const change = view.state.tr.replaceSelection(new Slice(Fragment.from(nodes), 1, 1)).setMeta("paste", true);
    view.dispatch(change.scrollIntoView());
    return true;
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => put(view, event.clipboardData?.getData("text/plain") ?? ""),
      // A dragged stretch would lose whose words it is. Cutting and pasting says plainly that it was pasted.
      handleDrop: () => true,
    },
  });
}

/** Others' carets with their names. Who they are stands in presence as `person`, written by the relay. */
function othersCarets(awareness: Awareness) {
  const personOf = (clientId: number) => (awareness.getStates().get(clientId) as Presence | undefined)?.person;
  return {
    awarenessStateFilter: (_mine: number, theirs: number) => theirs !== awareness.clientID && !!personOf(theirs),
    cursorBuilder: (_user: unknown, clientId: number) => {
      const person = personOf(clientId);
      const caret = document.createElement("span");
      caret.className = "others-caret";
      caret.setAttribute("aria-hidden", "true");
      if (person) {
        caret.style.setProperty("--caret", `var(--person-${person.colour})`);
        const name = document.createElement("bdi");
        name.textContent = person.name;
        caret.append(name);
      }
      return caret;
    },
    selectionBuilder: (_user: unknown, clientId: number) => {
      const colour = personOf(clientId)?.colour ?? "slate";
      return { class: "others-selection", style: `--caret: var(--person-${colour})` };
    },
  };
}

type EditorCode = typeof import("./mount-editor.ts");

let loaded: EditorCode | undefined;
let loading: Promise<EditorCode> | undefined;

/** The editor's code if it is here already. */
export function editorCode(): EditorCode | undefined {
  return loaded;
}

/** Fetches the editor's code once; a failed fetch is tried again by the next call. */
export function loadEditor(): Promise<EditorCode> {
  loading ??= import("./mount-editor.ts").then(
    (code) => {
      loaded = code;
      return code;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

let asked = false;

/** Fetches it when the browser has nothing better to do, so that the first tap on a text finds it. */
export function loadEditorWhenIdle(): void {
  if (asked) return;
  asked = true;
  // Without the code nothing is lost yet: the tap that needs it tries again and says so.
  const load = () => void loadEditor().catch(() => undefined);
  // Safari has no idle callback.
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 10_000 });
  else setTimeout(load, 3_000);
}

import { useLayoutEffect, useRef } from "react";

const controls = "button, textarea, input, select, summary, [tabindex]";

/**
 * Keeps the focus on the control that moved a row, wherever the row lands: an element that changes its parent, or its
 * place among its brothers, loses it. `hold` before a move; `order` is what the list is drawn from.
 */
export function useKeepFocus(kind: string, order: unknown): (id: string) => void {
  const held = useRef<{ readonly id: string; readonly index: number }>(undefined);
  // `order` is not read: a new one says that the rows stand elsewhere.
  useLayoutEffect(() => {
    const { id, index } = held.current ?? {};
    held.current = undefined;
    if (id === undefined || index === undefined) return;
    const control = controlsOf(kind, id)[index];
    if (control && document.activeElement === document.body) control.focus();
    control?.scrollIntoView({ block: "nearest" });
  }, [kind, order]);
  return (id) => {
    const focused = document.activeElement;
    const index = focused instanceof HTMLElement ? controlsOf(kind, id).indexOf(focused) : -1;
    held.current = index === -1 ? undefined : { id, index };
  };
}

function controlsOf(kind: string, id: string): HTMLElement[] {
  const row = document.querySelector(`[data-${kind}-row="${CSS.escape(id)}"]`);
  return [...(row?.querySelectorAll<HTMLElement>(controls) ?? [])];
}

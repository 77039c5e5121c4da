import { type ReactNode, useEffect, useId, useRef } from "react";
import { useLanguage } from "../messages/language.tsx";
import styles from "./Dialog.module.css";
import { Icon } from "./Icon.tsx";

interface DialogProps {
  readonly title: string;
  /** Asked for by Escape, the close button or a tap outside. The parent then stops rendering the dialog. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons along the bottom, in reading order. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

/**
 * A question or a form above the page: `{open && <Dialog … />}`. The browser's own modal dialog, so that focus stays in,
 * the page behind is inert, and Escape closes. When it goes, focus returns to what had it before.
 */
export function Dialog({ title, onClose, children, actions, wide = false }: DialogProps) {
  const { say } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    // The browser gives the focus to the close button. A form is better begun in its first field, but not where that
    // would put a keyboard over half the screen before anything was read.
    if (matchMedia("(pointer: fine)").matches) {
      element?.querySelector<HTMLElement>("input:not([type=radio], [type=checkbox]), textarea")?.focus();
    }
    return () => {
      element?.close();
      // React takes the element away at once, and with it the browser's own memory of where focus was.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${wide ? styles.wide : ""}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      // The element itself is hit only around its content: that is the backdrop.
      onClick={(event) => event.target === event.currentTarget && onClose()}
      // Keys meant for the dialog are no shortcuts of the board behind it.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={styles.sheet}>
        <header className={styles.head}>
          <h2 id={titleId} className={styles.title}>
            {title}
          </h2>
          <button type="button" className={styles.close} onClick={onClose} aria-label={say("ui.close")}>
            <Icon name="close" />
          </button>
        </header>
        <div className={styles.body}>{children}</div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </dialog>
  );
}

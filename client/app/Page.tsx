import { type ReactNode, useEffect, useRef } from "react";
import { useLanguage } from "../messages/language.tsx";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import styles from "./Page.module.css";

interface PageProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Beside the language switch. */
  readonly tools?: ReactNode;
  /** The page replaces another one in the same place: its heading takes focus, so that a screen reader reads it. */
  readonly focusTitle?: boolean;
}

/** A calm page outside the board: one heading, one column. */
export function Page({ title, children, tools, focusTitle = false }: PageProps) {
  const { say } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.getElementById("page-copy")?.remove();
    if (focusTitle) heading.current?.focus();
  }, [focusTitle]);
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <a className={styles.brand} href="/">
          <Mark />
          {say("app.name")}
        </a>
        <span className={styles.tools}>
          {tools}
          <LanguageSwitch />
        </span>
      </header>
      <main className={styles.main}>
        <h1 className={styles.title} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </div>
  );
}

/** Two people side by side. */
function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="11" cy="10" r="5" fill="var(--accent)" />
      <path d="M3 27c0-6 3-10 8-10s8 4 8 10z" fill="var(--accent)" />
      <circle cx="22" cy="12" r="4" fill="var(--person-ochre)" />
      <path d="M15.5 27c0-5 2.5-8.5 6.5-8.500s7 3.5 7 8.500z" fill="var(--person-ochre)" opacity=".85" />
    </svg>
  );
}

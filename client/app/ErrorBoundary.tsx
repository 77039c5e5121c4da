import { Component, type ReactNode } from "react";
import { type Language, loadLanguage, nearestLanguage } from "../messages/language.tsx";
import { readKeptLanguage } from "../session/device-store.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./Page.module.css";

interface State {
  readonly failed: boolean;
  readonly language: Language | undefined;
}

/**
 * Stands above everything, so it brings its own words: what broke may be the part that gives them. Says what is safe
 * (all that read Saved, and what this device keeps), and offers to load the page anew.
 */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failed: false, language: undefined };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  override componentDidCatch(): void {
    const wanted = [readKeptLanguage(), document.documentElement.lang, ...navigator.languages];
    loadLanguage(nearestLanguage(wanted.filter((tag): tag is string => Boolean(tag)))).then(
      (language) => this.setState({ language }),
      () => location.reload(),
    );
  }

  override render(): ReactNode {
    const { failed, language } = this.state;
    if (!failed) return this.props.children;
    if (!language) return null;
    return (
      <main className={styles.main} lang={language.tag} dir={language.dir} role="alert">
        <h1 className={styles.title}>{language.say("broken.title")}</h1>
        <p className={styles.lead}>{language.say("broken.hint")}</p>
        <Button look="main" onClick={() => location.reload()}>
          {language.say("broken.reload")}
        </Button>
      </main>
    );
  }
}

import { useLanguage } from "../messages/language.tsx";
import type { CallError } from "../session/api.ts";
import styles from "./Page.module.css";

/** What did not work, and what to do, in the words of the person's own language. Said at once when it appears. */
export function Trouble({ error }: { readonly error: CallError | undefined }) {
  const { sayAny } = useLanguage();
  if (!error) return null;
  return (
    <p className={styles.error} role="alert">
      {sayAny(`error.${error.kind}`, "error.unexpected")}
    </p>
  );
}

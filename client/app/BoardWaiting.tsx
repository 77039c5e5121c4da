import { useLanguage } from "../messages/language.tsx";
import styles from "./BoardWaiting.module.css";

/** Where a board will stand. Says that it is on its way, so that it is never taken for an empty board. */
export function BoardWaiting({ unreachable }: { readonly unreachable: boolean }) {
  const { say } = useLanguage();
  return (
    <div className={styles.waiting}>
      <div className={styles.words} role="status">
        <p className={styles.title}>{say(unreachable ? "wait.unreachable" : "wait.loading")}</p>
        {unreachable && <p className={styles.hint}>{say("wait.unreachableHint")}</p>}
      </div>
      <div className={styles.shapes} aria-hidden="true">
        {["a", "b", "c", "d", "e", "f"].map((shape) => (
          <span key={shape} className={styles.shape} />
        ))}
      </div>
    </div>
  );
}

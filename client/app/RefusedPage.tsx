import { closeCodes } from "#shared/protocol/close-codes.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { navigate } from "./navigation.ts";
import styles from "./Page.module.css";
import { Page } from "./Page.tsx";

/** The board is not open to this person on this device: what happened, what is safe, what to do. */
export function RefusedPage({ reason }: { readonly reason: string }) {
  const { say, sayAny } = useLanguage();
  const close = Object.hasOwn(closeCodes, reason) ? closeCodes[reason as keyof typeof closeCodes] : undefined;
  const isSignIn = reason === "not-signed-in" || reason === "signedOut" || reason === "sessionEnded";
  return (
    <Page title={say(isSignIn ? "refused.signIn" : "refused.title")} focusTitle>
      <p className={styles.lead}>{sayAny(close?.say ?? `error.${reason}`, "error.unexpected")}</p>
      <div className={styles.big}>
        <Button look="main" onClick={() => navigate("/", { replace: true })}>
          {say("app.toStart")}
        </Button>
        <Button onClick={() => location.reload()}>{say("refused.again")}</Button>
      </div>
    </Page>
  );
}

import { useEffect, useState } from "react";
import type { JoinBody, JoinLook, JoinReply } from "#shared/protocol/api.ts";
import { useLanguage } from "../messages/language.tsx";
import { type CallError, call } from "../session/api.ts";
import { Button } from "../ui/Button.tsx";
import { navigate } from "./navigation.ts";
import styles from "./Page.module.css";
import { Page } from "./Page.tsx";
import { useWantedLanguage } from "./WantedLanguage.tsx";

type JoinState =
  | { readonly status: "looking" }
  | { readonly status: "invited"; readonly look: JoinLook; readonly joining: boolean }
  | { readonly status: "refused"; readonly error: CallError };

/** Refusals with a screen of their own; all others are told in a sentence, with a way to try again. */
const endings = ["used", "expired", "revoked", "pending", "wrong"] as const;

interface JoinPageProps {
  readonly body: JoinBody;
  /** Back to where the code was typed. */
  readonly onBack?: () => void;
}

/** From an invitation to the board in one tap. Looking changes nothing; only the button spends the invitation. */
export function JoinPage({ body, onBack }: JoinPageProps) {
  const { say, sayAny } = useLanguage();
  const { suggest } = useWantedLanguage();
  const [state, setState] = useState<JoinState>({ status: "looking" });
  const [tries, setTries] = useState(0);

  // `tries` asks again with the same invitation.
  useEffect(() => {
    let current = true;
    setState({ status: "looking" });
    call<JoinLook>("POST", "/api/join/look", body).then((reply) => {
      if (!current) return;
      if (!reply.ok) {
        setState({ status: "refused", error: reply.error });
        return;
      }
      suggest(reply.value.language);
      setState({ status: "invited", look: reply.value, joining: false });
    });
    // The board's own code comes while the person reads.
    import("./BoardRoute.tsx").catch(() => {});
    return () => {
      current = false;
    };
  }, [body, suggest, tries]);

  const join = async (look: JoinLook) => {
    setState({ status: "invited", look, joining: true });
    const reply = await call<JoinReply>("POST", "/api/join", body);
    // The address that held the secret is replaced, so that going back or looking over a shoulder shows nothing of it.
    if (reply.ok) navigate(`/b/${reply.value.boardId}`, { replace: true });
    else setState({ status: "refused", error: reply.error });
  };

  if (state.status === "looking") {
    return (
      <Page title={say("join.looking")}>
        <p className={styles.note} role="status">
          {say("join.lookingHint")}
        </p>
      </Page>
    );
  }

  if (state.status === "refused") {
    const ending = endings.find((each) => state.error.kind === `invitation-${each}`);
    return (
      <Page title={say(ending ? `join.${ending}` : "join.trouble")} focusTitle key="refused">
        <p className={styles.lead}>
          {ending ? say(`join.${ending}Hint`) : sayAny(`error.${state.error.kind}`, "error.unexpected")}
        </p>
        <div className={styles.big}>
          {!ending && (
            <Button look="main" onClick={() => setTries(tries + 1)}>
              {say("join.again")}
            </Button>
          )}
          <Button onClick={() => (onBack ? onBack() : navigate("/", { replace: true }))}>{say("join.toCode")}</Button>
        </div>
      </Page>
    );
  }

  const { look, joining } = state;
  return (
    <Page title={say("join.title", { board: look.title })} focusTitle key="invited">
      <p className={styles.lead}>
        {look.invitedBy ? say("join.by", { name: look.invitedBy, as: look.name }) : say("join.as", { as: look.name })}
      </p>
      {look.alreadyHereAs && (
        <p className={styles.error}>{say("join.alreadyHere", { name: look.alreadyHereAs, as: look.name })}</p>
      )}
      <div className={styles.big}>
        <Button look="main" disabled={joining} onClick={() => join(look)}>
          {say(joining ? "join.opening" : look.alreadyHereAs ? "join.goInstead" : "join.go")}
        </Button>
      </div>
      <p className={styles.note}>{say(`join.role.${look.role}`)}</p>
      <p className={styles.note}>{say("join.noAccount")}</p>
    </Page>
  );
}

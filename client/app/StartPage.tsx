import { useEffect, useState } from "react";
import type { HelloView, JoinBody } from "#shared/protocol/api.ts";
import { useLanguage } from "../messages/language.tsx";
import { call } from "../session/api.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { JoinPage } from "./JoinPage.tsx";
import { navigate } from "./navigation.ts";
import styles from "./Page.module.css";
import { Page } from "./Page.tsx";
import { SignInForm } from "./staff/SignInForm.tsx";

/** Letters and digits of a code as somebody types it from hearing it: case and blanks make no difference. */
function tidyCode(typed: string): string {
  return typed.replace(/[\s-]/g, "").toUpperCase().slice(0, 6);
}

/** The front door: a code that somebody says aloud, or a worker's account. */
export function StartPage() {
  const { say } = useLanguage();
  const [hello, setHello] = useState<HelloView>();
  const [code, setCode] = useState("");
  const [joining, setJoining] = useState<JoinBody>();

  useEffect(() => {
    let current = true;
    call<HelloView>("GET", "/api/hello").then((reply) => {
      if (current && reply.ok) setHello(reply.value);
    });
    return () => {
      current = false;
    };
  }, []);

  if (joining) return <JoinPage body={joining} onBack={() => setJoining(undefined)} />;

  return (
    <Page title={say("start.title")}>
      <p className={styles.lead}>{say("start.lead")}</p>
      {hello?.needsSetup && (
        <section className={styles.card}>
          <h2>{say("start.setupTitle")}</h2>
          <p>{say("start.setupHint")}</p>
        </section>
      )}
      <section className={styles.card} aria-labelledby="start-code">
        <h2 id="start-code">{say("start.codeTitle")}</h2>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 6) setJoining({ code });
          }}
        >
          <TextInput
            label={say("start.code")}
            hint={say("start.codeHint")}
            value={code}
            onChange={(typed) => setCode(tidyCode(typed))}
            dir="ltr"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            inputMode="text"
          />
          <Button type="submit" look="main" disabled={code.length !== 6}>
            {say("start.codeGo")}
          </Button>
        </form>
      </section>
      {!hello?.needsSetup && (
        <section className={styles.card} aria-labelledby="start-staff">
          <h2 id="start-staff">{say("start.staffTitle")}</h2>
          {hello?.staff ? (
            <Button onClick={() => navigate("/home")}>
              {say("start.toBoards")}
              <Icon name="end" />
            </Button>
          ) : (
            <SignInForm onDone={() => navigate("/home")} />
          )}
        </section>
      )}
    </Page>
  );
}

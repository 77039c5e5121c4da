import { useState } from "react";
import type { SetupBody } from "#shared/protocol/api.ts";
import { useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { TextInput } from "../../ui/TextInput.tsx";
import { navigate } from "../navigation.ts";
import styles from "../Page.module.css";
import { Page } from "../Page.tsx";
import { Trouble } from "../Trouble.tsx";

const leastPassword = 10;

/** Makes a worker's account from a set-up link. */
export function SetupPage({ token }: { readonly token: string | undefined }) {
  const { say } = useLanguage();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();

  if (token === undefined || error?.kind === "setup-done") {
    return (
      <Page title={say(token === undefined ? "setup.missing" : "setup.used")} focusTitle key="ended">
        <p className={styles.lead}>{say(token === undefined ? "setup.missingHint" : "setup.usedHint")}</p>
        <Button look="main" onClick={() => navigate("/", { replace: true })}>
          {say("app.toStart")}
        </Button>
      </Page>
    );
  }

  const setUp = async () => {
    setBusy(true);
    setError(undefined);
    const reply = await call("POST", "/api/setup", { token, name, email, password } satisfies SetupBody);
    setBusy(false);
    if (reply.ok) navigate("/home", { replace: true });
    else setError(reply.error);
  };

  return (
    <Page title={say("setup.title")}>
      <p className={styles.lead}>{say("setup.lead")}</p>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault();
          setUp();
        }}
      >
        <Trouble error={error} />
        <TextInput
          label={say("setup.name")}
          hint={say("setup.nameHint")}
          autoComplete="name"
          required
          maxLength={80}
          value={name}
          onChange={setName}
        />
        <TextInput
          label={say("staff.email")}
          type="email"
          dir="ltr"
          autoComplete="username"
          required
          value={email}
          onChange={setEmail}
        />
        <TextInput
          label={say("staff.password")}
          hint={say("setup.passwordHint", { least: leastPassword })}
          type="password"
          dir="ltr"
          autoComplete="new-password"
          required
          minLength={leastPassword}
          maxLength={128}
          value={password}
          onChange={setPassword}
        />
        <Button type="submit" look="main" disabled={busy}>
          {say("setup.go")}
        </Button>
      </form>
    </Page>
  );
}

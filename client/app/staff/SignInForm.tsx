import { useState } from "react";
import { useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { TextInput } from "../../ui/TextInput.tsx";
import { Trouble } from "../Trouble.tsx";

/** E-mail and password of a worker's account. */
export function SignInForm({ onDone }: { readonly onDone: () => void }) {
  const { say } = useLanguage();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();

  const signIn = async () => {
    setBusy(true);
    setError(undefined);
    const reply = await call("POST", "/api/sign-in", { email, password });
    setBusy(false);
    if (reply.ok) onDone();
    else setError(reply.error);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn();
      }}
    >
      <Trouble error={error} />
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
        type="password"
        dir="ltr"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      <Button type="submit" disabled={busy}>
        {say("staff.signIn")}
      </Button>
    </form>
  );
}

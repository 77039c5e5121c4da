import { useState } from "react";
import type { MeBody, PersonView } from "#shared/protocol/api.ts";
import { personColours, personSymbols, type PersonSymbol as SymbolName } from "#shared/protocol/presence.ts";
import { useSession } from "../board/BoardContext.tsx";
import { PersonSymbol } from "../board/PersonSymbol.tsx";
import { useLanguage } from "../messages/language.tsx";
import type { CallError } from "../session/api.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import styles from "./NameStrip.module.css";
import { Trouble } from "./Trouble.tsx";

type Way = "ask" | "name" | "symbol" | "later";

/** Asks, beside the board and never over it, what to call somebody who is new. It can wait. */
export function NameStrip({ me }: { readonly me: PersonView }) {
  const { say } = useLanguage();
  const session = useSession();
  const [way, setWay] = useState<Way>("ask");
  const [name, setName] = useState(me.name);
  const [symbol, setSymbol] = useState<SymbolName | undefined>(me.symbol);
  const [colour, setColour] = useState(me.colour);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();
  if (way === "later") return null;

  const save = async (change: MeBody) => {
    setBusy(true);
    setError(undefined);
    const saved = await session.updateMe(change);
    setBusy(false);
    if (!saved.ok) setError(saved.error);
  };

  return (
    <section className={styles.strip} aria-labelledby="name-strip">
      <h2 id="name-strip" className={styles.title}>
        {say("name.title")}
      </h2>
      <Trouble error={error} />
      {way === "ask" && (
        <div className={styles.row}>
          <Button look="main" disabled={busy} onClick={() => save({ name: me.name })}>
            {say("name.yes", { name: me.name })}
          </Button>
          <Button onClick={() => setWay("name")}>{say("name.other")}</Button>
          <Button onClick={() => setWay("symbol")}>{say("name.symbol")}</Button>
          <Button look="quiet" onClick={() => setWay("later")}>
            {say("name.later")}
          </Button>
        </div>
      )}
      {way === "name" && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            save({ name: name.trim() });
          }}
        >
          <TextInput label={say("name.label")} maxLength={80} autoComplete="nickname" value={name} onChange={setName} />
          <div className={styles.row}>
            <Button type="submit" look="main" disabled={busy || name.trim() === ""}>
              {say("name.save")}
            </Button>
            <Button look="quiet" onClick={() => setWay("ask")}>
              {say("name.back")}
            </Button>
          </div>
        </form>
      )}
      {way === "symbol" && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (symbol) save({ symbol, colour });
          }}
        >
          <Choice
            legend={say("name.pickSymbol")}
            value={symbol}
            textHidden
            options={personSymbols.map((each) => ({
              value: each,
              text: say(`symbol.${each}`),
              picture: (
                <span className={styles.picture}>
                  <PersonSymbol name={each} />
                </span>
              ),
            }))}
            onChange={setSymbol}
          />
          <Choice
            legend={say("name.pickColour")}
            value={colour}
            textHidden
            options={personColours.map((each) => ({
              value: each,
              text: say(`colour.${each}`),
              picture: (
                <span className={styles.colour} style={{ backgroundColor: `var(--person-${each})` }}>
                  {symbol && <PersonSymbol name={symbol} />}
                </span>
              ),
            }))}
            onChange={setColour}
          />
          <div className={styles.row}>
            <Button type="submit" look="main" disabled={busy || !symbol}>
              {say("name.save")}
            </Button>
            <Button look="quiet" onClick={() => setWay("ask")}>
              {say("name.back")}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

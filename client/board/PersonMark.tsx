import type { PersonColour, PersonSymbol as SymbolName } from "#shared/protocol/presence.ts";
import styles from "./PersonMark.module.css";
import { PersonSymbol } from "./PersonSymbol.tsx";

/** The first letters of a name's first two words. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).slice(0, 2);
  return words.map((word) => [...word][0]?.toLocaleUpperCase() ?? "").join("");
}

interface PersonMarkProps {
  readonly name: string;
  readonly colour: PersonColour;
  readonly symbol?: SymbolName | undefined;
  readonly large?: boolean;
}

/** A person as a round mark: their colour, and their symbol or letters for whoever does not tell colours apart. */
export function PersonMark({ name, colour, symbol, large = false }: PersonMarkProps) {
  return (
    <span
      className={`${styles.mark} ${large ? styles.large : ""}`}
      style={{ backgroundColor: `var(--person-${colour})` }}
      aria-hidden="true"
    >
      {symbol ? <PersonSymbol name={symbol} /> : initialsOf(name)}
    </span>
  );
}

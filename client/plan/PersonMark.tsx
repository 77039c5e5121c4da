import type { PersonColour } from "#shared/protocol/presence.ts";
import styles from "./PersonMark.module.css";
import { initialsOf } from "./plan-thoughts.ts";

/** A person as a round mark: their colour, and their letters for everyone who does not tell colours apart. */
export function PersonMark({ name, colour }: { readonly name: string; readonly colour: PersonColour }) {
  return (
    <span className={styles.mark} style={{ backgroundColor: `var(--person-${colour})` }} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

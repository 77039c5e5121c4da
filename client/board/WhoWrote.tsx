import type { Run, Words } from "#shared/board/board.ts";
import type { PersonId } from "#shared/board/ids.ts";
import { type Language, useLanguage } from "../messages/language.tsx";
import { isolate } from "./isolate.ts";
import { useView } from "./use-people.ts";
import styles from "./WhoWrote.module.css";

type NameOf = (id: PersonId | undefined) => string;

/** Whose words these are, and how they came here, in one sentence: "Gavin's words, typed by Sunita". */
function sentenceOf(run: Run, nameOf: NameOf, say: Language["say"]): string {
  const said = nameOf(run.said);
  if (run.how === "prompt-text") return say("words.prompt");
  // A message cannot branch on a name with a plus sign.
  const how = run.how === "scribed+read-back" ? "readback" : (run.how ?? "typed");
  if (run.said === run.typed) return say("words.by", { said, how });
  return say("words.byFor", { said, typed: nameOf(run.typed), how });
}

/** "Who wrote this", folded: each stretch of the words with the person who said it and the one who typed it. */
export function WhoWrote({ words }: { readonly words: Words }) {
  const { say } = useLanguage();
  const { people } = useView();
  if (words.runs.length === 0) return null;
  const nameOf: NameOf = (id) => isolate(people.find(({ personId }) => personId === id)?.name ?? say("words.somebody"));
  const colourOf = (id: PersonId | undefined) => people.find(({ personId }) => personId === id)?.colour ?? "slate";
  return (
    <details className={styles.who}>
      <summary>{say("words.whoWrote")}</summary>
      <ul>
        {words.runs.map((run, index) => (
          // Runs have no identity of their own, and the list holds no state.
          <li key={index} style={{ borderInlineStartColor: `var(--person-${colourOf(run.said)})` }}>
            <q dir="auto">{run.text}</q>
            <span>{sentenceOf(run, nameOf, say)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

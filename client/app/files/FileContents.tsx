import type { BoardFile, NamedFilePerson } from "#shared/board-file/board-file.ts";
import { useLanguage } from "../../messages/language.tsx";
import styles from "./Files.module.css";

export const namedPeople = (file: BoardFile): readonly NamedFilePerson[] =>
  file.people.filter((person): person is NamedFilePerson => "name" in person);

export const ownerName = (file: BoardFile): string =>
  namedPeople(file).find((person) => person.role === "client")?.name ?? "";

/** What is in a file: whose board it is and how much stands on it, without its words. What was put away is not counted. */
export function FileContents({ file }: { readonly file: BoardFile }) {
  const { say, list, moment } = useLanguage();
  const others = namedPeople(file).filter((person) => person.role !== "client");
  const shown = (records: readonly { readonly removed?: unknown }[]) =>
    records.filter(({ removed }) => !removed).length;
  return (
    <section aria-label={say("files.inIt")}>
      <dl className={styles.facts}>
        <dt>{say("files.board")}</dt>
        <dd dir="auto" className={styles.name}>
          {file.title}
        </dd>
        <dt>{say("files.owner")}</dt>
        <dd dir="auto">{ownerName(file)}</dd>
        <dt>{say("files.when")}</dt>
        <dd>{moment(Date.parse(file.exportedAt))}</dd>
        <dt>{say("files.holds")}</dt>
        <dd>
          {list([
            say("files.cards", { count: shown(file.cards) }),
            say("files.goals", { count: file.goals.length }),
            say("files.steps", { count: shown(file.steps) }),
          ])}
        </dd>
        {others.length > 0 && (
          <>
            <dt>{say("files.others")}</dt>
            <dd>
              <ul className={styles.people}>
                {others.map((person) => (
                  <li key={person.id}>
                    <bdi>{person.name}</bdi>
                  </li>
                ))}
              </ul>
              <p className={styles.note}>{say("files.othersHint")}</p>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

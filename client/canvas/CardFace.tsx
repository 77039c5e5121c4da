import type { Card, Link } from "#shared/board/board.ts";
import type { CardId, GoalId } from "#shared/board/ids.ts";
import { useGoal, useLinksOfCard } from "../board/use-board-data.ts";
import { usePerson } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useDeskState } from "./CardDesk.tsx";
import styles from "./CardFace.module.css";
import type { DeskState } from "./desk.ts";
import { type Busy, useBusy } from "./use-hold.ts";

interface CardFaceProps {
  readonly card: Card;
  readonly links: readonly Link[];
  readonly busy: Busy | undefined;
  readonly authors: boolean;
}

/** What a card says when nobody writes in it here: kind, words, what it is for, and who is busy with it. */
export function CardFace({ card, links, busy, authors }: CardFaceProps) {
  const { say } = useLanguage();
  const text = card.words.text.trim();
  const size = text.length > 56 ? styles.long : text.length > 30 ? styles.middling : styles.short;
  return (
    <>
      <span className={styles.kind} data-icon={card.kind}>
        {say(`kind.${card.kind}`)}
        {card.hasStory && <Icon name="area-work" size="1em" />}
      </span>
      <p
        className={`${styles.words} ${size} ${text ? "" : styles.none}`}
        {...(text ? { lang: card.language, dir: "auto" } : {})}
      >
        {cut(text) || say("card.empty")}
      </p>
      {links.length > 0 && <Goals links={links} />}
      {busy && <BusyFlag busy={busy} />}
      {authors && <AuthorName card={card} />}
    </>
  );
}

/** More than this does not fit on a card on the map. The whole is in its name, its editor and the list. */
const mostLetters = 84;
const mostLines = 4;

function cut(text: string): string {
  const lines = text.split("\n", mostLines + 1);
  const fitting = lines.slice(0, mostLines).join("\n");
  if (fitting.length <= mostLetters && lines.length <= mostLines) return fitting;
  return `${fitting.slice(0, mostLetters - 2).trimEnd()}…`;
}

/** The goals that the card was connected to, as small flags at its foot. */
export function CardGoals({ cardId }: { readonly cardId: CardId }) {
  return <Goals links={useLinksOfCard(cardId)} />;
}

function Goals({ links }: { readonly links: readonly Link[] }) {
  const first = links[0];
  if (!first) return null;
  return <GoalFlag goalId={first.goalId} more={links.length - 1} />;
}

function GoalFlag({ goalId, more }: { readonly goalId: GoalId; readonly more: number }) {
  const { say, number } = useLanguage();
  const goal = useGoal(goalId);
  if (!goal) return null;
  const words = goal.words.text.trim() || say("connect.noWords");
  return (
    <span className={styles.flag}>
      <Icon name="goal" size="1em" />
      <span className={styles.flagText} dir="auto">
        {say("card.for", { goal: words })}
      </span>
      {more > 0 && <span>+{number(more)}</span>}
    </span>
  );
}

/** "Bo is writing", "Bo is moving this card". */
export function CardBusy({ cardId }: { readonly cardId: CardId }) {
  const busy = useBusy(cardId);
  return busy ? <BusyFlag busy={busy} /> : null;
}

function BusyFlag({ busy }: { readonly busy: Busy }) {
  const { say } = useLanguage();
  const { name, colour } = busy.other.presence.person;
  return (
    <span className={styles.busy} style={{ background: `var(--person-${colour})` }} dir="auto">
      {say(busy.does === "writes" ? "card.writing" : "card.moving", { name })}
    </span>
  );
}

const authorsShown = (state: DeskState) => state.authors;

/** Who added the card, when somebody asked to see that. */
export function CardAuthor({ card }: { readonly card: Card }) {
  const shown = useDeskState(authorsShown);
  return shown ? <AuthorName card={card} /> : null;
}

function AuthorName({ card }: { readonly card: Card }) {
  const { say } = useLanguage();
  const said = card.words.runs[0]?.said ?? card.author;
  const person = usePerson(said);
  const name = person?.name ?? say("card.somebody");
  return (
    <span className={styles.author} style={{ background: `var(--person-${person?.colour ?? "slate"})` }} dir="auto">
      {name}
    </span>
  );
}

/** The card's spoken name: kind, words, area, time. */
export function useCardName(card: Card | undefined): string {
  const { say } = useLanguage();
  if (!card) return "";
  return say("card.name", {
    kind: say(`kind.${card.kind}`),
    words: card.words.text.trim() || say("card.empty"),
    area: say(`area.${card.place.area}`),
    time: say(`time.${card.place.time}`),
  });
}

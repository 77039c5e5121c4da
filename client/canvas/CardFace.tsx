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

import { Suspense } from "react";
import type { LongWordsRef } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { LongWordsSlot } from "../board/LongWords.tsx";
import { useCard, useStory } from "../board/use-board-data.ts";
import { useLanguage } from "../messages/language.tsx";
import styles from "./BoardScreen.module.css";
import type { Room, ViewName } from "./layout.ts";
import { ListView, MapView, PlanView } from "./views.ts";

interface BoardViewsProps {
  readonly room: Room;
  readonly view: ViewName;
  readonly onOpenPlan: () => void;
}

/** The view that was picked; on a wide screen with the plan beside it. */
export function BoardViews({ room, view, onOpenPlan }: BoardViewsProps) {
  const { say } = useLanguage();
  const isWide = room === "wide";
  return (
    <div className={isWide ? styles.beside : styles.one}>
      {view !== "plan" && (
        <section className={view === "map" ? styles.mapPane : styles.pane} aria-label={say(`board.view.${view}`)}>
          <Suspense fallback={<Waiting />}>
            {view === "map" ? (
              <MapView story={Story} onOpenPlan={onOpenPlan} />
            ) : (
              <ListView story={Story} onOpenPlan={onOpenPlan} />
            )}
          </Suspense>
        </section>
      )}
      {(isWide || view === "plan") && (
        <section id="board-plan" className={styles.pane} aria-label={say("board.view.plan")} tabIndex={-1}>
          <Suspense fallback={<Waiting />}>
            <PlanView />
          </Suspense>
        </section>
      )}
    </div>
  );
}

function Waiting() {
  const { say } = useLanguage();
  return (
    <p className={styles.waiting} role="status">
      {say("wait.view")}
    </p>
  );
}

/** The story behind a card, in the long-words editor. */
function Story({ words, label }: { readonly words: LongWordsRef; readonly label: string }) {
  const board = useBoard();
  const { say } = useLanguage();
  const cardId = words.id as CardId;
  const card = useCard(cardId);
  const value = useStory(cardId);
  return (
    <LongWordsSlot
      words={words}
      label={label}
      value={value}
      placeholder={say("board.storyEmpty")}
      readOnly={!card || !board.canWrite(card.laneId)}
    />
  );
}

import { useState } from "react";
import type { Goal, Reading } from "#shared/board/board.ts";
import type { PersonView } from "#shared/protocol/api.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { isolate } from "../board/isolate.ts";
import { PersonMark } from "../board/PersonMark.tsx";
import { SharedText } from "../board/SharedText.tsx";
import { useReadings } from "../board/use-board-data.ts";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { NumberChoice } from "./NumberChoice.tsx";
import styles from "./NumberLine.module.css";
import { latestReadings, spreadOf } from "./plan-thoughts.ts";
import { useTell } from "./use-tell.ts";

const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

interface NumberLineProps {
  readonly goal: Goal;
  readonly name: string;
  readonly canWrite: boolean;
}

/** Where everybody stands between what 0 and what 10 mean. Different numbers are the start of a talk, never a mistake. */
export function NumberLine({ goal, name, canWrite }: NumberLineProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const { me } = useView();
  const latest = latestReadings(useReadings(goal.id));
  const [isAskingEnough, setAskingEnough] = useState(false);
  const mine = latest.find(({ person }) => person === me)?.number;

  const setMine = (number: number) => tell(board.setReading(goal.id, number), say("plan.line.set", { number }));
  const setEnough = (number: number | undefined) => {
    const sentence = number === undefined ? say("plan.line.noEnough") : say("plan.line.enoughIs", { number });
    tell(board.setGoodEnough(goal.id, number), sentence);
  };

  return (
    <section className={styles.part} aria-label={say("plan.line.of", { words: name })}>
      <h4>{say("plan.line")}</h4>
      <Line latest={latest} goodEnough={goal.goodEnough} />
      <div className={styles.ends}>
        {(["zero", "ten"] as const).map((end) => (
          <div key={end} className={styles.end}>
            <SharedText
              words={{ of: "goal", id: goal.id, field: end }}
              label={say(`plan.line.${end}Of`, { words: name })}
              placeholder={say(`plan.line.${end}`)}
              language={goal.language}
              readOnly={!canWrite}
            />
          </div>
        ))}
      </div>
      <Legend latest={latest} />
      {canWrite && (
        <>
          <NumberChoice legend={say("plan.line.mine")} value={mine} onChoose={setMine} />
          <div className={styles.enough}>
            <Button look="quiet" aria-expanded={isAskingEnough} onClick={() => setAskingEnough(!isAskingEnough)}>
              <Icon name="goal" />
              {goal.goodEnough === undefined
                ? say("plan.line.askEnough")
                : say("plan.line.enoughIs", { number: goal.goodEnough })}
            </Button>
            {isAskingEnough && (
              <>
                <NumberChoice legend={say("plan.line.chooseEnough")} value={goal.goodEnough} onChoose={setEnough} />
                {goal.goodEnough !== undefined && (
                  <Button look="quiet" onClick={() => setEnough(undefined)}>
                    {say("plan.line.clearEnough")}
                  </Button>
                )}
              </>
            )}
          </div>
        </>
      )}
    </section>
  );
}

/** The line as a picture. What it shows is said in words below it, so it is silent to screen readers. */
function Line({
  latest,
  goodEnough,
}: {
  readonly latest: readonly Reading[];
  readonly goodEnough: number | undefined;
}) {
  const { people } = useView();
  return (
    <div className={styles.line} aria-hidden="true">
      {numbers.map((number) => (
        <div key={number} className={styles.tick} data-enough={number === goodEnough ? "" : undefined}>
          <div className={styles.pins}>
            {number === goodEnough && <Icon name="goal" size="1.5rem" />}
            {latest
              .filter((reading) => reading.number === number)
              .map(({ person }) => {
                const found = people.find(({ personId }) => personId === person);
                return <MarkOf key={person} person={found} />;
              })}
          </div>
          <div className={styles.dot} />
          <div className={styles.label}>{number}</div>
        </div>
      ))}
    </div>
  );
}

function MarkOf({ person }: { readonly person: PersonView | undefined }) {
  return <PersonMark name={person?.name ?? "?"} colour={person?.colour ?? "slate"} symbol={person?.symbol} />;
}

function Legend({ latest }: { readonly latest: readonly Reading[] }) {
  const { say } = useLanguage();
  const { people, me } = useView();
  if (latest.length === 0) return null;
  const nameOf = (person: string) =>
    isolate(people.find(({ personId }) => personId === person)?.name ?? say("words.somebody"));
  const spread = spreadOf(latest);
  return (
    <>
      <ul className={styles.legend}>
        {latest.map(({ person, number }) => (
          <li key={person}>
            <MarkOf person={people.find(({ personId }) => personId === person)} />
            {person === me
              ? say("plan.line.meAt", { number })
              : say("plan.line.personAt", { name: nameOf(person), number })}
          </li>
        ))}
      </ul>
      {spread.kind === "apart" && (
        <p className={styles.talk}>
          {say("plan.line.apart", {
            low: nameOf(spread.low.person),
            lowNumber: spread.low.number,
            high: nameOf(spread.high.person),
            highNumber: spread.high.number,
          })}
        </p>
      )}
      {spread.kind === "same" && <p className={styles.talk}>{say("plan.line.same", { number: spread.number })}</p>}
    </>
  );
}

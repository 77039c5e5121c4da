import { useState } from "react";
import type { Doer, Step } from "#shared/board/board.ts";
import type { StepId } from "#shared/board/ids.ts";
import { type StepSize, type StepState, stepSizes, stepStates } from "#shared/board/schema.ts";
import { limits } from "#shared/protocol/limits.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { PersonMark } from "../board/PersonMark.tsx";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { isSameDoer } from "./plan-thoughts.ts";
import styles from "./StepDetails.module.css";
import { useTell } from "./use-tell.ts";

interface StepDetailsProps {
  readonly step: Step;
  readonly words: string;
  readonly canMove: (by: -1 | 1) => boolean;
  readonly onMove: (id: StepId, by: -1 | 1) => void;
}

/** Everything about a step that is not its words: who, by when, how soon, how it stands, its place. */
export function StepDetails({ step, words, canMove, onMove }: StepDetailsProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  return (
    <div className={styles.details}>
      <WhoField step={step} />
      <ByWhenField step={step} />
      <Segments
        legend={say("plan.size")}
        value={step.size}
        options={stepSizes.map((value) => ({ value, text: say(`plan.size.${value}`) }))}
        onChoose={(size: StepSize) =>
          tell(board.setStepSize(step.id, size), say("plan.step.nowIn", { group: say(`plan.size.${size}`) }))
        }
      />
      <Segments
        legend={say("plan.step.state")}
        value={step.state}
        options={stepStates.map((value) => ({ value, text: say(`plan.step.state.${value}`) }))}
        onChoose={(state: StepState) => tell(board.setStepState(step.id, state), say(`plan.step.state.${state}`))}
      />
      <div className={styles.actions}>
        <Button look="quiet" aria-disabled={!canMove(-1)} onClick={() => onMove(step.id, -1)}>
          <Icon name="up" />
          {say("plan.step.up")}
        </Button>
        <Button look="quiet" aria-disabled={!canMove(1)} onClick={() => onMove(step.id, 1)}>
          <Icon name="down" />
          {say("plan.step.down")}
        </Button>
        <Button
          look="quiet"
          aria-label={say("plan.putAway.doNamed", { words })}
          onClick={() => tell(board.removeStep(step.id), say("plan.putAway.done"))}
        >
          <Icon name="trash" />
          {say("plan.putAway.do")}
        </Button>
      </div>
    </div>
  );
}

interface SegmentsProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChoose: (value: T) => void;
}

/** One of a few, as pressed buttons: one tap, and arrow keys are left to the row. */
function Segments<T extends string>({ legend, value, options, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset className={styles.field}>
      <legend>{legend}</legend>
      <div className={styles.toggles}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            className={styles.toggle}
            aria-pressed={option.value === value}
            onClick={() => option.value !== value && onChoose(option.value)}
          >
            {option.text}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function WhoField({ step }: { readonly step: Step }) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const { people, me } = useView();
  const [name, setName] = useState("");
  const set = (who: readonly Doer[]) => tell(board.setStepWho(step.id, who));
  const has = (doer: Doer) => step.who.some((other) => isSameDoer(other, doer));
  const flip = (doer: Doer) =>
    set(has(doer) ? step.who.filter((other) => !isSameDoer(other, doer)) : [...step.who, doer]);
  // Somebody who left the board keeps their step until it is given on.
  const here = people.filter(({ standing, personId }) => standing !== "gone" || has({ person: personId }));
  const others = step.who.filter((doer): doer is { readonly name: string } => "name" in doer);
  return (
    <fieldset className={styles.field}>
      <legend>{say("plan.who")}</legend>
      <div className={styles.toggles}>
        {here.map((person) => (
          <button
            key={person.personId}
            type="button"
            className={styles.toggle}
            aria-pressed={has({ person: person.personId })}
            onClick={() => flip({ person: person.personId })}
          >
            <PersonMark name={person.name} colour={person.colour} symbol={person.symbol} />
            <bdi>{person.personId === me ? say("plan.who.meNamed", { name: person.name }) : person.name}</bdi>
          </button>
        ))}
        {others.map((doer) => (
          <button
            key={doer.name}
            type="button"
            className={styles.toggle}
            aria-pressed="true"
            onClick={() => flip(doer)}
          >
            <bdi>{doer.name}</bdi>
            <Icon name="close" />
          </button>
        ))}
      </div>
      <form
        className={styles.addName}
        onSubmit={(event) => {
          event.preventDefault();
          const doer = { name: name.trim() };
          if (doer.name && !has(doer)) set([...step.who, doer]);
          setName("");
        }}
      >
        <input
          type="text"
          dir="auto"
          aria-label={say("plan.who.other")}
          placeholder={say("plan.who.other")}
          maxLength={limits.nameLength}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {name.trim() !== "" && <Button type="submit">{say("plan.who.add")}</Button>}
      </form>
    </fieldset>
  );
}

/** A date or words: the one written last stands. */
function ByWhenField({ step }: { readonly step: Step }) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const stored = step.byWhen && "when" in step.byWhen ? step.byWhen.when : "";
  const [when, setWhen] = useState(stored);
  const [seen, setSeen] = useState(stored);
  // Somebody else wrote it meanwhile: theirs is what stands on the board.
  if (seen !== stored) {
    setSeen(stored);
    setWhen(stored);
  }
  const keepWords = () => {
    const words = when.trim();
    if (words === stored) return;
    tell(board.setStepByWhen(step.id, words ? { when: words } : undefined));
  };
  return (
    <fieldset className={styles.field}>
      <legend>{say("plan.when")}</legend>
      <div className={styles.when}>
        <input
          type="date"
          aria-label={say("plan.when.date")}
          value={step.byWhen && "date" in step.byWhen ? step.byWhen.date : ""}
          onChange={(event) => {
            const date = event.target.value;
            tell(board.setStepByWhen(step.id, date ? { date } : undefined));
          }}
        />
        <input
          type="text"
          dir="auto"
          aria-label={say("plan.when.words")}
          placeholder={say("plan.when.wordsAsk")}
          maxLength={200}
          value={when}
          onChange={(event) => setWhen(event.target.value)}
          onBlur={keepWords}
          onKeyDown={(event) => event.key === "Enter" && keepWords()}
        />
      </div>
    </fieldset>
  );
}

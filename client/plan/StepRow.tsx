import { type KeyboardEvent, useId, useState } from "react";
import type { ByWhen, Step } from "#shared/board/board.ts";
import type { StepId } from "#shared/board/ids.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { isolate } from "../board/isolate.ts";
import { SharedText } from "../board/SharedText.tsx";
import { useStep } from "../board/use-board-data.ts";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { StepDetails } from "./StepDetails.tsx";
import styles from "./Steps.module.css";
import type { Handle, Row } from "./use-reorder.ts";
import { useTell } from "./use-tell.ts";

interface StepRowProps {
  readonly stepId: StepId;
  readonly canWrite: boolean;
  readonly isFresh: boolean;
  readonly isOpened: boolean;
  readonly canMove: (by: -1 | 1) => boolean;
  readonly row: Row;
  readonly handle: Handle;
  readonly dropHere: boolean;
  readonly onMove: (id: StepId, by: -1 | 1) => void;
  readonly onOpen: (isOpened: boolean) => void;
  /** Asked for by Enter in its words: another step right after it. */
  readonly onNext: () => void;
}

/** One step: done in one tap, its words, who and by when; the rest behind one button. */
export function StepRow(props: StepRowProps) {
  const { stepId, canWrite, isOpened, row } = props;
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const step = useStep(stepId);
  const detailsId = useId();
  // Only who made the tap is cheered, and only now: a plan full of old cheers is noise.
  const [isCheered, setCheered] = useState(false);
  if (!step) return null;
  const words = step.what.text || say("plan.step.noWords");
  const isDone = step.state === "done";

  const setDone = () => {
    setCheered(!isDone);
    tell(board.setStepState(stepId, isDone ? "to-do" : "done"), say(isDone ? "plan.step.notDone" : "plan.step.cheer"));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    if (!canWrite || (event.target instanceof Element && event.target.closest("select, input"))) return;
    // Handled here even at the ends: the goal around it must not move instead.
    event.preventDefault();
    props.onMove(stepId, event.key === "ArrowUp" ? -1 : 1);
  };

  return (
    <li {...row.attributes} style={row.style} className={styles.row} data-state={step.state} onKeyDown={onKeyDown}>
      {props.dropHere && <div className={styles.dropLine} aria-hidden="true" />}
      <div className={styles.rowTop}>
        {/* biome-ignore lint/a11y/useSemanticElements: a native box cannot be given a finger's size and this look */}
        <button
          type="button"
          role="checkbox"
          className={styles.tick}
          aria-checked={isDone}
          aria-label={say("plan.step.doneNamed", { words })}
          disabled={!canWrite}
          onClick={setDone}
        >
          <span className={styles.box}>{isDone && <Icon name="check" />}</span>
        </button>
        <div className={styles.what}>
          <SharedText
            words={{ of: "step", id: stepId, field: "what" }}
            label={say("plan.step.words")}
            placeholder={say("plan.step.ask")}
            language={step.language}
            readOnly={!canWrite}
            takeFocus={props.isFresh}
            onEnter={props.onNext}
          />
          <StepFacts step={step} />
          {isDone && isCheered && <p className={styles.cheer}>{say("plan.step.cheer")}</p>}
        </div>
        {canWrite && (
          <>
            <IconButton
              icon="more"
              label={say("plan.step.more", { words })}
              aria-expanded={isOpened}
              aria-controls={detailsId}
              onClick={() => props.onOpen(!isOpened)}
            />
            <span className={styles.grip} aria-hidden="true" {...props.handle}>
              <Icon name="grip" />
            </span>
          </>
        )}
      </div>
      <div id={detailsId} hidden={!isOpened}>
        {isOpened && <StepDetails step={step} words={words} canMove={props.canMove} onMove={props.onMove} />}
      </div>
    </li>
  );
}

/** Who, by when and how it stands, in one quiet line. */
function StepFacts({ step }: { readonly step: Step }) {
  const { say, date, list } = useLanguage();
  const { people, me } = useView();
  const names = step.who.map((doer) => {
    if ("name" in doer) return isolate(doer.name);
    if (doer.person === me) return say("plan.who.me");
    return isolate(people.find(({ personId }) => personId === doer.person)?.name ?? say("words.somebody"));
  });
  const when = (byWhen: ByWhen) => ("date" in byWhen ? say("plan.when.by", { date: date(byWhen.date) }) : byWhen.when);
  const facts = [
    names.length > 0 && list(names),
    step.byWhen && when(step.byWhen),
    step.state !== "to-do" && step.state !== "done" && say(`plan.step.state.${step.state}`),
  ].filter((fact) => typeof fact === "string");
  return facts.length > 0 && <p className={styles.facts}>{facts.join(" · ")}</p>;
}

import { useMemo, useRef, useState } from "react";
import type { Doer, Step } from "#shared/board/board.ts";
import type { GoalId, StepId } from "#shared/board/ids.ts";
import { type StepSize, stepSizes } from "#shared/board/schema.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { isolate } from "../board/isolate.ts";
import { useRemovedStepIds, useStep } from "../board/use-board-data.ts";
import { useView } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { isAlreadyAt, neighbourPlace, placeNumber, type Target } from "./plan-order.ts";
import { allOnOne } from "./plan-thoughts.ts";
import { StepRow } from "./StepRow.tsx";
import styles from "./Steps.module.css";
import { useKeepFocus } from "./use-keep-focus.ts";
import { useSteps } from "./use-records.ts";
import { useReorder } from "./use-reorder.ts";
import { useTell } from "./use-tell.ts";

interface StepsProps {
  readonly goalId: GoalId;
  readonly name: string;
  readonly canWrite: boolean;
}

/** A goal's steps under Today, This week and Later. Moving one between them changes its size. */
export function Steps({ goalId, name, canWrite }: StepsProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const steps = useSteps(goalId);
  const [fresh, setFresh] = useState<StepId>();
  const [opened, setOpened] = useState<StepId>();
  const list = useRef<HTMLDivElement>(null);

  const groups = useMemo(
    () =>
      stepSizes.map((size) => ({
        group: size,
        ids: steps.filter((step) => step.size === size).map(({ id }) => id),
      })),
    [steps],
  );

  const holdFocus = useKeepFocus("step", groups);
  const move = (id: StepId, target: Target<StepId, StepSize>) => {
    const step = board.step(id);
    if (!step || isAlreadyAt(groups, id, target)) return;
    const place = placeNumber(groups, id, target);
    const sentence = say("plan.step.moved", { group: say(`plan.size.${target.group}`), place });
    const to = target.before === "end" ? ("end" as const) : { before: target.before };
    holdFocus(id);
    tell(board.moveStep(id, goalId, to, target.group), sentence);
  };
  const reorder = useReorder("step", list, move);
  const moveBy = (id: StepId, by: -1 | 1) => {
    const target = neighbourPlace(groups, id, by);
    if (target) move(id, target);
  };
  const add = (size: StepSize) => {
    const added = board.addStep({ goalId, size });
    if (tell(added, say("plan.step.added", { group: say(`plan.size.${size}`) })) && added.ok) setFresh(added.value);
  };

  return (
    <div className={styles.steps} ref={list}>
      <h4>{say("plan.steps")}</h4>
      <OneSideNote steps={steps} />
      {groups.map(({ group, ids }) => (
        <div key={group} className={styles.group} data-step-group={group}>
          <div className={styles.groupHead}>
            <h5>{say(`plan.size.${group}`)}</h5>
            {canWrite && (
              <Button
                look="quiet"
                aria-label={say("plan.step.addTo", { group: say(`plan.size.${group}`), words: name })}
                onClick={() => add(group)}
              >
                <Icon name="plus" />
                {say("plan.step.add")}
              </Button>
            )}
          </div>
          {ids.length === 0 && group === "today" && <p className={styles.invite}>{say("plan.step.todayAsk")}</p>}
          <ul className={styles.list} aria-label={say(`plan.size.${group}`)}>
            {ids.map((id) => (
              <StepRow
                key={id}
                stepId={id}
                canWrite={canWrite}
                isFresh={id === fresh}
                isOpened={id === opened}
                canMove={(by) => neighbourPlace(groups, id, by) !== undefined}
                row={reorder.rowOf(id)}
                handle={reorder.handleOf(id)}
                dropHere={reorder.dropAt(group, id)}
                onMove={moveBy}
                onOpen={(isOpened) => setOpened(isOpened ? id : undefined)}
                onNext={() => add(group)}
              />
            ))}
            {reorder.dropAt(group, "end") && <li className={styles.dropLine} aria-hidden="true" />}
          </ul>
        </div>
      ))}
      <PutAwaySteps goalId={goalId} canWrite={canWrite} />
    </div>
  );
}

function OneSideNote({ steps }: { readonly steps: readonly Step[] }) {
  const { say } = useLanguage();
  const { people, me } = useView();
  const side = allOnOne(steps);
  if (!side) return null;
  const nameOf = (doer: Doer) =>
    "name" in doer
      ? doer.name
      : (people.find(({ personId }) => personId === doer.person)?.name ?? say("words.somebody"));
  const isMe = "person" in side.doer && side.doer.person === me;
  return (
    <p className={styles.note}>
      {isMe
        ? say("plan.allMine", { count: side.count })
        : say("plan.allTheirs", { count: side.count, name: isolate(nameOf(side.doer)) })}
    </p>
  );
}

function PutAwaySteps({ goalId, canWrite }: { readonly goalId: GoalId; readonly canWrite: boolean }) {
  const { say } = useLanguage();
  const ids = useRemovedStepIds(goalId);
  if (ids.length === 0) return null;
  return (
    <details className={styles.fold}>
      <summary>{say("plan.putAway.fold", { count: ids.length })}</summary>
      <ul className={styles.list}>
        {ids.map((id) => (
          <PutAwayStep key={id} stepId={id} canWrite={canWrite} />
        ))}
      </ul>
    </details>
  );
}

function PutAwayStep({ stepId, canWrite }: { readonly stepId: StepId; readonly canWrite: boolean }) {
  const { say } = useLanguage();
  const board = useBoard();
  const tell = useTell();
  const step = useStep(stepId);
  if (!step) return null;
  const words = step.what.text || say("plan.step.noWords");
  return (
    <li className={styles.putAway}>
      <span lang={step.language} dir="auto">
        {words}
      </span>
      {canWrite && (
        <Button
          aria-label={say("plan.putAway.bringBackNamed", { words })}
          onClick={() => tell(board.bringBackStep(stepId), say("plan.putAway.broughtBack"))}
        >
          {say("plan.putAway.bringBack")}
        </Button>
      )}
    </li>
  );
}

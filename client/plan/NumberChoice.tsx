import { type KeyboardEvent, useId, useRef } from "react";
import { useLanguage } from "../messages/language.tsx";
import styles from "./NumberLine.module.css";
import { numberAfterKey } from "./plan-thoughts.ts";

const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

interface NumberChoiceProps {
  readonly legend: string;
  readonly value: number | undefined;
  readonly onChoose: (number: number) => void;
}

/**
 * One of 0–10 as eleven buttons. Own radio buttons rather than the browser's: those move against the line in
 * right-to-left, where the arrow that points to 10 has to lead there. A digit chooses its number.
 */
export function NumberChoice({ legend, value, onChoose }: NumberChoiceProps) {
  const { dir } = useLanguage();
  const group = useRef<HTMLDivElement>(null);
  const id = useId();
  const choose = (number: number) => {
    if (number !== value) onChoose(number);
    group.current?.querySelector<HTMLElement>(`[data-number="${number}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    // From the button in focus: `value` may be a frame behind a key that is held down.
    const from = event.target instanceof HTMLElement ? Number(event.target.dataset.number) : 0;
    const next = /^[0-9]$/.test(event.key) ? Number(event.key) : numberAfterKey(event.key, dir, from);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  };
  return (
    <>
      <p id={id} className={styles.ask}>
        {legend}
      </p>
      <div ref={group} className={styles.choice} role="radiogroup" aria-labelledby={id} onKeyDown={onKeyDown}>
        {numbers.map((number) => (
          // biome-ignore lint/a11y/useSemanticElements: see the docstring
          <button
            key={number}
            type="button"
            role="radio"
            className={styles.number}
            aria-checked={number === value}
            tabIndex={number === (value ?? 0) ? 0 : -1}
            data-number={number}
            onClick={() => choose(number)}
          >
            {number}
          </button>
        ))}
      </div>
    </>
  );
}

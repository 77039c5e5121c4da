import { type ReactNode, useId } from "react";
import styles from "./Choice.module.css";

interface ChoiceProps<T extends string> {
  readonly legend: ReactNode;
  /** Keeps the legend for screen readers alone, where sight does not need it. */
  readonly legendHidden?: boolean;
  readonly value: T | undefined;
  /** `picture` stands before the text; with `textHidden` the text is only spoken. */
  readonly options: readonly {
    readonly value: T;
    readonly text: string;
    readonly picture?: ReactNode;
    readonly lang?: string;
  }[];
  readonly textHidden?: boolean;
  readonly onChange: (value: T) => void;
}

/** One of a few, all in sight: radio buttons as large targets. Arrow keys move among them. */
export function Choice<T extends string>({
  legend,
  legendHidden = false,
  value,
  options,
  textHidden = false,
  onChange,
}: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend className={legendHidden ? "visually-hidden" : styles.legend}>{legend}</legend>
      <div className={styles.options}>
        {options.map((option) => (
          <label key={option.value} className={textHidden ? styles.pictureOption : styles.option} lang={option.lang}>
            <input
              type="radio"
              className={styles.radio}
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.picture}
            <span className={textHidden ? "visually-hidden" : undefined}>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

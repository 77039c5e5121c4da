import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

interface FieldProps {
  readonly label: ReactNode;
  /** A short help under the label. */
  readonly hint?: ReactNode;
  /** What is wrong and what to do; said at once when it appears. */
  readonly error?: ReactNode;
  /** Given what ties the control to its label and help: spread it onto the input, select or textarea. */
  readonly children: (control: {
    readonly id: string;
    readonly className: string;
    readonly "aria-describedby": string | undefined;
    readonly "aria-invalid": true | undefined;
  }) => ReactNode;
}

/** A label that stays in sight, a control, and its help. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {hint && (
        <p className={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        className: styles.control ?? "",
        "aria-describedby": describedBy,
        "aria-invalid": error ? true : undefined,
      })}
      {error && (
        <p className={styles.error} id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

import type { InputHTMLAttributes, ReactNode } from "react";
import { Field } from "./Field.tsx";

interface TextInputProps
  extends Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "id" | "value" | "onChange"> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One line of text with its label. Names and words take the writing direction of what is typed. */
export function TextInput({ label, hint, error, onChange, type = "text", ...rest }: TextInputProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input
          type={type}
          dir={type === "text" ? "auto" : undefined}
          {...rest}
          {...control}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

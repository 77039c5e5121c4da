import type { ButtonHTMLAttributes, ReactNode } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> {
  /** `main`: the one thing to do here. `plain`: everything else. `quiet`: among text. */
  readonly look?: "main" | "plain" | "quiet";
  readonly children: ReactNode;
}

/** A button of at least 44 px. Its text is its name; an icon alone needs `aria-label`. */
export function Button({ look = "plain", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={`${styles.button} ${styles[look]}`} {...rest} />;
}

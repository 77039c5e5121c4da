import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import styles from "./IconButton.module.css";

interface IconButtonProps
  extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "children" | "aria-label"> {
  readonly icon: IconName;
  /** What it does, in words: its name for everybody (a tooltip too). */
  readonly label: string;
}

/** A round button of 44 px with a drawing alone. */
export function IconButton({ icon, label, type = "button", ...rest }: IconButtonProps) {
  return (
    <button type={type} className={styles.button} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

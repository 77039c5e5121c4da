import { type ComponentType, createContext, type ReactNode, useContext } from "react";
import type { LongWords, LongWordsRef } from "#shared/board/board.ts";
import styles from "./LongWords.module.css";

export interface LongWordsFieldProps {
  readonly words: LongWordsRef;
  readonly label: string;
  readonly value: LongWords;
  /** Shown while there are no words yet. */
  readonly placeholder?: string;
  readonly readOnly?: boolean;
}

const FieldContext = createContext<ComponentType<LongWordsFieldProps> | undefined>(undefined);

/**
 * Hands the long-words editor down to map and plan. Features do not import each other, so the app, which knows them all,
 * gives the field: `<LongWordsProvider field={LongWordsField}>`.
 */
export function LongWordsProvider({
  field,
  children,
}: {
  readonly field: ComponentType<LongWordsFieldProps>;
  readonly children: ReactNode;
}) {
  return <FieldContext value={field}>{children}</FieldContext>;
}

/** A why, story or notes that can be written in. */
export function LongWordsSlot(props: LongWordsFieldProps) {
  const Field = useContext(FieldContext);
  if (!Field) throw new Error("Bug: no LongWordsProvider above");
  return <Field {...props} />;
}

/** Long words to read: paragraphs, each in its own writing direction. */
export function LongWordsText({ value }: { readonly value: LongWords }) {
  return value.paragraphs.map((runs, index) => (
    // Paragraphs have no identity of their own, and hold no state.
    <p key={index} className={styles.paragraph} dir="auto">
      {runs.map(({ text }) => text).join("") || <br />}
    </p>
  ));
}

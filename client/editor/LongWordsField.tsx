import type { LongWordsFieldProps } from "../board/LongWords.tsx";
import { LongWordsText } from "../board/LongWords.tsx";

/** Long words as static text. */
export function LongWordsField({ value, placeholder }: LongWordsFieldProps) {
  return value.isEmpty ? <p>{placeholder}</p> : <LongWordsText value={value} />;
}

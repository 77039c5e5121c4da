/** One thing that `doctor` looked at. */
export interface Finding {
  readonly verdict: "ok" | "look at this";
  /** What was seen; and, when somebody should look at it, what to do. One sentence or two. */
  readonly text: string;
  /** Lines to copy, as they are. */
  readonly lines?: readonly string[];
}

export const fine = (text: string): Finding => ({ verdict: "ok", text });
export const look = (text: string, lines: readonly string[] = []): Finding => ({
  verdict: "look at this",
  text,
  lines,
});

const indent = " ".repeat(14);

export const findingToText = ({ verdict, text, lines = [] }: Finding): string =>
  [`${verdict.padEnd(indent.length)}${text}`, ...lines.map((line) => `${indent}  ${line}`)].join("\n");

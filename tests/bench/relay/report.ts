import { printTable } from "../numbers.ts";
import { type BySide, bars } from "./bars.ts";
import type { SideName } from "./sides.ts";

export interface PartReport {
  readonly part: string;
  readonly title: string;
  readonly runs: readonly {
    readonly side: SideName;
    readonly repetition: number;
    readonly others: number;
    /** More of the core was taken by others than a run may have, and there was no time for another. */
    readonly disturbed: boolean;
    readonly figures: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
  }[];
}

export interface Row {
  readonly figure: string;
  readonly values: BySide;
  readonly bar: string | undefined;
  readonly verdict: "met" | "missed" | undefined;
}

/** Medians by side, beside their bars. Undisturbed runs alone where a side has any. */
export function rowsOf(report: PartReport, sides: readonly SideName[]): readonly Row[] {
  const figures = [...new Set(report.runs.flatMap((run) => Object.keys(run.figures)))];
  return figures.map((figure) => {
    const values: Partial<Record<SideName, number>> = {};
    for (const side of sides) {
      const runs = report.runs.filter((run) => run.side === side && run.figures[figure] !== undefined);
      const calm = runs.filter((run) => !run.disturbed);
      const from = (calm.length > 0 ? calm : runs).map((run) => run.figures[figure] ?? 0);
      if (from.length > 0) values[side] = median(from);
    }
    const bar = bars.find((each) => each.figure === figure);
    const met = bar?.isMet(values);
    return { figure, values, bar: bar?.says, verdict: met === undefined ? undefined : met ? "met" : "missed" };
  });
}

export function printReport(report: PartReport, sides: readonly SideName[]): void {
  console.log(`\n${report.title}`);
  printTable(
    rowsOf(report, sides).map(({ figure, values, bar, verdict }) => ({
      figure,
      ...Object.fromEntries(sides.map((side) => [side, inWords(values[side])])),
      bar: bar ?? "",
      verdict: verdict === "missed" ? "MISSED" : (verdict ?? ""),
    })),
  );
  for (const side of sides) {
    const runs = report.runs.filter((run) => run.side === side);
    const taken = runs.map(
      ({ others, disturbed }) => `${(others * 100).toFixed(0)} %${disturbed ? " (disturbed)" : ""}`,
    );
    console.log(`  ${side}: ${runs.length} runs; of its core others took ${taken.join(", ")}`);
    for (const note of new Set(runs.flatMap(({ notes }) => notes))) console.log(`    ${note}`);
  }
}

function inWords(value: number | undefined): string {
  if (value === undefined) return "–";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

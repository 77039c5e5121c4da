import { mean, quantile } from "../../numbers.ts";
import type { CrowdMeasure } from "../crowd.ts";

/** A generator that is later than this, or busier, measures itself. */
const lateMs = 5;
const busyShare = 0.9;

/** What a crowd's work came to, as figures whose names begin with `label`. */
export function workFigures(label: string, boards: number, measure: CrowdMeasure): Record<string, number> {
  const { cores, seenMs, ackedMs } = measure;
  return {
    [`${label}: CPU ms per board·s`]: cores.serverMs / cores.seconds / boards,
    [`${label}: CPU ms per delivered edit`]: cores.serverMs / Math.max(1, measure.editsDelivered),
    [`${label}: seen p50`]: quantile(seenMs, 0.5),
    [`${label}: seen p95`]: quantile(seenMs, 0.95),
    [`${label}: seen p99`]: quantile(seenMs, 0.99),
    ...(ackedMs.length > 0
      ? { [`${label}: acked p50`]: quantile(ackedMs, 0.5), [`${label}: acked p99`]: quantile(ackedMs, 0.99) }
      : {}),
    [`${label}: bytes/s to a person`]: measure.bytesPerPersonSecond,
    [`${label}: generator's core`]: cores.generator,
    [`${label}: generator late p99`]: quantile(measure.lagMs, 0.99),
  };
}

export function workNotes(label: string, measure: CrowdMeasure): readonly string[] {
  const notes = measure.troubles.map((trouble) => `${label}: ${trouble}`);
  const late = quantile(measure.lagMs, 0.99);
  if (late > lateMs || measure.cores.generator > busyShare) {
    notes.push(
      `${label}: the generator was ${late.toFixed(0)} ms late (p99) and ${percent(measure.cores.generator)} busy`,
    );
  }
  const arrived = measure.editsDelivered / Math.max(1, measure.editsDue);
  if (arrived < 0.97) notes.push(`${label}: ${percent(arrived)} of the edits arrived in time`);
  return notes;
}

/** One line to follow a run by. */
export function workLine(label: string, boards: number, measure: CrowdMeasure): string {
  const { cores, seenMs, ackedMs } = measure;
  return [
    label,
    `${(cores.serverMs / cores.seconds / boards).toFixed(2)} CPU ms per board·s`,
    `seen p50 ${quantile(seenMs, 0.5).toFixed(1)} p99 ${quantile(seenMs, 0.99).toFixed(1)} mean ${mean(seenMs).toFixed(1)} ms`,
    ackedMs.length > 0
      ? `acked p50 ${quantile(ackedMs, 0.5).toFixed(1)} p99 ${quantile(ackedMs, 0.99).toFixed(1)}`
      : "",
    `server ${percent(cores.serverMs / cores.seconds / 1000)}, others ${percent(cores.others)}`,
    `generator ${percent(cores.generator)}, late p99 ${quantile(measure.lagMs, 0.99).toFixed(1)} ms`,
    ...measure.troubles,
  ]
    .filter(Boolean)
    .join(" · ");
}

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

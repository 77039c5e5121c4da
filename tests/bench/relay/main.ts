import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { resolve } from "node:path";
import { canPin, goFirst, pinGenerator } from "./cores.ts";
import { type BenchOptions, parseOptions } from "./options.ts";
import { startOurs } from "./our-side.ts";
import type { Part, PartRun } from "./part.ts";
import { bigBoards } from "./parts/big-boards.ts";
import { boardsOfThree } from "./parts/boards-of-three.ts";
import { cardDrag } from "./parts/card-drag.ts";
import { coldOpen } from "./parts/cold-open.ts";
import { memory } from "./parts/memory.ts";
import { reconnect } from "./parts/reconnect.ts";
import { slowReader } from "./parts/slow-reader.ts";
import { installPeers, peerVersions, startHocuspocus, startYWebsocket } from "./peer-sides.ts";
import { type PartReport, printReport, rowsOf } from "./report.ts";
import type { SideName, StartSide } from "./sides.ts";

/**
 * Our relay beside the servers that others use, in one run, by one generator: `npm run bench:relay`. Figures to look at,
 * with their bars; nothing fails on them. `--quick` takes about five minutes, all of it about fifty.
 */
const parts: readonly Part[] = [boardsOfThree, bigBoards, reconnect, coldOpen, memory, cardDrag, slowReader];

/** A run in which others took more of the server's core than this says nothing about the server: it is made again. */
const disturbedShare = 0.05;
/** More of these than this in one part, and the machine is busy for good: it is said, and we go on. */
const repeatsInPart = 4;

const partNames = parts.map(({ name }) => name);
const parsed = parseOptions(process.argv.slice(2), partNames);
if ("wrong" in parsed) {
  console.error(parsed.wrong);
  process.exit(2);
}
await bench(parsed);
process.exit(0);

async function bench(options: BenchOptions): Promise<void> {
  const startedAt = new Date();
  const peersTakePart = options.sides.some((side) => side !== "ours");
  if (peersTakePart) installPeers();
  const isFirst = goFirst();
  const pinned = pinGenerator();
  const versions = peersTakePart ? peerVersions() : {};
  const starts = startsOf(options);
  sayWhere(isFirst, pinned, versions);

  const reports: PartReport[] = [];
  for (const part of parts) {
    if (options.only.length > 0 && !options.only.includes(part.name)) continue;
    const report = { part: part.name, title: part.title, runs: await runPart(part, options, starts) };
    reports.push(report);
    printReport(report, options.sides);
    // After each part, so that a run that is broken off has told what it found.
    if (options.json === undefined) continue;
    const rows = reports.map((each) => ({ part: each.part, title: each.title, rows: rowsOf(each, options.sides) }));
    const whole = { startedAt, endedAt: new Date(), node: process.version, versions, pinned, options, rows, reports };
    writeFileSync(options.json, `${JSON.stringify(whole, undefined, 2)}\n`);
  }
  if (options.json !== undefined) console.log(`\nAll of it is in ${options.json}.`);
}

function startsOf({ profile }: BenchOptions): Readonly<Record<SideName, StartSide>> {
  const nodeFlags: string[] = [];
  if (profile !== undefined) {
    const folder = resolve(profile);
    mkdirSync(folder, { recursive: true });
    nodeFlags.push("--cpu-prof", `--cpu-prof-dir=${folder}`);
  }
  return { ours: () => startOurs({ nodeFlags }), "y-websocket": startYWebsocket, hocuspocus: startHocuspocus };
}

function sayWhere(isFirst: boolean, pinned: boolean, versions: Readonly<Record<string, string>>): void {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Linux ${release()}`,
  );
  console.log(
    pinned
      ? "The server has core 0 to itself and the generator core 1, as far as others leave them alone."
      : `Nothing is pinned (${canPin ? "not allowed" : "one core, or no taskset"}): server and generator share what there is.`,
  );
  if (!isFirst) console.log("They wait their turn among others: only the system's owner may put them first.");
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  if (named.length > 0) console.log(named.join(" · "));
}

/** Side by side within each repetition, so that an hour's weather on this machine falls on all of them. */
async function runPart(
  part: Part,
  { sides, repetitions, quick, tries }: BenchOptions,
  starts: Readonly<Record<SideName, StartSide>>,
): Promise<PartReport["runs"]> {
  const runs: PartReport["runs"][number][] = [];
  let repeats = 0;

  /** Again, a few times, when others were in the way; the calmest counts then. */
  const runCalmly = async (side: SideName, say: (line: string) => void): Promise<PartRun> => {
    let calmest: PartRun | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const run = await part.run({ start: starts[side], quick, say });
      if (!calmest || run.others < calmest.others) calmest = run;
      if (run.others <= disturbedShare) return run;
      say(`others took ${(run.others * 100).toFixed(0)} % of the server's core`);
      if (attempt >= tries || repeats >= repeatsInPart) return calmest;
      repeats += 1;
    }
  };

  const times = Math.min(repetitions, part.mostRepetitions ?? repetitions);
  for (let repetition = 1; repetition <= times; repetition += 1) {
    for (const side of sides) {
      const run = await runCalmly(side, (line) => console.log(`  [${part.name}, ${side}, ${repetition}] ${line}`));
      runs.push({ side, repetition, disturbed: run.others > disturbedShare, ...run });
    }
  }
  return runs;
}

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
 * with their bars; nothing fails on them. `--quick` takes about two minutes, all of it about forty.
 */
const parts: readonly Part[] = [boardsOfThree, bigBoards, reconnect, coldOpen, memory, cardDrag, slowReader];

/** A run in which others took more of the server's core than this says nothing about the server: it is made again. */
const disturbedShare = 0.05;
const triesPerRun = 3;

const options = parseOptions(
  process.argv.slice(2),
  parts.map(({ name }) => name),
);
if ("wrong" in options) {
  console.error(options.wrong);
  process.exit(2);
}
const peersTakePart = options.sides.some((side) => side !== "ours");
if (peersTakePart) installPeers();
const isFirst = goFirst();
const pinned = pinGenerator();
const starts: Readonly<Record<SideName, StartSide>> = {
  ours: (given) => startOurs({ nodeFlags: profileFlags(), ...given }),
  "y-websocket": startYWebsocket,
  hocuspocus: startHocuspocus,
};

function profileFlags(): readonly string[] {
  if (!("profile" in options) || options.profile === undefined) return [];
  const folder = resolve(options.profile);
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Linux ${release()}`,
);
console.log(
  pinned
    ? "The server has core 0 to itself and the generator core 1, as far as others leave them alone."
    : `Nothing is pinned (${canPin ? "one core" : "taskset is missing"}): server and generator share what there is.`,
);
const versions = peersTakePart ? peerVersions() : {};
if (!isFirst) console.log("They wait their turn among others: only the system's owner may put them first.");
if (peersTakePart)
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(" · "),
  );

const startedAt = new Date();
const chosen = parts.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
const reports: PartReport[] = [];
for (const part of chosen) {
  const runs: PartReport["runs"][number][] = [];
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    // Side by side within each repetition, so that an hour's weather on this machine falls on all of them.
    for (const side of options.sides) {
      const run = await runCalmly(part, side, repetition);
      runs.push({ side, repetition, disturbed: run.others > disturbedShare, ...run });
    }
  }
  const report = { part: part.name, title: part.title, runs };
  reports.push(report);
  printReport(report, options.sides);
}

if (options.json !== undefined) {
  const rows = reports.map((report) => ({
    part: report.part,
    title: report.title,
    rows: rowsOf(report, options.sides),
  }));
  const whole = { startedAt, endedAt: new Date(), node: process.version, versions, pinned, options, rows, reports };
  writeFileSync(options.json, `${JSON.stringify(whole, undefined, 2)}\n`);
  console.log(`\nAll of it is in ${options.json}.`);
}
process.exit(0);

/** Again, a few times, when others were in the way; the calmest of them counts then. */
async function runCalmly(part: Part, side: SideName, repetition: number): Promise<PartRun> {
  const { quick } = options as BenchOptions;
  const tries = quick ? 1 : triesPerRun;
  let calmest: PartRun | undefined;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const label = `${part.name}, ${side}, ${repetition}`;
    const run = await part.run({
      start: starts[side],
      quick,
      say: (line) => console.log(`  [${label}] ${line}`),
    });
    if (!calmest || run.others < calmest.others) calmest = run;
    if (run.others <= disturbedShare) break;
    console.log(`  [${label}] others took ${(run.others * 100).toFixed(0)} % of the server's core`);
  }
  if (!calmest) throw new Error("Bug: no run was made");
  return calmest;
}

import { type SeededRange, seeded } from "../../support/seeded.ts";
import { printTable } from "../numbers.ts";
import { pinGenerator } from "../relay/cores.ts";
import { startOurs } from "../relay/our-side.ts";
import { installPeers, startHocuspocus, startYWebsocket } from "../relay/peer-sides.ts";
import type { Seat, Side, SideName, StartSide } from "../relay/sides.ts";
import { createTally, type Tally } from "./tally.ts";
import { openWitness } from "./witness.ts";
import { openWriter } from "./writer.ts";

/**
 * The power goes, again and again: `npm run bench:crash` ends our server with kill -9 500 times while three people
 * write, and looks each time whether what was acked, or seen by anybody, is still there. The peers a few times, for
 * comparison. `--rounds N`, `--peer-rounds N` (0 leaves them out), `--seed N`. About ten minutes.
 */
const numberOf = (flag: string, otherwise: number): number => {
  const at = process.argv.indexOf(flag);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${flag} has to be a whole number.`);
  return value;
};
const rounds = numberOf("--rounds", 500);
const peerRounds = numberOf("--peer-rounds", 20);
const seed = numberOf("--seed", Math.floor(Math.random() * 2 ** 32));

/** Rounds after which the next board is taken: so that reading all of it each time stays short. */
const roundsPerBoard = 50;
const writers = 3;
const shortestRoundMs = 10;
const longestRoundMs = 300;

pinGenerator();
if (peerRounds > 0) installPeers();
console.log(`SEED=${seed}`);
const sides: readonly (readonly [SideName, StartSide, number])[] = [
  ["ours", startOurs, rounds],
  ["y-websocket", startYWebsocket, peerRounds],
  ["hocuspocus", startHocuspocus, peerRounds],
];
const rows: Record<string, string | number>[] = [];
let ourLosses = 0;
for (const [name, start, count] of sides) {
  if (count === 0) continue;
  const side = await start();
  try {
    const tally = await crashOften(side, count, seeded(seed));
    rows.push({ side: name, kills: count, ...tally.totals() });
    if (name === "ours") ourLosses = tally.totals()["acked and lost"] + tally.totals()["seen and lost"];
  } finally {
    await side.server.stop();
  }
}
printTable(rows);
console.log(`  bar: nothing acked or seen is ever lost – ${ourLosses === 0 ? "met" : "MISSED"}`);
process.exit(0);

async function crashOften(side: Side, count: number, random: SeededRange): Promise<Tally> {
  const tally = createTally();
  let seats: readonly Seat[] = [];
  for (let round = 0; round < count; round += 1) {
    if (round % roundsPerBoard === 0) {
      seats = (await side.makeBoards(1, writers + 1))[0] ?? [];
      tally.nextBoard();
    }
    await writeUntilKilled(side, seats, round, random, tally);
    await look(side, seats, tally);
    if (round % 25 === 24) console.log(`  [${side.name}] ${round + 1} kills: ${JSON.stringify(tally.totals())}`);
  }
  return tally;
}

async function writeUntilKilled(
  side: Side,
  seats: readonly Seat[],
  round: number,
  random: SeededRange,
  tally: Tally,
): Promise<void> {
  const port = side.server.port();
  const [witnessSeat, ...writerSeats] = seats;
  if (!witnessSeat) throw new Error("Bug: nobody looks on");
  const witness = await openWitness(port, witnessSeat, tally.sawRange);
  const writing = await Promise.all(
    writerSeats.map((seat, index) =>
      openWriter({ port, seat, clientId: 1_000_000_000 + round * writers + index, random, tally }),
    ),
  );
  await new Promise((done) => setTimeout(done, random.whole(shortestRoundMs, longestRoundMs)));
  await side.server.restart("SIGKILL");
  // What was on its way to a screen when the server died is seen too.
  await Promise.all([witness.ended, ...writing.map(({ ended }) => ended)]);
}

/** Nobody of before is connected: what is here now is what the server kept. */
async function look(side: Side, seats: readonly Seat[], tally: Tally): Promise<void> {
  const [seat] = seats;
  if (!seat) return;
  const looking = await openWitness(side.server.port(), seat, () => {});
  tally.compare(await looking.settled(tally.isAllIn));
  looking.close();
  await looking.ended;
}

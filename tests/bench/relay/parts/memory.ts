import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { type Part, pause, withSide } from "../part.ts";
import { seedBoards } from "../seed.ts";
import type { Memory } from "../server-process.ts";
import type { Seat, Side } from "../sides.ts";
import { openVisit, type Visit } from "../visit.ts";

const boards = 300;
const quickBoards = 60;
const lastPersonGoneMs = 35_000;
let script: BoardScript | undefined;

/** What stays in memory for a board that somebody has open, for one more who only looks, and for one whom all have left. */
export const memory: Part = {
  name: "memory",
  title: "Memory of 300 open boards (one person each, then three), idle; and when everybody has gone",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 24, people: 3, editsEach: 1 });
      const { content, whole, vector } = script;
      const count = quick ? quickBoards : boards;
      const goneMs = quick ? 1_000 : lastPersonGoneMs;
      const earlier = await side.makeBoards(count, 3);
      const seats = await side.makeBoards(count, 3);
      await seedBoards(side, [...earlier, ...seats], content);
      await pause(quick ? 3_000 : 11_000);
      await side.server.restart();

      // As many other boards have their day first: code is compiled and pools are filled, which is no board's own.
      const early = await openAll(side, earlier.flat(), vector);
      await pause(500);
      for (const { socket } of early) socket.close();
      await pause(goneMs);

      const before = await settled(side);
      const firsts = await openAll(side, pick(seats, 0), vector);
      const withFirsts = await settled(side);
      const more = await openAll(side, [...pick(seats, 1), ...pick(seats, 2)], vector);
      const withAll = await settled(side);
      for (const { socket } of [...firsts, ...more]) socket.close();
      await pause(goneMs);
      const after = await settled(side);

      const perConnection = (withAll.held - withFirsts.held) / more.length;
      const perBoard = (withFirsts.held - before.held) / count - perConnection;
      say(`held before ${mib(before)}, 1 each ${mib(withFirsts)}, 3 each ${mib(withAll)}, after ${mib(after)}`);
      return {
        figures: {
          "stored bytes of a board": whole.length,
          "memory of an idle connection (heap and buffers)": perConnection,
          "memory of an idle connection (resident)": (withAll.rss - withFirsts.rss) / more.length,
          "memory of an open board (heap and buffers)": perBoard,
          "memory of an open board with its person (resident)": (withFirsts.rss - before.rss) / count,
          "memory of an open board over 1.3 × its bytes": Math.max(0, perBoard - 1.3 * whole.length),
          "memory left per board, 35 s after the last person": Math.max(0, (after.held - before.held) / count),
        },
        others: 0,
        notes: quick ? ["quick: the boards had no 35 s to be forgotten"] : [],
      };
    }),
};

const pick = (boards: readonly (readonly Seat[])[], index: number): readonly Seat[] =>
  boards.flatMap((seats) => seats[index] ?? []);

const mib = ({ held, rss }: Memory): string => `${(held / 2 ** 20).toFixed(1)} MiB (${(rss / 2 ** 20).toFixed(0)})`;

async function openAll(side: Side, seats: readonly Seat[], vector: Uint8Array): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (let from = 0; from < seats.length; from += 20) {
    const opened = await Promise.all(
      seats
        .slice(from, from + 20)
        .map((seat, index) =>
          openVisit({ port: side.server.port(), seat, vector, clientId: 3_200_000_000 + from + index }),
        ),
    );
    await Promise.all(opened.map(({ syncedAt }) => syncedAt));
    visits.push(...opened);
  }
  return visits;
}

/** Asked for until two answers are alike: some is freed by timers, some by later collections. */
async function settled(side: Side): Promise<Memory> {
  let last = await side.server.memory();
  for (let tries = 0; tries < 10; tries += 1) {
    await pause(400);
    const next = await side.server.memory();
    if (Math.abs(next.held - last.held) < 20_000) return next;
    last = next;
  }
  return last;
}

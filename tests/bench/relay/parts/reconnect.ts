import { quantile } from "../../numbers.ts";
import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { watchCores } from "../cores.ts";
import { type Part, pause, withSide } from "../part.ts";
import { seedBoards } from "../seed.ts";
import type { Seat, Side } from "../sides.ts";
import { openVisit, type Visit } from "../visit.ts";

const boards = 333;
const people = 3;
let script: BoardScript | undefined;

/**
 * A connection of the whole town comes back: 999 people of 333 boards at once, who have all that the server has. Once
 * while the server runs and knows the boards, once when it has just been started again.
 */
export const reconnect: Part = {
  name: "reconnect",
  title: "999 people of 333 boards come back at once, with nothing missing",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 12, people, editsEach: 1 });
      const { content, vector } = script;
      const seats = await side.makeBoards(quick ? 50 : boards, people);
      await seedBoards(side, seats, content);
      const all = seats.flat();
      // Peers write what they have got some seconds later; it is not this part's matter whether they lose it.
      await pause(quick ? 3_000 : 11_000);
      const figures: Record<string, number> = {};
      let others = 0;
      const comeBack = async (label: string): Promise<readonly Visit[]> => {
        const back = await allAtOnce(side, all, vector);
        say(
          `${all.length} back, ${label}: all ${back.allMs.toFixed(0)} ms, others ${(back.others * 100).toFixed(0)} %`,
        );
        figures[`999 back, ${label}: all in sync`] = back.allMs;
        figures[`999 back, ${label}: p50 of one`] = quantile(back.eachMs, 0.5);
        figures[`999 back, ${label}: p99 of one`] = quantile(back.eachMs, 0.99);
        figures[`999 back, ${label}: CPU ms of the server`] = back.serverMs;
        others = Math.max(others, back.others);
        return back.visits;
      };
      const first = await allAtOnce(side, all, vector);
      leave(first.visits);
      await pause(1_000);
      leave(await comeBack("warm"));

      const startMs = await side.server.restart();
      const listeningAt = performance.now();
      const firstSeat = all[0];
      if (firstSeat) {
        const visit = await openVisit({ port: side.server.port(), seat: firstSeat, vector });
        figures["restart until the first board is in sync"] = startMs + (await visit.syncedAt) - listeningAt;
        visit.socket.close();
      }
      await pause(300);
      leave(await comeBack("after a restart"));
      return { figures, others, notes: quick ? [`quick: ${all.length} people, not 999`] : [] };
    }),
};

async function allAtOnce(side: Side, seats: readonly Seat[], vector: Uint8Array) {
  const cores = watchCores(side.server.pid());
  const startedAt = performance.now();
  const visits: Visit[] = [];
  const eachMs: number[] = [];
  await Promise.all(
    seats.map(async (seat) => {
      const visit = await openVisit({ port: side.server.port(), seat, vector });
      visits.push(visit);
      eachMs.push((await visit.syncedAt) - startedAt);
    }),
  );
  const allMs = performance.now() - startedAt;
  const { serverMs, others } = cores();
  return { visits, eachMs, allMs, serverMs, others };
}

function leave(visits: readonly Visit[]): void {
  for (const { socket } of visits) socket.close();
}

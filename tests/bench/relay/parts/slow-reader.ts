import * as Y from "yjs";
import { quantile } from "../../numbers.ts";
import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { createCrowd } from "../crowd.ts";
import { type Part, pause, withSide } from "../part.ts";
import { seedBoards } from "../seed.ts";
import type { Seat, Side } from "../sides.ts";
import { openVisit } from "../visit.ts";
import { updateMessage } from "../wire.ts";

const unreadBytes = 22 * 1024 * 1024;
const quickBytes = 4 * 1024 * 1024;
const updatesPerSecond = 40;
const otherBoards = 20;
let script: BoardScript | undefined;
let pages: readonly Uint8Array[] | undefined;

/**
 * Somebody's phone stops reading while another of its board pastes long pages, 22 MiB of them. The same pages are
 * written first with everybody reading, so that what they cost by themselves is known.
 */
export const slowReader: Part = {
  name: "slow",
  title: "22 MiB written on a board where one person reads nothing; beside it 20 boards of 3 at work",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 12, people: 3, editsEach: 200 });
      pages ??= makePages(unreadBytes);
      const wanted = quick ? pages.slice(0, Math.ceil((pages.length * quickBytes) / unreadBytes)) : pages;
      const others = await side.makeBoards(otherBoards, 3);
      const [calmBoard = [], slowBoard = []] = await side.makeBoards(2, 3);
      await seedBoards(side, [...others, calmBoard, slowBoard], script.content);
      const crowd = createCrowd(side, script);
      await crowd.join(others);
      crowd.start();
      await pause(2_000);
      const calm = await pour(side, calmBoard, wanted, false, crowd.measure);
      await pause(3_000);
      const slow = await pour(side, slowBoard, wanted, true, crowd.measure);
      crowd.leave();
      const [before, after] = [quantile(calm.measure.seenMs, 0.99), quantile(slow.measure.seenMs, 0.99)];
      say(
        `resident +${mib(calm.growth)} read, +${mib(slow.growth)} unread; others' p99 ${before.toFixed(1)} → ${after.toFixed(1)} ms; closed ${slow.closed ?? "no"}`,
      );
      return {
        figures: {
          "slow reader: memory growth": slow.growth,
          "slow reader: growth when all read": calm.growth,
          "slow reader: others' p99": after,
          "slow reader: others' p99 when all read": before,
          "slow reader: others' p99 later by": after - before,
          "slow reader: closed by the server with": slow.closed ?? 0,
        },
        others: Math.max(calm.measure.cores.others, slow.measure.cores.others),
        notes: [...calm.measure.troubles, ...slow.measure.troubles],
      };
    }),
};

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

async function pour(
  side: Side,
  seats: readonly Seat[],
  updates: readonly Uint8Array[],
  oneIsSlow: boolean,
  measure: ReturnType<typeof createCrowd>["measure"],
) {
  const port = side.server.port();
  const vector = script?.vector ?? new Uint8Array([0]);
  let closed: number | undefined;
  const visits = await Promise.all(
    seats.map((seat, index) =>
      openVisit({
        port,
        seat,
        vector,
        onClosed: (code) => {
          if (index === 2) closed ??= code ?? 1;
        },
      }),
    ),
  );
  await Promise.all(visits.map(({ syncedAt }) => syncedAt));
  const [writer, , reader] = visits;
  if (oneIsSlow) reader?.socket.pause();
  await side.server.memory();
  // The collection that it asked for stopped everything for a moment; that is not the slow reader's doing.
  await pause(1_000);
  const startRss = side.server.rssNow();
  let peakRss = startRss;
  const watching = setInterval(() => {
    peakRss = Math.max(peakRss, side.server.rssNow());
  }, 50);
  const seconds = updates.length / updatesPerSecond;
  const measuring = measure(seconds * 1000);
  const startedAt = performance.now();
  for (const [index, update] of updates.entries()) {
    await pause(Math.max(0, startedAt + (index * 1000) / updatesPerSecond - performance.now()));
    writer?.send(updateMessage(update), true);
  }
  const measured = await measuring;
  clearInterval(watching);
  if (oneIsSlow) {
    // What the server said last stands behind all that was not read.
    reader?.socket.resume();
    await pause(1_500);
  }
  const result = { growth: peakRss - startRss, measure: measured, closed };
  for (const { socket } of visits) socket.close();
  return result;
}

/** Long pages put in the place of one another, each within what one update may hold. */
function makePages(bytes: number): readonly Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = 3_300_000_001;
  const made: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void made.push(update));
  const notes = doc.getMap("notes");
  for (let total = 0, page = 0; total < bytes; page += 1) {
    doc.transact(() => {
      for (let part = 0; part < 8; part += 1)
        notes.set(`part-${part}`, `${page} `.padEnd(7_400, "a long page of words "));
    });
    total += made.at(-1)?.length ?? 0;
  }
  return made;
}

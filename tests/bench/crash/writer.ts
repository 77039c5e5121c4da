import * as Y from "yjs";
import type { SeededRange } from "../../support/seeded.ts";
import type { Seat } from "../relay/sides.ts";
import { openVisit } from "../relay/visit.ts";
import { emptyVector, updateMessage } from "../relay/wire.ts";
import type { Tally } from "./tally.ts";

const longestPauseMs = 8;

/**
 * Writes one small card after another at random moments until the connection ends, and tells the tally what was said to
 * be kept. Its device is new each time: nothing of it can bring back later what the server has lost.
 */
export async function openWriter(options: {
  readonly port: number;
  readonly seat: Seat;
  readonly clientId: number;
  readonly random: SeededRange;
  readonly tally: Tally;
}): Promise<{ readonly ended: Promise<void> }> {
  const { clientId, random, tally } = options;
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const cards = doc.getMap("cards");
  /** The clock of each update by its number on this socket, and in the order sent. */
  const clockByCount = new Map<number, number>();
  const waiting: number[] = [];
  let ackedUpTo = 0;
  let clock = 0;
  let timer: NodeJS.Timeout | undefined;
  let open = true;
  let answersToGreeting = 0;
  let end = () => {};
  const ended = new Promise<void>((done) => {
    end = done;
  });
  const visit = await openVisit({
    port: options.port,
    seat: options.seat,
    vector: emptyVector,
    clientId,
    onHeard: (heard) => {
      if (heard.kind === "step1") answersToGreeting += 1;
      if (heard.kind === "ack") {
        for (; ackedUpTo < heard.count; ackedUpTo += 1) {
          const acked = clockByCount.get(ackedUpTo + 1);
          if (acked !== undefined) tally.acked(clientId, acked);
        }
      }
      // One for each step 2 and update, in order: the first belong to our answers to its questions.
      if (heard.kind === "saved") {
        if (answersToGreeting > 0) answersToGreeting -= 1;
        else {
          const saved = waiting.shift();
          if (saved !== undefined) tally.acked(clientId, saved);
        }
      }
      if (heard.kind === "refused") throw new Error(`An honest edit was refused: ${heard.why}`);
    },
    onClosed: () => {
      open = false;
      clearTimeout(timer);
      doc.destroy();
      end();
    },
  });
  await visit.syncedAt;
  doc.on("update", (update: Uint8Array) => {
    visit.send(updateMessage(update), true);
    clockByCount.set(visit.sentCount(), clock);
    waiting.push(clock);
    clock += 1;
    tally.wrote();
  });
  const writeOne = () => {
    if (!open) return;
    cards.set(`${clientId}-${clock}`, `the words of card ${clock}`);
    timer = setTimeout(writeOne, random.whole(0, longestPauseMs));
  };
  writeOne();
  return { ended };
}

import * as Y from "yjs";
import { quantile } from "../../numbers.ts";
import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { watchCores } from "../cores.ts";
import { type Part, pause, withSide } from "../part.ts";
import { median } from "../report.ts";
import { seedBoards } from "../seed.ts";
import type { Seat, Side } from "../sides.ts";
import { openVisit } from "../visit.ts";
import { emptyVector } from "../wire.ts";

interface Kind {
  readonly label: string;
  readonly cards: number;
  readonly edits: number;
}
const kinds: readonly Kind[] = [
  { label: "200 cards", cards: 200, edits: 0 },
  { label: "2,000 cards", cards: 2_000, edits: 0 },
  { label: "200 cards + 20,000 edits", cards: 200, edits: 20_000 },
];
const quickEdits = 2_000;
const copies = 3;
/** Boards opened before anything is measured: the process has run this code, and has never seen the lanes. */
const warmUps = 12;
const scripts = new Map<string, BoardScript>();

/** Somebody opens a board that nobody has open, with nothing on their device, from a server that is not new to the work. */
export const coldOpen: Part = {
  name: "cold",
  title: "A board that nobody has open, to an empty device: ms from the open socket until all of it is there",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      const figures: Record<string, number> = {};
      const warmUpScript = scriptOf({ label: "warm", cards: 200, edits: 0 });
      const warmUpSeats = await side.makeBoards(warmUps, 1);
      await seedBoards(side, warmUpSeats, warmUpScript.content);
      const boards = [];
      for (const kind of kinds) {
        const script = scriptOf(quick ? { ...kind, edits: Math.min(kind.edits, quickEdits) } : kind);
        const seats = (await side.makeBoards(quick ? 1 : copies, 1)).map((board) => board[0] as Seat);
        const updates = [...script.content, ...(script.people[0]?.edits ?? [])];
        await seedBoards(
          side,
          seats.map((seat) => [seat]),
          updates,
        );
        boards.push({ kind, seats, vector: vectorOf(updates) });
      }
      await pause(quick ? 4_000 : 12_000);
      await side.server.restart();
      for (const [seat] of warmUpSeats) if (seat) await openOne(side, seat, undefined);
      await pause(500);

      let emptyReplies = 0;
      // Over all of them: one alone is too short for the kernel's clock.
      const cores = watchCores(side.server.pid());
      const times = new Map<string, number[]>();
      for (let copy = 0; copy < copies; copy += 1) {
        for (const { kind, seats, vector } of boards) {
          const seat = seats[copy];
          if (!seat) continue;
          await pause(200);
          const opened = await openOne(side, seat, vector);
          if (opened.isFirstEmpty) emptyReplies += 1;
          times.set(kind.label, [...(times.get(kind.label) ?? []), opened.completeMs]);
          figures[`${kind.label}: bytes`] = opened.bytes;
          figures[`${kind.label}: first reply after`] = opened.firstMs;
        }
      }
      const { others } = cores();
      for (const { label } of kinds) {
        const all = times.get(label) ?? [];
        figures[`${label}: complete`] = median(all);
        figures[`${label}: complete, slowest`] = quantile(all, 1);
        say(`${label}: ${all.map((ms) => ms.toFixed(1)).join(", ")} ms`);
      }
      figures["first replies that were empty"] = emptyReplies;
      return { figures, others, notes: [] };
    }),
};

function scriptOf(kind: Kind): BoardScript {
  const key = `${kind.cards}/${kind.edits}`;
  const made = scripts.get(key) ?? makeBoardScript({ cards: kind.cards, people: 1, editsEach: kind.edits });
  scripts.set(key, made);
  return made;
}

function vectorOf(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return Y.encodeStateVector(doc);
}

/** How long the whole board has to stay away before we say that it does not come. */
const giveUpMs = 15_000;

/**
 * Keeps what comes with its time, and looks afterwards which piece made the board whole: reading it is the device's
 * work, and not in these times.
 */
async function openOne(side: Side, seat: Seat, wanted: Uint8Array | undefined) {
  const pieces: { readonly at: number; readonly update: Uint8Array; readonly isStep2: boolean }[] = [];
  let bytes = 0;
  const visit = await openVisit({
    port: side.server.port(),
    seat,
    vector: emptyVector,
    onHeard: (heard, length) => {
      bytes += length;
      if (heard.kind !== "step2" && heard.kind !== "update") return;
      pieces.push({ at: performance.now(), update: Buffer.from(heard.update), isStep2: heard.kind === "step2" });
    },
  });
  await visit.syncedAt;
  const doc = new Y.Doc();
  let read = 0;
  let completeAt = 0;
  let hasStep2 = false;
  for (const until = performance.now() + giveUpMs; ; await pause(20)) {
    for (; read < pieces.length && completeAt === 0; read += 1) {
      const piece = pieces[read];
      if (!piece) break;
      Y.applyUpdate(doc, piece.update);
      hasStep2 ||= piece.isStep2;
      if (hasStep2 && (!wanted || hasAll(doc, wanted))) completeAt = piece.at;
    }
    if (completeAt > 0) break;
    if (performance.now() > until) throw new Error(`The board did not become whole on ${side.name}.`);
  }
  visit.socket.close();
  const first = pieces[0];
  return {
    completeMs: completeAt - visit.openedAt,
    firstMs: (first?.at ?? 0) - visit.openedAt,
    isFirstEmpty: (first?.update.length ?? 0) <= 2,
    bytes,
  };
}

function hasAll(doc: Y.Doc, wanted: Uint8Array): boolean {
  const here = Y.decodeStateVector(Y.encodeStateVector(doc));
  return [...Y.decodeStateVector(wanted)].every(([clientId, clock]) => (here.get(clientId) ?? 0) >= clock);
}

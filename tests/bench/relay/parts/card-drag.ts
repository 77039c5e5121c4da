import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { type Part, pause, withSide } from "../part.ts";
import { median } from "../report.ts";
import { seedBoards } from "../seed.ts";
import { openVisit } from "../visit.ts";
import { createPresenceWriter, presenceMessage, updateMessage } from "../wire.ts";

const moves = 60;
const moveEveryMs = 1000 / 60;
/** An edit whose bytes are a card's move: every twelfth of a script. */
const editOfMove = 11;
let script: BoardScript | undefined;

/** A card is carried across the map: 60 moves in a second, each shown in presence, and where it lands as one edit. */
export const cardDrag: Part = {
  name: "drag",
  // Three boards in each, and bytes are bytes.
  mostRepetitions: 1,
  title: "One card carried for a second (60 moves shown, one edit), on a board of 3",
  run: ({ start, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 12, people: 3, editsEach: editOfMove + 1 });
      const { content, vector, people } = script;
      const boards = await side.makeBoards(3, 3);
      await seedBoards(side, boards, content);
      const toPeer: number[] = [];
      const back: number[] = [];
      for (const seats of boards) {
        const bytes = [0, 0, 0];
        let counting = false;
        const visits = [];
        for (const [index, seat] of seats.entries()) {
          const visit = await openVisit({
            port: side.server.port(),
            seat,
            vector,
            onHeard: (heard, length) => {
              const isAnswer = heard.kind === "ack" || heard.kind === "saved";
              if (counting && !(index === 0 && isAnswer)) bytes[index] = (bytes[index] ?? 0) + length;
            },
          });
          await visit.syncedAt;
          visits.push(visit);
          const { clientId } = people[index] ?? { clientId: 0 };
          visit.socket.send(createPresenceWriter(seat.address, clientId).next(0, 0));
        }
        const [dragger] = visits;
        const person = people[0];
        const seat = seats[0];
        if (!dragger || !person || !seat) throw new Error("Bug: nobody drags");
        for (const edit of person.edits.slice(0, editOfMove)) dragger.send(updateMessage(edit), true);
        await pause(500);
        counting = true;
        const startedAt = performance.now();
        for (let move = 0; move < moves; move += 1) {
          await pause(Math.max(0, startedAt + move * moveEveryMs - performance.now()));
          dragger.send(presenceMessage(person.clientId, 20_000 + move, draggingAt(move)));
        }
        const landing = person.edits[editOfMove];
        if (landing) dragger.send(updateMessage(landing), true);
        await pause(500);
        counting = false;
        toPeer.push(Math.max(bytes[1] ?? 0, bytes[2] ?? 0));
        back.push(bytes[0] ?? 0);
        for (const { socket } of visits) socket.close();
      }
      say(`to each peer ${toPeer.join(", ")} B; back ${back.join(", ")} B`);
      return {
        figures: { "a drag: bytes to each peer": median(toPeer), "a drag: bytes back to who drags": median(back) },
        others: 0,
        notes: [],
      };
    }),
};

const draggingAt = (move: number): string =>
  JSON.stringify({
    dragging: { cardId: "c0000000000000000000aa", area: "home", time: "now", at: { x: 100 + move * 3, y: 100 + move } },
  });

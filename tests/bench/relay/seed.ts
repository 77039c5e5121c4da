import { openRawSocket, type RawSocket } from "./raw-socket.ts";
import type { Seat, Side } from "./sides.ts";
import { addressed, emptyUpdate, emptyVector, readMessage, step1Message, step2Message, updateMessage } from "./wire.ts";

const boardsAtOnce = 8;
/** Updates sent before the first of them has to be answered for. */
const windowLength = 200;

/** Writes these updates into each board, by its first person, and waits until the server has taken the last. */
export async function seedBoards(
  side: Side,
  boards: readonly (readonly Seat[])[],
  updates: readonly Uint8Array[],
): Promise<void> {
  const waiting = [...boards];
  await Promise.all(
    Array.from({ length: boardsAtOnce }, async () => {
      for (let seats = waiting.shift(); seats; seats = waiting.shift()) {
        if (seats[0]) await seedBoard(side.server.port(), seats[0], updates);
      }
    }),
  );
}

/**
 * Ours says by number what it has on its disk. The others say nothing; but they take messages in order, so when they
 * have answered a question that was asked after an update, they have taken the update.
 */
async function seedBoard(port: number, seat: Seat, updates: readonly Uint8Array[]): Promise<void> {
  let sent = 0;
  let acked = 0;
  let answers = 0;
  let refused: string | undefined;
  let wake = () => {};
  const socket: RawSocket = await openRawSocket({
    port,
    path: seat.path,
    headers: seat.headers,
    onMessage: (message, from) => {
      const heard = readMessage(message, seat.address.length);
      if (heard.kind === "step1") {
        sent += 1;
        from.send(addressed(seat.address, step2Message(emptyUpdate)));
      }
      if (heard.kind === "ack") acked = heard.count;
      if (heard.kind === "step2") answers += 1;
      if (heard.kind === "refused") refused = heard.why;
      wake();
    },
    onClosed: (code) => {
      refused ??= `closed with ${code}`;
      wake();
    },
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      if (refused !== undefined) throw new Error(`The board could not be filled: ${refused}`);
      await new Promise<void>((done) => {
        wake = done;
      });
    }
  };
  for (const message of seat.hello) socket.send(addressed(seat.address, message));
  socket.send(addressed(seat.address, step1Message(emptyVector)));
  await until(() => answers > 0);
  for (let from = 0; from < updates.length; from += windowLength) {
    for (const update of updates.slice(from, from + windowLength)) {
      sent += 1;
      socket.send(addressed(seat.address, updateMessage(update)));
    }
    const [wanted, answersBefore] = [sent, answers];
    if (!seat.acks) socket.send(addressed(seat.address, step1Message(emptyVector)));
    await until(() => (seat.acks ? acked >= wanted : answers > answersBefore));
  }
  refused = "";
  socket.close();
}

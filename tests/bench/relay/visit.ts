import { openRawSocket, type RawSocket } from "./raw-socket.ts";
import type { Seat } from "./sides.ts";
import {
  addressed,
  createPresenceWriter,
  emptyUpdate,
  type Heard,
  readMessage,
  step1Message,
  step2Message,
} from "./wire.ts";

/** One person's socket to one board, which greets as a stock client does and then only listens. */
export interface Visit {
  readonly socket: RawSocket;
  /** `performance.now()` when the socket was open. */
  readonly openedAt: number;
  /** When the server's answer to our step 1 had come. */
  readonly syncedAt: Promise<number>;
  /** Sync steps 2 and updates that we sent, as acks count them. */
  readonly sentCount: () => number;
  readonly send: (message: Uint8Array, isUpdate?: boolean) => void;
}

export interface VisitOptions {
  readonly port: number;
  readonly seat: Seat;
  /** What we have already. */
  readonly vector: Uint8Array;
  /** Shown at once, as a stock client does. Left out: none. */
  readonly clientId?: number;
  /** Bytes are good until it returns. */
  readonly onHeard?: (heard: Heard, bytes: number) => void;
  readonly onClosed?: (code: number | undefined) => void;
}

export async function openVisit(options: VisitOptions): Promise<Visit> {
  const { seat } = options;
  let sent = 0;
  let synced = (_at: number) => {};
  let notSynced = (_why: Error) => {};
  const syncedAt = new Promise<number>((resolve, reject) => {
    synced = resolve;
    notSynced = reject;
  });
  syncedAt.catch(() => {});
  const socket = await openRawSocket({
    port: options.port,
    path: seat.path,
    headers: seat.headers,
    onMessage: (message, from) => {
      const heard = readMessage(message, seat.address.length);
      if (heard.kind === "step1") {
        sent += 1;
        from.send(addressed(seat.address, step2Message(emptyUpdate)));
      }
      if (heard.kind === "step2") synced(performance.now());
      options.onHeard?.(heard, message.length);
    },
    onClosed: (code) => {
      notSynced(new Error(`closed with ${code}`));
      options.onClosed?.(code);
    },
  });
  const openedAt = performance.now();
  for (const message of seat.hello) socket.send(addressed(seat.address, message));
  socket.send(addressed(seat.address, step1Message(options.vector)));
  if (options.clientId !== undefined) socket.send(createPresenceWriter(seat.address, options.clientId).next(0, 0));
  return {
    socket,
    openedAt,
    syncedAt,
    sentCount: () => sent,
    send: (message, isUpdate = false) => {
      if (isUpdate) sent += 1;
      socket.send(addressed(seat.address, message));
    },
  };
}

import { type CloseReason, closeCodes } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import { encodeServerMessage, type ServerMessage } from "#shared/protocol/messages.ts";
import type { Admission } from "../access/admission.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { type AckLedger, createAckLedger } from "./ack-ledger.ts";
import { createDelivery, type Delivery } from "./delivery.ts";
import { heartbeatFrame } from "./frames.ts";
import type { Clock, SocketPort } from "./ports.ts";

/** One socket of one person on one lane: what it may do, what it was told, and whether it still listens. */
export interface Connection {
  readonly admission: Admission;
  readonly person: () => PersonRecord;
  readonly setPerson: (person: PersonRecord) => void;
  /** Whether it asked for message types of ours. */
  readonly asksAcks: boolean;
  readonly ledger: AckLedger;
  /** Counts presence that is ignored; `true` when there was too much of it. */
  readonly noteBadPresence: () => boolean;
  /** Counts what nobody honest sends [R3, R4]; `true` when it was once too often. */
  readonly noteOffence: () => boolean;
  /** Its way for updates; everything else goes by `send`. */
  readonly delivery: Delivery;
  /**
   * What it was asked for by the relay: steps 1 that it has not answered. Since its last answer: whether something of it was
   * refused, so that what came next may hang on that, and how many gaps were excused.
   */
  readonly asked: { steps: number; refused: boolean; excused: number };
  /** The state vector of its own last step 1 while that waits for an answer, and when the last answer went out. */
  readonly asks: { waiting: Uint8Array | undefined; answeredAt: number };

  readonly isOpen: () => boolean;
  /** Closes it (1013) instead when its queue is past the limit [R6]. */
  readonly send: (frame: Uint8Array) => void;
  /** The first thing a slow reader loses. */
  readonly sendPresence: (frame: Uint8Array) => void;
  /** Sent only to those who asked. */
  readonly tell: (message: ServerMessage) => void;
  /** Says how far its updates are settled, if that has changed and it asked to hear of it. */
  readonly sendAck: () => boolean;
  readonly close: (reason: CloseReason) => void;

  /** The other side has ended it: nothing here is to run for it any more. */
  readonly ended: () => void;

  /** Something came from it, if only a pong. */
  readonly heard: () => void;
  /** To be called every few seconds: keeps a silent client from hanging up, and drops one that no longer answers. */
  readonly keepAlive: () => void;
}

export interface ConnectionDeps {
  readonly admission: Admission;
  readonly asksAcks: boolean;
  readonly socket: SocketPort;
  readonly clock: Clock;
  /** Called once, when it closes from this side; the socket's own end is the relay's to report. */
  readonly onClosing: (reason: CloseReason | "dead") => void;
  readonly onSent?: (bytes: number) => void;
}

/** Time between two pings; one that went unanswered until the next ends the connection. */
export const pingEveryMs = 30_000;
/** Time a reader gets to take what is queued and answer our close. */
const closeGraceMs = 5_000;
const badPresenceBeforeClose = 20;
/** No timer counts further (2^31 ms); a session that outlives this is looked at again. */
const longestTimerMs = 2_000_000_000;

export function createConnection(deps: ConnectionDeps): Connection {
  const { admission, asksAcks, socket, clock } = deps;
  const ledger = createAckLedger();
  let person = admission.person;
  let open = true;
  let badPresence = 0;
  let offences = 0;
  let ackedCount = 0;
  let lastSentAt = clock.now();
  let lastPingAt = clock.now();
  let pongIsDue = false;
  let cancelExpiry = () => {};

  const close = (reason: CloseReason) => {
    if (!open) return;
    open = false;
    cancelExpiry();
    socket.close(closeCodes[reason].code, reason);
    clock.setTimer(closeGraceMs, socket.terminate);
    deps.onClosing(reason);
  };

  const waitForExpiry = (leftMs: number) => {
    const nextMs = Math.min(Math.max(0, leftMs), longestTimerMs);
    cancelExpiry = clock.setTimer(nextMs, () => {
      if (leftMs > nextMs) waitForExpiry(leftMs - nextMs);
      else close("signedOut");
    });
  };

  const send = (frame: Uint8Array) => {
    if (!open) return;
    if (socket.queuedBytes() > limits.queuedBytesBeforeClose) return close("resync");
    lastSentAt = clock.now();
    deps.onSent?.(frame.length);
    socket.send(frame);
  };

  const tell = (message: ServerMessage) => {
    if (asksAcks) send(encodeServerMessage(message));
  };

  waitForExpiry(admission.sessionLeftMs);

  return {
    admission,
    person: () => person,
    setPerson: (changed) => {
      person = changed;
    },
    asksAcks,
    ledger,
    noteBadPresence: () => ++badPresence > badPresenceBeforeClose,
    noteOffence: () => ++offences >= limits.offences,
    delivery: createDelivery({
      clock,
      isOpen: () => open,
      queuedBytes: socket.queuedBytes,
      whenDrained: socket.whenDrained,
      send,
      giveUp: () => close("resync"),
    }),
    asked: { steps: 0, refused: false, excused: 0 },
    asks: { waiting: undefined, answeredAt: Number.NEGATIVE_INFINITY },
    isOpen: () => open,
    send,
    sendPresence: (frame) => {
      if (socket.queuedBytes() <= limits.queuedBytesBeforePresenceDrops) send(frame);
    },
    tell,
    sendAck: () => {
      const count = ledger.settled();
      if (count === ackedCount) return false;
      ackedCount = count;
      tell({ type: "ack", count });
      return asksAcks;
    },
    close,
    ended: () => {
      open = false;
      cancelExpiry();
    },
    heard: () => {
      pongIsDue = false;
    },
    keepAlive: () => {
      if (!open) return;
      const now = clock.now();
      if (now - lastSentAt >= limits.heartbeatMs) send(heartbeatFrame);
      if (now - lastPingAt < pingEveryMs) return;
      if (pongIsDue) {
        open = false;
        cancelExpiry();
        socket.terminate();
        return deps.onClosing("dead");
      }
      pongIsDue = true;
      lastPingAt = now;
      socket.ping();
    },
  };
}

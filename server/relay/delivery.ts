import { limits } from "#shared/protocol/limits.ts";
import { step2Frame, updateFrame } from "./frames.ts";
import type { Clock } from "./ports.ts";

/**
 * The way of a lane's updates to one reader [R6]. A reply to a sync step 1 goes in pieces, the next when the reader has
 * taken most of those before, so that it can be of any size; what is passed on meanwhile waits behind it, so that nothing
 * arrives before what it hangs on. Before a reader's first step 1 nothing is passed on: the reply will hold it.
 */
export interface Delivery {
  /** A reply is being made. What is passed on from now on goes behind it. */
  readonly hold: () => void;
  /** The updates of a reply, in order; the last goes as a sync step 2. Ends the hold. */
  readonly reply: (updates: readonly Uint8Array[]) => void;
  readonly pass: (frame: Uint8Array) => void;
  /** A reply is being made or sent. */
  readonly isBusy: () => boolean;
}

export interface DeliveryDeps {
  readonly clock: Clock;
  readonly isOpen: () => boolean;
  readonly queuedBytes: () => number;
  readonly whenDrained?: ((run: () => void) => void) | undefined;
  readonly send: (frame: Uint8Array) => void;
  /** The reader is too slow for what others write meanwhile. */
  readonly giveUp: () => void;
}

/** Queued towards a reader, up to which the next piece is sent. Well below where it would lose presence. */
const paceBytes = limits.queuedBytesBeforePresenceDrops / 2;
const paceMs = 20;

type Waiting = { readonly bytes: Uint8Array; readonly as: "frame" | "update" | "step2" };

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { clock, isOpen, queuedBytes, send, giveUp } = deps;
  let phase: "unasked" | "held" | "sending" | "live" = "unasked";
  let waiting: Waiting[] = [];
  let next = 0;
  /** Of what was passed on: the pieces of a reply are the lane's own bytes, however many readers wait for them. */
  let passedBytes = 0;

  const pump = () => {
    if (!isOpen()) {
      waiting = [];
      return;
    }
    for (; next < waiting.length; next++) {
      if (queuedBytes() > paceBytes) {
        if (deps.whenDrained) deps.whenDrained(pump);
        else clock.setTimer(paceMs, pump);
        return;
      }
      const { bytes, as } = waiting[next] as Waiting;
      if (as === "frame") passedBytes -= bytes.length;
      send(as === "frame" ? bytes : as === "update" ? updateFrame(bytes) : step2Frame(bytes));
    }
    waiting = [];
    next = 0;
    phase = "live";
  };

  return {
    hold: () => {
      if (phase !== "sending") phase = "held";
    },
    reply: (updates) => {
      const last = updates.length - 1;
      const reply = updates.map((bytes, index): Waiting => ({ bytes, as: index === last ? "step2" : "update" }));
      if (phase === "sending") return void waiting.push(...reply);
      // What was passed on while the reply was made goes behind it.
      waiting = [...reply, ...waiting];
      phase = "sending";
      pump();
    },
    pass: (frame) => {
      if (phase === "live") return send(frame);
      if (phase === "unasked") return;
      passedBytes += frame.length;
      if (passedBytes > limits.queuedBytesBeforeClose) return giveUp();
      waiting.push({ bytes: frame, as: "frame" });
    },
    isBusy: () => phase === "held" || phase === "sending",
  };
}

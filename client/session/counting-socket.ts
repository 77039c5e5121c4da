import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { limits } from "#shared/protocol/limits.ts";
import { messageTypes, syncTypes, type UpdateCount } from "#shared/protocol/messages.ts";
import type { PieceBounds } from "#shared/protocol/update-pieces.ts";

export interface SentFrame {
  readonly frame: "step2" | "update";
  readonly count: UpdateCount;
  /** How many changes the relay holds once it has this frame and those before it: what `made` said when it was handed over. */
  readonly covers: number;
}

export interface SocketListener {
  /** How many changes the document holds now. */
  readonly made: () => number;
  /** Before the frame leaves. */
  readonly onSent: (sent: SentFrame) => void;
  /** As `piecesOf`; asked only about what looks too large. What it cannot split leaves as it is. */
  readonly split: (update: Uint8Array, bounds: PieceBounds) => Promise<readonly Uint8Array[]>;
}

/** What one update may hold at most, and what a step 2 may. */
const pieceBounds = { bytes: limits.updateBytes, structs: limits.updateStructs, deletions: limits.newDeletions };
const stepTwoBounds = { bytes: limits.frameBytes - 16, structs: limits.step2Structs, deletions: limits.newDeletions };
/** No struct and no stretch of deletions takes fewer bytes than this, so a short update is within every bound. */
const leastBytes = 2;
/**
 * Handed to the network at once, at most, so that a slow line is not filled for minutes with what a pong would have to wait
 * behind. Acks cannot tell when to go on: what the relay has lost is acked only with the last piece of what brings it again,
 * and nothing that came after it before.
 */
export const mostBuffered = 128 * 1024;
/** The network does not say when it has sent something, so it is looked after this often. */
const drainMs = 20;

/** What a frame of ours carries, as far as acks are concerned. All its numbers are below 128: one byte each. */
export function countedFrame(bytes: Uint8Array): "step2" | "update" | undefined {
  if (bytes[0] !== messageTypes.sync) return undefined;
  if (bytes[1] === syncTypes.step2) return "step2";
  return bytes[1] === syncTypes.update ? "update" : undefined;
}

function updateOf(frame: Uint8Array): Uint8Array {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
  return decoding.readVarUint8Array(decoder);
}

function frameOf(type: "step2" | "update", update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    encoding.writeVarUint(encoder, syncTypes[type]);
    encoding.writeVarUint8Array(encoder, update);
  });
}

interface Waiting {
  readonly frame: "step2" | "update";
  readonly bytes: Uint8Array;
  readonly covers: number;
  /** Looked at already: as small as it gets. */
  readonly isPiece: boolean;
}

/**
 * A `WebSocket` class whose sockets count the updates they send, each from 1, as the relay counts them when they arrive:
 * so neither side adds anything to the stock frames. Give it to y-websocket as `WebSocketPolyfill`.
 *
 * What is larger than the relay takes leaves in pieces, in order. Of a step 2 all but the last travel as updates: a step 2
 * settles all that went before it, and only with the last piece is that so. Each piece but the last covers nothing.
 */
export function countingSocket(Base: typeof WebSocket, listener: SocketListener): typeof WebSocket {
  return class CountingSocket extends Base {
    #count: UpdateCount = 0;
    #waiting: Waiting[] = [];
    #isSplitting = false;
    #draining: ReturnType<typeof setTimeout> | undefined;

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      const frame = data instanceof Uint8Array ? countedFrame(data) : undefined;
      if (!frame) {
        super.send(data as never);
        return;
      }
      const bytes = data as Uint8Array;
      this.#waiting.push({ frame, bytes, covers: listener.made(), isPiece: false });
      this.#pump();
    }

    #pump(): void {
      while (!this.#isSplitting) {
        const next = this.#waiting[0];
        if (!next) return;
        // A frame handed over to a closing socket is lost, as it is with the browser's own.
        if (this.readyState > 1) return;
        if (!next.isPiece && mayBeTooLarge(next)) {
          this.#split(next);
          return;
        }
        if (this.bufferedAmount > 0 && this.bufferedAmount + next.bytes.length > mostBuffered) {
          this.#draining ??= setTimeout(() => {
            this.#draining = undefined;
            this.#pump();
          }, drainMs);
          return;
        }
        this.#waiting.shift();
        this.#count += 1;
        listener.onSent({ frame: next.frame, count: this.#count, covers: next.covers });
        super.send(next.bytes as never);
      }
    }

    #split(whole: Waiting): void {
      this.#isSplitting = true;
      piecesOfFrame(whole, listener.split)
        // The relay gets it as it is, and says what it thinks of it.
        .catch(() => [{ ...whole, isPiece: true }])
        .then((pieces) => {
          this.#waiting.splice(0, 1, ...pieces);
          this.#isSplitting = false;
          this.#pump();
        });
    }
  };
}

/** Cheap and careful: "no" is certain. */
function mayBeTooLarge({ frame, bytes }: Waiting): boolean {
  const bounds = frame === "step2" ? stepTwoBounds : pieceBounds;
  return bytes.length > bounds.bytes || bytes.length > leastBytes * Math.min(bounds.structs, bounds.deletions);
}

async function piecesOfFrame(whole: Waiting, split: SocketListener["split"]): Promise<readonly Waiting[]> {
  const update = updateOf(whole.bytes);
  const mayGoWhole = whole.frame === "step2" && whole.bytes.length <= stepTwoBounds.bytes;
  if (mayGoWhole && (await split(update, stepTwoBounds)).length < 2) return [{ ...whole, isPiece: true }];
  const pieces = await split(update, pieceBounds);
  if (pieces.length < 2) return [{ ...whole, isPiece: true }];
  return pieces.map((piece, index) => {
    const frame = index === pieces.length - 1 ? whole.frame : "update";
    const covers = index === pieces.length - 1 ? whole.covers : 0;
    return { ...whole, frame, bytes: frameOf(frame, piece), covers, isPiece: true };
  });
}

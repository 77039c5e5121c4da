import { messageTypes, syncTypes, type UpdateCount } from "#shared/protocol/messages.ts";

export interface SocketListener {
  /** Before the frame leaves. */
  readonly onSent: (frame: "step2" | "update", count: UpdateCount) => void;
}

/** What a frame of ours carries, as far as acks are concerned. All its numbers are below 128: one byte each. */
export function countedFrame(bytes: Uint8Array): "step2" | "update" | undefined {
  if (bytes[0] !== messageTypes.sync) return undefined;
  if (bytes[1] === syncTypes.step2) return "step2";
  return bytes[1] === syncTypes.update ? "update" : undefined;
}

/**
 * A `WebSocket` class whose sockets count the updates they send, each from 1, as the relay counts them when they arrive:
 * so neither side adds anything to the stock frames. Give it to y-websocket as `WebSocketPolyfill`.
 */
export function countingSocket(Base: typeof WebSocket, listener: SocketListener): typeof WebSocket {
  return class CountingSocket extends Base {
    #count: UpdateCount = 0;

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (data instanceof Uint8Array) {
        const frame = countedFrame(data);
        if (frame) {
          this.#count += 1;
          listener.onSent(frame, this.#count);
        }
      }
      super.send(data as never);
    }
  };
}

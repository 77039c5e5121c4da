import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { limits } from "#shared/protocol/limits.ts";
import type { SocketPort } from "./ports.ts";
import type { SocketHandlers } from "./relay.ts";

/**
 * For sockets that the gate has let in. Larger frames are cut off with 1009 before they are read whole. Nothing is
 * compressed: a frame is written as it is, by `wsSocketPort` beside ws itself.
 */
export const createWsServer = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    clientTracking: true,
    perMessageDeflate: false,
  });

/** A frame that goes to many is put into websocket form once: it is asked for again and again in one go. */
let latest: { readonly frame: Uint8Array; readonly wire: Buffer } | undefined;
/** Above this a frame is written behind its header rather than copied. */
const copiedBytes = 16 * 1024;

/** Streams that hold something back until this turn of the event loop is over, so that one call writes all of it. */
let corked: Duplex[] = [];

function cork(stream: Duplex): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  if (corked.length === 0) setImmediate(uncorkAll);
  corked.push(stream);
}

function uncorkAll(): void {
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}

/**
 * A `ws` socket as the relay wants it. What is sent goes past ws, which would make the same header for each reader anew
 * and write twice: servers do not mask, so a frame's bytes are the same for all.
 */
export function wsSocketPort(socket: WebSocket, stream: Duplex): SocketPort {
  return {
    send: (frame) => {
      if (socket.readyState !== WebSocket.OPEN || !stream.writable) return;
      cork(stream);
      if (frame.length > copiedBytes) {
        stream.write(headerOf(frame.length));
        stream.write(frame);
        return;
      }
      if (latest?.frame !== frame) latest = { frame, wire: Buffer.concat([headerOf(frame.length), frame]) };
      stream.write(latest.wire);
    },
    queuedBytes: () => stream.writableLength,
    whenDrained: (run) => {
      if (stream.writableNeedDrain) stream.once("drain", run);
      else setImmediate(run);
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
  };
}

/** A whole binary message, from a server. */
function headerOf(length: number): Buffer {
  const finalBinary = 0x82;
  if (length < 126) return Buffer.from([finalBinary, length]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = finalBinary;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** Tells the relay what happens on the socket. To be called before control returns to the event loop, or frames are lost. */
export function listenTo(socket: WebSocket, handlers: SocketHandlers): void {
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) handlers.onFrame(data);
    else handlers.onText();
  });
  socket.on("pong", handlers.onPong);
  // Each ping is answered by itself: one who pings and reads nothing would have us queue without end.
  socket.on("ping", () => {
    if (socket.bufferedAmount > limits.queuedBytesBeforeClose) socket.terminate();
  });
  socket.on("close", handlers.onClosed);
  // A broken or oversized frame: ws closes with the code for it, and "close" follows.
  socket.on("error", () => {});
}

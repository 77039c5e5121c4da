import { WebSocket, WebSocketServer } from "ws";
import { limits } from "#shared/protocol/limits.ts";
import type { SocketPort } from "./ports.ts";
import type { SocketHandlers } from "./relay.ts";

/** For sockets that the gate has let in. Larger frames are cut off with 1009 before they are read whole. */
export const createWsServer = (): WebSocketServer =>
  new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes, clientTracking: true });

/** A `ws` socket as the relay wants it. */
export function wsSocketPort(socket: WebSocket): SocketPort {
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    queuedBytes: () => socket.bufferedAmount,
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
  };
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

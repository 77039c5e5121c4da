import type { Duplex } from "node:stream";
import { nodeHttp } from "../node-http.ts";
import { errorBody } from "./reply.ts";

/** What is no HTTP, or has more headers than a call of ours, gets its sentence too, and the end of its connection. */
export function refuseBrokenCall(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const body = JSON.stringify(errorBody("bad-request"));
  const lines = [
    `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status]}`,
    "Connection: close",
    "Cache-Control: no-store",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

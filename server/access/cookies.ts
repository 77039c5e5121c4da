import type { IncomingMessage } from "node:http";
import type { BoardId } from "#shared/board/ids.ts";

/** One cookie per board, so that one device can hold several boards, each with its own end. */
export const boardCookieName = (boardId: BoardId): string => `alongside-${boardId}`;

/** The tokens of all board cookies that a request carries; a device with more boards than this signs in again. */
export function readBoardCookies(request: IncomingMessage): readonly string[] {
  const tokens = [];
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const token = /^\s*alongside-[A-Za-z0-9_-]{1,64}=([A-Za-z0-9_-]{1,128})\s*$/.exec(part)?.[1];
    if (token !== undefined) tokens.push(token);
  }
  return tokens.slice(0, mostBoardCookies);
}
const mostBoardCookies = 50;

export function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The token of `Authorization: Bearer <token>`. */
export function readBearer(request: IncomingMessage): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/i.exec(request.headers.authorization ?? "")?.[1];
}

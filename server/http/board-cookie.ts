import type { Response } from "express";
import type { BoardId } from "#shared/board/ids.ts";
import { boardCookieName } from "../access/cookies.ts";
import type { Joined } from "../access/join.ts";

/** Lets this device back in until the session ends. No script can read it, and no other site can have it sent. */
export function boardCookie(response: Response, { reply, expiresAt }: Joined, secure: boolean): void {
  response.cookie(boardCookieName(reply.boardId), reply.sessionToken, {
    httpOnly: true,
    sameSite: "strict",
    secure,
    path: "/",
    expires: new Date(expiresAt),
  });
}

export function clearBoardCookie(response: Response, boardId: BoardId, secure: boolean): void {
  response.clearCookie(boardCookieName(boardId), { httpOnly: true, sameSite: "strict", secure, path: "/" });
}

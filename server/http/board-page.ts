import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { RequestHandler } from "express";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import { inSteps } from "../access/answer.ts";
import type { Askers } from "../access/asker.ts";
import type { Boards } from "../access/boards.ts";
import { readBoard } from "../relay/read-board.ts";
import type { BoardStore } from "../store/board-store.ts";
import { type Labels, renderPageCopy } from "./page-copy.ts";

/** Stored bytes past which a board is not written into its page: the live one is there sooner. */
const mostBytes = 1024 * 1024;
const rightToLeft = /^(ar|fa|he|ur|ps|sd|ug|yi|dv|ckb)\b/;

export interface BoardPageParts {
  readonly store: Pick<BoardStore, "loadLane">;
  readonly askers: Askers;
  readonly boards: Boards;
}

/**
 * `/b/:boardId` for somebody who may see the board: the client's page with the board written into it. Everybody else,
 * and whatever goes wrong on the way, gets the page as it is.
 */
export function boardPage(folder: string, { store, askers, boards }: BoardPageParts): RequestHandler {
  const file = join(folder, "index.html");
  if (!existsSync(file)) return (_request, _response, next) => next();
  const [beforeCopy, afterCopy] = splitPage(readFileSync(file, "utf8"));
  const labelsByLocale = readLabels(join(folder, "page-copy"));

  return async (request, response, next) => {
    const boardId = parseId<BoardId>(/^\/b\/([^/]+)$/.exec(request.path)?.[1]);
    if (request.method !== "GET" || !boardId) return next();
    const copy = await inSteps(async ({ take, refuse }) => {
      const { person } = await take(askers.onBoard(request, boardId));
      const view = await take(boards.view(person));
      const board = (await take(readBoard(store, person, view.lanes, mostBytes))) ?? refuse("too-large");
      try {
        const locale = labelsByLocale.has(person.language) ? person.language : "en";
        const dir = rightToLeft.test(locale) ? "rtl" : "ltr";
        return renderPageCopy(board, view.title, labelsByLocale.get(locale) ?? {}, locale, dir);
      } finally {
        board.close();
      }
    });
    if (!copy.ok) return next();
    response.set({ "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8", Vary: "Accept-Encoding" });
    const page = `${beforeCopy}${copy.value}${afterCopy}`;
    if (!request.acceptsEncodings("br")) return void response.send(page);
    response.set("Content-Encoding", "br");
    response.send(brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
  };
}

/** The copy comes after the scripts' own place: below the header they draw first, and alone where they never run. */
function splitPage(page: string): readonly [string, string] {
  const root = '<div id="root"></div>';
  const at = page.indexOf(root) + root.length;
  return [page.slice(0, at), page.slice(at)];
}

function readLabels(folder: string): ReadonlyMap<string, Labels> {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return new Map(
    files.map((name) => [
      name.slice(0, -".json".length),
      JSON.parse(readFileSync(join(folder, name), "utf8")) as Labels,
    ]),
  );
}

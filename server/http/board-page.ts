import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { RequestHandler } from "express";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import type { BoardView } from "#shared/protocol/api.ts";
import { inSteps } from "../access/answer.ts";
import type { Askers } from "../access/asker.ts";
import type { Boards } from "../access/boards.ts";
import { readBoard } from "../relay/read-board.ts";
import type { BoardStore } from "../store/board-store.ts";
import { mostLaneBytes } from "./lane-bytes.ts";
import { type Labels, renderPageCopy } from "./page-copy.ts";

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
  const file = join(folder, "board.html");
  if (!existsSync(file)) return (_request, _response, next) => next();
  const [beforeHeadEnd, beforeCopy, afterCopy] = splitPage(readFileSync(file, "utf8"));
  const labelsByLocale = readLabels(join(folder, "page-copy"));
  const manifest = readManifest(join(folder, ".vite", "manifest.json"));

  return async (request, response, next) => {
    const boardId = parseId<BoardId>(/^\/b\/([^/]+)$/.exec(request.path)?.[1]);
    if (request.method !== "GET" || !boardId) return next();
    const readCopy = inSteps(async ({ take, refuse }) => {
      const { person } = await take(askers.onBoard(request, boardId));
      const view = await take(boards.view(person));
      const board = await take(readBoard(store, person, view.lanes, mostLaneBytes));
      if (typeof board === "string") return refuse("too-large");
      try {
        const locale = labelsByLocale.has(person.language) ? person.language : "en";
        const dir = rightToLeft.test(locale) ? "rtl" : "ltr";
        const copy = renderPageCopy(board, view.title, labelsByLocale.get(locale) ?? {}, locale, dir);
        return {
          copy: `${copy}${viewForScript(view)}`,
          preloads: `${wordsPreload(manifest, locale)}${lanesPreload(boardId)}`,
        };
      } finally {
        board.close();
      }
    });
    // A board can hold anything, so reading it may throw too; the page goes out without it then.
    const made = await readCopy.catch(() => undefined);
    if (!made?.ok) return next();
    response.set({ "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8", Vary: "Accept-Encoding" });
    const page = `${beforeHeadEnd}${made.value.preloads}${beforeCopy}${made.value.copy}${afterCopy}`;
    if (!request.acceptsEncodings("br")) return void response.send(page);
    response.set("Content-Encoding", "br");
    response.send(brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
  };
}

/**
 * Before the head's end, then up to where the copy goes (below the header that the scripts draw first), then the rest. The
 * board's own style comes after the copy, so that the words to read do not wait for it.
 */
function splitPage(page: string): readonly [string, string, string] {
  const styles: string[] = [];
  const lean = page.replace(/<link rel="stylesheet"[^>]*href="\/assets\/board-[^>]*>/g, (link) => {
    styles.push(link);
    return "";
  });
  const root = '<div id="root"></div>';
  const headEnd = Math.max(0, lean.indexOf("</head>"));
  const at = lean.indexOf(root) + root.length;
  return [lean.slice(0, headEnd), lean.slice(headEnd, at), `${styles.join("")}${lean.slice(at)}`];
}

/** The board as `GET /api/boards/:boardId` gives it, for the script that would else have to ask (`client/session/page-view.ts`). */
function viewForScript(view: BoardView): string {
  return `<script type="application/json" id="board-view">${JSON.stringify(view).replaceAll("<", "\\u003c")}</script>`;
}

/** What Vite writes down of its chunks; only what is used here. */
type Manifest = Readonly<Record<string, { readonly file: string }>>;

function readManifest(file: string): Manifest {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : {};
}

/** The words of the screens in the reader's language, asked for along with the first script instead of after it. */
function wordsPreload(manifest: Manifest, locale: string): string {
  const chunk = Object.entries(manifest).find(([key]) => key.endsWith(`virtual:messages/${locale}`))?.[1];
  return chunk ? `<link rel="modulepreload" crossorigin href="/${chunk.file}">` : "";
}

/** The lanes themselves (`lane-bytes.ts`), so that the board can be written on as soon as its code is there. */
function lanesPreload(boardId: BoardId): string {
  return `<link rel="preload" as="fetch" crossorigin href="/b/${boardId}/lanes">`;
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

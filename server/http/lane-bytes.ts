import { brotliCompress, constants } from "node:zlib";
import type { Request, RequestHandler, Response } from "express";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import { type LaneCopy, writeLaneCopies } from "#shared/protocol/lane-copies.ts";
import { inSteps } from "../access/answer.ts";
import type { Askers } from "../access/asker.ts";
import type { Boards } from "../access/boards.ts";
import type { BoardStore } from "../store/board-store.ts";

/** Past this a socket, which sends in pieces, is no later, and a page does not ask. */
export const mostLaneBytes = 1024 * 1024;

interface LaneBytesParts {
  readonly store: Pick<BoardStore, "loadLane">;
  readonly askers: Askers;
  readonly boards: Boards;
}

/**
 * `GET /b/:boardId/lanes`: the lanes that the asker may read, as they are stored (`shared/protocol/lane-copies.ts`). The
 * board's page fetches them along with its scripts. Whoever may not, and whatever goes wrong, gets a plain 404: the page
 * then waits for its sockets, which say why.
 */
export function laneBytes({ store, askers, boards }: LaneBytesParts): RequestHandler {
  const read = (request: Request, boardId: BoardId) =>
    inSteps(async ({ take, refuse }) => {
      const { person } = await take(askers.onBoard(request, boardId));
      const { lanes } = await take(boards.view(person));
      const copies: LaneCopy[] = [];
      let bytes = 0;
      for (const { laneId } of lanes) {
        const { snapshot, tail, damage } = await take(store.loadLane(laneId));
        // What is left of it is not this lane: its room says so, and offers what is good of it.
        if (damage) refuse("not-storing");
        const updates = [...(snapshot ? [snapshot.bytes] : []), ...tail.map((update) => update.bytes)];
        bytes += updates.reduce((sum, update) => sum + update.length, 0);
        if (bytes > mostLaneBytes) refuse("too-large");
        copies.push({ laneId, updates });
      }
      return writeLaneCopies(copies);
    });

  return async (request, response, next) => {
    const boardId = parseId<BoardId>(/^\/b\/([^/]+)\/lanes$/.exec(request.path)?.[1]);
    if (request.method !== "GET" || !boardId) return next();
    const made = await read(request, boardId).catch(() => undefined);
    response.set({ "Cache-Control": "no-store", Vary: "Accept-Encoding" });
    if (!made?.ok) return void response.status(404).end();
    await sendPacked(request, response, made.value);
  };
}

async function sendPacked(request: Request, response: Response, bytes: Uint8Array): Promise<void> {
  response.set("Content-Type", "application/octet-stream");
  if (!request.acceptsEncodings("br")) return void response.send(Buffer.from(bytes));
  const packed = await new Promise<Buffer>((done, failed) =>
    brotliCompress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }, (error, result) =>
      error ? failed(error) : done(result),
    ),
  );
  response.set("Content-Encoding", "br").send(packed);
}

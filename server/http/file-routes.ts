import express, { type RequestHandler, type Response, Router } from "express";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import { boardFileName, mostBoardFileBytes, writeBoardFile } from "#shared/board-file/board-file.ts";
import { type BoardFileProblem, parseBoardFileBytes } from "#shared/board-file/parse-board-file.ts";
import { type ErrorBody, errorTable } from "#shared/protocol/errors.ts";
import { inSteps } from "../access/answer.ts";
import type { BoardMaker } from "../access/new-board.ts";
import { preferredLanguage } from "./board-routes.ts";
import { answering, asJson, sendError } from "./reply.ts";
import type { Routes } from "./routes.ts";

/**
 * A board as a file, out and in, under `/api/boards`. Stands before the routes that read every body: this one alone may be
 * large, and is read only once it is known who sends it.
 */
export function fileRoutes({ askers, origins, boardFiles }: Routes): Router {
  const router = Router();

  router.get(
    "/:boardId/file",
    answering(
      (request) =>
        inSteps(async ({ take, refuse }) => {
          const boardId = parseId<BoardId>(request.params.boardId) ?? refuse("not-found");
          const { person } = await take(askers.onBoard(request, boardId));
          return take(boardFiles.takeHome(person));
        }),
      (response, file) => {
        response.set("Content-Disposition", `attachment; filename="${boardFileName}"`);
        response.type("json").send(writeBoardFile(file));
      },
    ),
  );

  const makers = new WeakMap<object, BoardMaker>();
  const knowMaker: RequestHandler = async (request, response, next) => {
    const maker = await inSteps(async ({ take }): Promise<BoardMaker> => {
      if (await take(askers.apiToken(request))) return "api-token";
      return { staff: await take(askers.staffMember(request)), language: preferredLanguage(request) };
    });
    if (!maker.ok) return sendError(response, maker.error.kind);
    makers.set(request, maker.value);
    next();
  };
  const makeFrom: RequestHandler = async (request, response) => {
    const maker = makers.get(request);
    if (!maker || !(request.body instanceof Uint8Array)) return sendError(response, "bad-request");
    const file = parseBoardFileBytes(request.body);
    if (!file.ok) return sendProblem(response, file.error);
    const made = await boardFiles.makeFrom(file.value, maker, origins.baseOf(request));
    if (made.ok) asJson(201)(response, made.value);
    else sendError(response, made.error.kind);
  };
  // As bytes, so that what is no JSON or no text at all is told as a file that is no board.
  const readFile = express.raw({ limit: mostBoardFileBytes, type: "application/json" });
  router.post("/import", knowMaker, readFile, makeFrom);

  return router;
}

function sendProblem(response: Response, problem: BoardFileProblem): void {
  if (problem.kind === "too-large") sendError(response, "too-large");
  else if (problem.kind === "not-a-board-file") sendError(response, "file-not-a-board");
  else if (problem.kind === "newer-version") sendError(response, "file-too-new");
  else {
    const { status, message } = errorTable["file-broken"];
    const { at, why } = problem;
    const body: ErrorBody = { error: { kind: "file-broken", message: `${message} Where: ${at || "?"} (${why}).`, at } };
    response.status(status).json(body);
  }
}

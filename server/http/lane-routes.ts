import { type Request, Router } from "express";
import { type BoardId, type LaneId, parseId } from "#shared/board/ids.ts";
import { type Answer, inSteps, type Steps } from "../access/answer.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { restoreLaneBody } from "./bodies.ts";
import { pageOf, whenOf } from "./query.ts";
import { answering, asJson, parseBody } from "./reply.ts";
import type { Routes } from "./routes.ts";

const mostChanges = 500;

/** Under `/api/boards/:boardId/lanes/:laneId`: what became of a lane, and what it can be brought back to. */
export function laneRoutes({ askers, history }: Routes): Router {
  const router = Router();
  const route =
    <T>(run: (asker: PersonRecord, laneId: LaneId, request: Request, steps: Steps) => Promise<T>) =>
    (request: Request): Answer<T> =>
      inSteps(async (steps) => {
        const boardId = parseId<BoardId>(request.params.boardId) ?? steps.refuse("not-found");
        const laneId = parseId<LaneId>(request.params.laneId) ?? steps.refuse("not-found");
        const { person } = await steps.take(askers.onBoard(request, boardId));
        return run(person, laneId, request, steps);
      });
  const path = (end: string) => `/:boardId/lanes/:laneId/${end}`;

  router.get(
    path("history"),
    answering(
      route(async (asker, laneId, { query }, { take }) =>
        take(history.changes(asker, laneId, await take(pageOf(query, mostChanges)))),
      ),
      asJson(200),
    ),
  );
  router.get(
    path("at"),
    answering(
      route(async (asker, laneId, { query }, { take, refuse }) => {
        const [seq, time] = [await take(whenOf(query, "seq")), await take(whenOf(query, "time"))];
        const when = seq ?? time;
        if (!when || (seq && time) || (seq && !("seq" in seq)) || (time && !("time" in time))) refuse("bad-request");
        return take(history.at(asker, laneId, when ?? refuse("bad-request"), query.update === "1"));
      }),
      asJson(200),
    ),
  );
  router.get(
    path("changes"),
    answering(
      route(async (asker, laneId, { query }, { take }) => {
        const span = { from: await take(whenOf(query, "from")), to: await take(whenOf(query, "to")) };
        return take(history.between(asker, laneId, span));
      }),
      asJson(200),
    ),
  );
  router.post(
    path("restore"),
    answering(
      route(async (asker, laneId, request, { take }) => {
        const { seq, preview, head } = await take(parseBody(restoreLaneBody, request));
        return take(
          history.restore(asker, laneId, {
            seq,
            ...(preview !== undefined && { preview }),
            ...(head !== undefined && { head }),
          }),
        );
      }),
      asJson(200),
    ),
  );
  router.post(
    path("recover"),
    answering(
      route((asker, laneId, _request, { take }) => take(history.recover(asker, laneId))),
      asJson(200),
    ),
  );
  return router;
}

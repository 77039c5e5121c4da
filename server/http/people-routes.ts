import { type Request, Router } from "express";
import { type BoardId, type PersonId, parseId } from "#shared/board/ids.ts";
import type { AuditView, PersonView, SessionView } from "#shared/protocol/api.ts";
import { type Answer, inSteps, type Steps } from "../access/answer.ts";
import type { Asker } from "../access/asker.ts";
import { readAudit } from "../access/audit.ts";
import { changeAccess } from "../access/change-access.ts";
import { changePersonBody, renewBody } from "./bodies.ts";
import { pageOf } from "./query.ts";
import { answering, asJson, parseBody } from "./reply.ts";
import type { Routes } from "./routes.ts";

/** Under `/api/boards/:boardId`: what people may do, what they did, and how long they are let in. */
export function peopleRoutes({ askers, sessions, entry }: Routes): Router {
  const router = Router({ mergeParams: true });
  const idOf = <Id extends string>(request: Request, name: string, { refuse }: Steps): Id =>
    parseId<Id>(request.params[name]) ?? refuse("not-found");
  const asking =
    <T>(run: (asker: Asker, request: Request, steps: Steps) => Promise<T>) =>
    (request: Request): Answer<T> =>
      inSteps(async (steps) => {
        const asker = await steps.take(askers.onBoard(request, idOf<BoardId>(request, "boardId", steps)));
        return run(asker, request, steps);
      });

  router.patch(
    "/:boardId/people/:personId",
    answering(
      asking<PersonView>(async ({ person }, request, steps) => {
        const change = await steps.take(parseBody(changePersonBody, request));
        return steps.take(changeAccess(entry, person, idOf<PersonId>(request, "personId", steps), change));
      }),
      asJson(200),
    ),
  );
  router.get(
    "/:boardId/audit",
    answering(
      asking<AuditView>(async ({ person }, request, { take }) =>
        take(readAudit(entry, person, await take(pageOf(request.query, 500)))),
      ),
      asJson(200),
    ),
  );
  router.get(
    "/:boardId/session",
    answering(
      asking<SessionView>((asker, _request, { take }) => take(sessions.view(asker))),
      asJson(200),
    ),
  );
  return router;
}

/** `POST /api/session/renew`: the tap that says that somebody is there. */
export function sessionRoutes({ askers, sessions }: Routes): Router {
  const router = Router();
  const renew = (request: Request): Answer<SessionView> =>
    inSteps(async ({ take }) => {
      const { boardId } = await take(parseBody(renewBody, request));
      return take(sessions.renew(await take(askers.anySession(request, boardId))));
    });
  router.post("/renew", answering(renew, asJson(200)));
  return router;
}

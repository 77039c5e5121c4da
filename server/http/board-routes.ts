import { type Request, type Response, Router } from "express";
import { type BoardId, type PersonId, parseId } from "#shared/board/ids.ts";
import type { BoardView, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { type Answer, inSteps, type Steps } from "../access/answer.ts";
import type { Asker } from "../access/asker.ts";
import { boardCookie, clearBoardCookie } from "./board-cookie.ts";
import { canonicalLanguage, meBody, newBoardBody, newInvitationBody, titleBody } from "./bodies.ts";
import { answering, asJson, asNothing, parseBody } from "./reply.ts";
import type { Routes } from "./routes.ts";

/** Everything under `/api/boards`. */
export function boardRoutes({ askers, boards, invitations, joining, origins }: Routes): Router {
  const router = Router();

  const idOf = <Id extends string>(request: Request, name: string, { refuse }: Steps): Id =>
    parseId<Id>(request.params[name]) ?? refuse("not-found");
  /** The person asking; a board that is not theirs is as unknown as one that does not exist. */
  const askerOf = (request: Request, steps: Steps): Promise<Asker> =>
    steps.take(askers.onBoard(request, idOf<BoardId>(request, "boardId", steps)));
  const onBoard =
    <T>(run: (asker: Asker, request: Request, steps: Steps) => Promise<T>) =>
    (request: Request): Answer<T> =>
      inSteps(async (steps) => run(await askerOf(request, steps), request, steps));

  const makeBoard = (request: Request): Answer<NewBoardReply> =>
    inSteps(async ({ take }) => {
      const maker = (await take(askers.apiToken(request)))
        ? ("api-token" as const)
        : { staff: await take(askers.staffMember(request)), language: preferredLanguage(request) };
      return take(boards.make(await take(parseBody(newBoardBody, request)), maker, origins.baseOf(request)));
    });
  router.post("/", answering(makeBoard, asJson(201)));

  router.get(
    "/:boardId",
    answering(
      onBoard<BoardView>(({ person }, _request, { take }) => take(boards.view(person))),
      asJson(200),
    ),
  );
  router.patch(
    "/:boardId",
    answering(
      onBoard(async ({ person }, request, { take }) => {
        await take(boards.rename(person, (await take(parseBody(titleBody, request))).title));
        return take(boards.view(person));
      }),
      asJson(200),
    ),
  );
  router.patch(
    "/:boardId/me",
    answering(
      onBoard(async ({ person }, request, { take }) =>
        take(boards.changeMe(person, await take(parseBody(meBody, request)))),
      ),
      asJson(200),
    ),
  );

  const invite = (request: Request): Answer<NewInvitationReply> =>
    inSteps(async (steps) => {
      const { take } = steps;
      const boardId = idOf<BoardId>(request, "boardId", steps);
      const inviter = (await take(askers.apiToken(request)))
        ? ("api-token" as const)
        : (await askerOf(request, steps)).person;
      const body = await take(parseBody(newInvitationBody, request));
      return take(invitations.invite(boardId, inviter, body, origins.baseOf(request)));
    });
  router.post(
    "/:boardId/invitations",
    answering(invite, (response, reply) => {
      response.status("pending" in reply ? 202 : 201).json(reply);
    }),
  );

  for (const act of ["approve", "again"] as const) {
    router.post(
      `/:boardId/invitations/:personId/${act}`,
      answering(
        onBoard(({ person }, request, steps) =>
          steps.take(invitations[act](person, idOf<PersonId>(request, "personId", steps), origins.baseOf(request))),
        ),
        asJson(200),
      ),
    );
  }
  for (const act of ["decline", "revoke"] as const) {
    router.post(
      `/:boardId/invitations/:personId/${act}`,
      answering(
        onBoard(({ person }, request, steps) =>
          steps.take(invitations[act](person, idOf<PersonId>(request, "personId", steps))),
        ),
        asNothing,
      ),
    );
  }
  router.delete(
    "/:boardId/people/:personId",
    answering(
      onBoard(({ person }, request, steps) =>
        steps.take(invitations.remove(person, idOf<PersonId>(request, "personId", steps))),
      ),
      asNothing,
    ),
  );

  const enter = (request: Request, response: Response) =>
    inSteps(async (steps) => {
      const boardId = idOf<BoardId>(request, "boardId", steps);
      const staff = await steps.take(askers.staffMember(request));
      const joined = await steps.take(joining.enter(staff, boardId));
      boardCookie(response, joined, origins.secure);
      return joined.reply;
    });
  router.post("/:boardId/enter", answering(enter, asJson(200)));

  const leave = (request: Request, response: Response) =>
    inSteps(async (steps) => {
      const asker = await askerOf(request, steps);
      await steps.take(joining.leave(asker));
      clearBoardCookie(response, asker.person.boardId, origins.secure);
    });
  router.post("/:boardId/leave", answering(leave, asNothing));

  return router;
}

/** The first language the browser asks for. A worker may choose another on the board. */
export function preferredLanguage(request: Request): string {
  const first = request.acceptsLanguages()[0];
  return (first === undefined || first === "*" ? undefined : canonicalLanguage(first)) ?? "en";
}

import { type Request, type Response, Router } from "express";
import type { HelloView, HomeView, JoinLook, JoinReply } from "#shared/protocol/api.ts";
import { type Answer, inSteps } from "../access/answer.ts";
import { boardCookie } from "./board-cookie.ts";
import { joinBody, setupBody, signInBody } from "./bodies.ts";
import { answering, asJson, asNothing, parseBody } from "./reply.ts";
import type { Routes } from "./routes.ts";

/** Ways in and out: first sight, set-up, sign-in, joining. */
export function entryRoutes({ askers, boards, joining, setup, staff, origins }: Routes): Router {
  const router = Router();
  const addCookies = (response: Response, cookies: readonly string[]) => {
    for (const cookie of cookies) response.append("Set-Cookie", cookie);
  };

  const hello = (request: Request): Answer<HelloView> =>
    inSteps(async ({ take }) => {
      const member = await take(staff.signedIn(request));
      const needsSetup = !member && !(await take(staff.anyExists()));
      return { staff: member && { name: member.name }, needsSetup };
    });
  router.get("/hello", answering(hello, asJson(200)));

  const home = (request: Request): Answer<HomeView> =>
    inSteps(async ({ take }) => take(boards.home(await take(askers.staffMember(request)))));
  router.get("/home", answering(home, asJson(200)));

  const setUp = (request: Request, response: Response) =>
    inSteps(async ({ take }) => {
      const signedIn = await take(setup.setUp(await take(parseBody(setupBody, request)), origins.addressOf(request)));
      addCookies(response, signedIn.cookies);
      return { name: signedIn.name };
    });
  router.post("/setup", answering(setUp, asJson(201)));

  const signIn = (request: Request, response: Response) =>
    inSteps(async ({ take }) => {
      const { email, password } = await take(parseBody(signInBody, request));
      const signedIn = await take(setup.signIn(email, password, origins.addressOf(request)));
      addCookies(response, signedIn.cookies);
      return { name: signedIn.name };
    });
  router.post("/sign-in", answering(signIn, asJson(200)));

  const signOut = (request: Request, response: Response) =>
    inSteps(async ({ take }) => {
      const member = await take(staff.signedIn(request));
      // The boards go first: if the rest fails, nothing that was opened by this sign-in is still open.
      if (member) await take(joining.endWithSignIn(member));
      addCookies(response, (await take(staff.signOut(request))).cookies);
    });
  router.post("/sign-out", answering(signOut, asNothing));

  const look = (request: Request): Answer<JoinLook> =>
    inSteps(async ({ take }) =>
      take(
        joining.look(await take(parseBody(joinBody, request)), origins.addressOf(request), (boardId) =>
          askers.onBoard(request, boardId),
        ),
      ),
    );
  router.post("/join/look", answering(look, asJson(200)));

  const join = (request: Request, response: Response): Answer<JoinReply> =>
    inSteps(async ({ take }) => {
      const joined = await take(joining.join(await take(parseBody(joinBody, request)), origins.addressOf(request)));
      boardCookie(response, joined, origins.secure);
      return joined.reply;
    });
  router.post("/join", answering(join, asJson(200)));

  return router;
}

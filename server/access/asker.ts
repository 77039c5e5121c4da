import type { IncomingMessage } from "node:http";
import type { BoardId } from "#shared/board/ids.ts";
import type { ApiTokenRecord, PersonRecord, SessionRecord } from "../store/board-store.ts";
import { type Answer, inSteps, type Steps } from "./answer.ts";
import { boardCookieName, readBearer, readBoardCookies, readCookie } from "./cookies.ts";
import type { EntryParts } from "./parts.ts";
import { isAccessOver, isOver, sessionEnd } from "./session-end.ts";
import type { StaffMember } from "./staff.ts";

/** Who asks something about one board. */
export interface Asker {
  readonly person: PersonRecord;
  /** `undefined` when they are known by their staff sign-in alone. */
  readonly session: SessionRecord | undefined;
}
export type SessionAsker = Asker & { readonly session: SessionRecord };

/** Works out who sent a request, from its cookies or its `Authorization` header, which goes first. */
export interface Askers {
  /**
   * The person on this board, by session token, board cookie or staff sign-in. `not-signed-in` when the request shows
   * nothing that is alive; `not-found` when it does but has no place on this board, just as if there were no such board.
   */
  readonly onBoard: (request: IncomingMessage, boardId: BoardId) => Answer<Asker>;
  /** The same by session alone, for sockets: each of them has a session whose end is its own. */
  readonly bySession: (request: IncomingMessage, boardId: BoardId | undefined) => Answer<SessionAsker>;
  /** The session of `Authorization`, or of the board's cookie, whatever board it is of. */
  readonly anySession: (request: IncomingMessage, boardId: BoardId | undefined) => Answer<SessionAsker>;
  readonly apiToken: (request: IncomingMessage) => Answer<ApiTokenRecord | undefined>;
  readonly staffMember: (request: IncomingMessage) => Answer<StaffMember>;
}

export function createAskers({
  store,
  staff,
  keys,
  now,
  use,
}: Pick<EntryParts, "store" | "staff" | "keys" | "now" | "use">): Askers {
  const liveAsker = async (token: string, { take }: Steps) => {
    const session = await take(store.session(keys.hash("session", token)));
    if (!session) return undefined;
    const person = await take(store.person(session.personId));
    if (person?.standing !== "joined" || person.boardId !== session.boardId) return undefined;
    return isOver(sessionEnd(session, person, use.seenAt(session)), now()) ? undefined : { person, session };
  };
  const anyAlive = async (tokens: readonly string[], steps: Steps) => {
    for (const token of tokens) if (await liveAsker(token, steps)) return true;
    return false;
  };
  const findSession = async (request: IncomingMessage, boardId: BoardId | undefined, steps: Steps) => {
    const bearer = readBearer(request);
    const token = bearer ?? (boardId && readCookie(request, boardCookieName(boardId)));
    const found = token === undefined ? undefined : await liveAsker(token, steps);
    if (found && found.person.boardId === boardId) return found;
    if (found) return steps.refuse("not-found");
    return bearer === undefined ? undefined : steps.refuse("not-signed-in");
  };
  const nobodyHere = async (request: IncomingMessage, steps: Steps): Promise<never> =>
    steps.refuse((await anyAlive(readBoardCookies(request), steps)) ? "not-found" : "not-signed-in");

  return {
    onBoard: (request, boardId) =>
      inSteps(async (steps) => {
        const found = await findSession(request, boardId, steps);
        if (found) {
          if (isUse(request)) use.seen(found.session);
          return found;
        }
        const worker = await steps.take(staff.signedIn(request));
        if (!worker) return nobodyHere(request, steps);
        const person = (await steps.take(store.peopleOf(boardId))).find(
          (each) => each.accountId === worker.accountId && each.standing === "joined" && !isAccessOver(each, now()),
        );
        if (person && isUse(request)) use.staffSeen(worker.sessionId);
        return person ? { person, session: undefined } : steps.refuse("not-found");
      }),
    bySession: (request, boardId) =>
      inSteps(async (steps) => (await findSession(request, boardId, steps)) ?? (await nobodyHere(request, steps))),
    anySession: (request, boardId) =>
      inSteps(async (steps) => {
        const token = readBearer(request) ?? (boardId && readCookie(request, boardCookieName(boardId)));
        return (token === undefined ? undefined : await liveAsker(token, steps)) ?? steps.refuse("not-signed-in");
      }),
    apiToken: (request) =>
      inSteps(async ({ take }) => {
        const token = readBearer(request);
        return token === undefined ? undefined : take(store.apiToken(keys.hash("api-token", token)));
      }),
    staffMember: (request) =>
      inSteps(async ({ take, refuse }) => {
        const member = (await take(staff.signedIn(request))) ?? refuse("not-signed-in");
        // A page that lost its session enters by itself.
        if (isUse(request) && !/\/enter$/.test(request.url ?? "")) use.staffSeen(member.sessionId);
        return member;
      }),
  };
}

/** A page asks for news by itself; what changes something is somebody's doing. */
const isUse = ({ method }: IncomingMessage) => method !== "GET" && method !== "HEAD";

import { fail } from "#shared/result.ts";
import type { Admit } from "./admission.ts";
import { inSteps } from "./answer.ts";
import type { Askers } from "./asker.ts";
import type { EntryParts } from "./parts.ts";
import { accessOn } from "./people.ts";
import type { OriginRules } from "./request-origin.ts";
import { sessionEnd } from "./session-end.ts";

/**
 * Who may open a socket on a lane: a person with a live session of its board and the lane among theirs. A staff sign-in
 * alone does not do; `POST /api/boards/:boardId/enter` makes a session of it first, so that every socket has one to end.
 */
export function createAdmit(
  parts: Pick<EntryParts, "store" | "now" | "use" | "watch">,
  askers: Askers,
  origins: OriginRules,
): Admit {
  const { store, now, use, watch } = parts;
  return async (request, laneId) => {
    try {
      if (!origins.hostIsOurs(request) || !origins.originIsOurs(request)) return fail({ kind: "wrong-origin" });
      return await inSteps(async ({ take, refuse }) => {
        // A lane that does not exist is refused in the same way as one that is not theirs.
        const lane = await take(store.lane(laneId));
        const { person, session } = await take(askers.bySession(request, lane?.boardId));
        const access = (lane && accessOn(person.lanes, laneId)) ?? refuse("not-found");
        // Sitting still ends it too, but every edit moves that end: the watch sees to it.
        watch.watch(session, person);
        const sessionLeftMs = sessionEnd(session, person, use.seenAt(session)).at - now();
        return { person, laneId, access, sessionTokenHash: session.tokenHash, sessionLeftMs };
      });
    } catch {
      return fail({ kind: "unexpected" });
    }
  };
}

import type { SessionView } from "#shared/protocol/api.ts";
import { type Answer, inSteps } from "./answer.ts";
import type { Asker, SessionAsker } from "./asker.ts";
import type { EntryParts } from "./parts.ts";
import { sessionEnd, sessionView } from "./session-end.ts";

/** How long somebody is still let in on this device, and the tap that says that they are there. */
export interface Sessions {
  /** Changes nothing. `not-signed-in` for who is known by a staff sign-in alone: there is no session to end. */
  readonly view: (asker: Asker) => Answer<SessionView>;
  /** Somebody is there: their quiet time counts anew. What ends whatever one does is not moved by it. */
  readonly renew: (asker: SessionAsker) => Answer<SessionView>;
}

export function createSessions({ store, use, now }: Pick<EntryParts, "store" | "use" | "now">): Sessions {
  const viewOf = ({ session, person }: SessionAsker) =>
    sessionView(sessionEnd(session, person, use.seenAt(session)), now());
  return {
    view: ({ session, person }) =>
      inSteps(async ({ refuse }) => viewOf({ person, session: session ?? refuse("not-signed-in") })),
    renew: (asker) =>
      inSteps(async ({ take }) => {
        use.seen(asker.session);
        // Kept before it is said, so that a restart of the server takes nobody's time away.
        await take(store.touchSession(asker.session.tokenHash, now()));
        return viewOf(asker);
      }),
  };
}

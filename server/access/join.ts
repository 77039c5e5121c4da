import type { BoardId } from "#shared/board/ids.ts";
import type { JoinBody, JoinLook, JoinReply } from "#shared/protocol/api.ts";
import type { InvitationRecord, PersonRecord, SessionRecord } from "../store/board-store.ts";
import { type Answer, inSteps, type Refusal, type Steps } from "./answer.ts";
import type { Asker } from "./asker.ts";
import { newSecret, normaliseCode } from "./keys.ts";
import type { EntryParts } from "./parts.ts";
import { openLanesOf } from "./people.ts";
import { isAccessOver, sessionLimitsOf } from "./session-end.ts";
import type { StaffMember } from "./staff.ts";
import { createThrottle, type ThrottleLimits } from "./throttle.ts";

/** A reply to somebody who is now on a board, and until when this device is let in. */
export interface Joined {
  readonly reply: JoinReply;
  readonly expiresAt: number;
}

export interface Joining {
  /** What an invitation is for. Changes nothing, so that the board can be told about before anybody says yes. */
  readonly look: (
    body: JoinBody,
    address: string,
    /** Who this browser is on that board by now, if anybody. */
    hereAs: (boardId: BoardId) => Answer<Asker>,
  ) => Answer<JoinLook>;
  /** Spends the invitation: of two devices at the same moment, one comes in and the other hears `invitation-used`. */
  readonly join: (body: JoinBody, address: string) => Answer<Joined>;
  /** A signed-in worker opens a board of theirs; the session ends with that sign-in. */
  readonly enter: (staff: StaffMember, boardId: BoardId) => Answer<Joined>;
  /** Ends this device's session and closes its sockets. */
  readonly leave: (asker: Asker) => Answer<void>;
  /** Ends what a worker opened with this sign-in. Called when they sign out. */
  readonly endWithSignIn: (staff: StaffMember) => Answer<void>;
}

export function createJoining(parts: EntryParts, limits: Pick<ThrottleLimits, "codes" | "links">): Joining {
  const { store, live, inTurn, audit, use, keys, now, random } = parts;
  const codeThrottle = createThrottle(limits.codes);
  const linkThrottle = createThrottle(limits.links);
  const onlyWrong = (refusal: Refusal) => refusal.kind === "invitation-wrong";

  const throttled = <T>(body: JoinBody, address: string, attempt: () => Answer<T>): Answer<T> =>
    "code" in body
      ? codeThrottle.attempt({ address, total: "all" }, attempt, onlyWrong)
      : linkThrottle.countFailures({ address }, attempt, onlyWrong);

  /** The open invitation behind a link or code, and whose it is; else the one reason why not. */
  const openInvitation = async (
    body: JoinBody,
    { take, refuse }: Steps,
  ): Promise<{ readonly invitation: InvitationRecord; readonly person: PersonRecord }> => {
    const invitation =
      "code" in body
        ? await take(store.invitationByCode(keys.hash("code", normaliseCode(body.code))))
        : await take(store.invitationBySecret(keys.hash("invitation", body.secret)));
    if (!invitation) return refuse("invitation-wrong");
    // A code past its ten minutes tells nothing any more, not even that it was one: else old codes could be collected.
    if ("code" in body && invitation.codeExpiresAt <= now()) return refuse("invitation-wrong");
    const person = await take(store.person(invitation.personId));
    if (invitation.state === "revoked" || !person || person.standing === "gone") return refuse("invitation-revoked");
    if (invitation.state === "used") return refuse("invitation-used");
    if (person.standing === "pending") return refuse("invitation-pending");
    if (invitation.expiresAt <= now() || isAccessOver(person, now())) return refuse("invitation-expired");
    return { invitation, person };
  };

  /** Made by an invitation, or by a sign-in, whose end and whose last sign of the worker it shares. */
  const newSession = (
    person: PersonRecord,
    staff?: StaffMember,
  ): { readonly token: string; readonly session: SessionRecord } => {
    const token = newSecret(random, 32);
    const createdAt = now();
    const { idleMs, longestMs } = sessionLimitsOf(person.role);
    return {
      token,
      session: {
        tokenHash: keys.hash("session", token),
        personId: person.personId,
        boardId: person.boardId,
        staffSessionId: staff?.sessionId,
        createdAt,
        expiresAt: Math.min(createdAt + longestMs, staff?.sessionEndsAt ?? Number.POSITIVE_INFINITY),
        idleMs,
        lastSeenAt: (staff && use.staffSeenAt(staff.sessionId)) ?? createdAt,
      },
    };
  };

  const replyTo = async (person: PersonRecord, token: string, { take }: Steps): Promise<JoinReply> => ({
    boardId: person.boardId,
    personId: person.personId,
    role: person.role,
    lanes: openLanesOf(person, await take(store.lanesOf(person.boardId))),
    sessionToken: token,
  });

  return {
    look: (body, address, hereAs) =>
      throttled(body, address, () =>
        inSteps(async (steps) => {
          const { person } = await openInvitation(body, steps);
          const board = (await steps.take(store.board(person.boardId))) ?? steps.refuse("invitation-revoked");
          const here = await hereAs(person.boardId);
          const inviter = person.invitedBy && (await steps.take(store.person(person.invitedBy)));
          return {
            title: board.title,
            name: person.name,
            role: person.role,
            language: person.language,
            invitedBy: inviter && inviter.name !== "" ? inviter.name : undefined,
            alreadyHereAs:
              here.ok && here.value.person.personId !== person.personId ? here.value.person.name : undefined,
          };
        }),
      ),

    join: (body, address) =>
      throttled(body, address, () =>
        inSteps(async (steps) => {
          const { boardId } = (await openInvitation(body, steps)).person;
          return steps.take(
            inTurn(boardId, () =>
              inSteps(async (turn) => {
                // Looked up again: while this waited for its turn, the invitation may have been taken back.
                const { invitation, person } = await openInvitation(body, turn);
                const { token, session } = newSession(person);
                // Everything that can fail for want of the store is read before the invitation is spent.
                const reply = await replyTo(person, token, turn);
                if (!(await turn.take(store.spendInvitation(invitation, session)))) turn.refuse("invitation-used");
                audit.note({ boardId, personId: person.personId, action: "joined" });
                live.boardChanged(boardId);
                return { reply, expiresAt: session.expiresAt };
              }),
            ),
          );
        }),
      ),

    enter: (staff, boardId) =>
      inSteps(async (steps) => {
        const people = await steps.take(store.peopleOf(boardId));
        const person =
          people.find(
            (each) => each.accountId === staff.accountId && each.standing === "joined" && !isAccessOver(each, now()),
          ) ?? steps.refuse("not-found");
        const { token, session } = newSession(person, staff);
        const reply = await replyTo(person, token, steps);
        await steps.take(store.putSession(session));
        audit.note({ boardId, personId: person.personId, action: "signed-in" });
        return { reply, expiresAt: session.expiresAt };
      }),

    leave: ({ session, person }) =>
      inSteps(async ({ take }) => {
        if (!session) return;
        await take(store.endSession(session.tokenHash));
        audit.note({ boardId: person.boardId, personId: person.personId, action: "left" });
        live.closeSession(session.tokenHash, "signedOut");
      }),

    endWithSignIn: (staff) =>
      inSteps(async ({ take }) => {
        const ended = await take(store.endSessionsOfStaffSession(staff.sessionId));
        for (const session of ended) live.closeSession(session.tokenHash, "signedOut");
      }),
  };
}

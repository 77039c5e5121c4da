import { type Action, mayDo, ownerRole } from "#shared/access/roles.ts";
import type { BoardId, PersonId } from "#shared/board/ids.ts";
import type { InvitationView, NewInvitationBody, NewInvitationReply } from "#shared/protocol/api.ts";
import type { AuditAction } from "#shared/protocol/audit.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { type Answer, inSteps, type Steps } from "./answer.ts";
import { freshInvitation } from "./fresh-invitation.ts";
import { type EntryParts, lasting } from "./parts.ts";
import { forgotten, isOn, judgeLanes, lanesOfRole, newPerson, ownerOf } from "./people.ts";
import { answerInTurn } from "./turns.ts";

/** Who asks: somebody on the board, or a program with an API token, which may start a board and nothing more. */
export type Inviter = PersonRecord | "api-token";

export interface Invitations {
  /** Made at once, or waiting for the owner's yes (`pending`) when the owner has joined and somebody else asks. */
  readonly invite: (
    boardId: BoardId,
    inviter: Inviter,
    body: Omit<NewInvitationBody, "expiresAt" | "until"> & {
      readonly expiresAt?: number | undefined;
      readonly until?: number | undefined;
    },
    base: string,
  ) => Answer<NewInvitationReply>;
  /** The owner's yes. Said twice, it makes a fresh link, and the first one stops working. */
  readonly approve: (asker: PersonRecord, personId: PersonId, base: string) => Answer<InvitationView>;
  /** The owner's no. The name is forgotten. */
  readonly decline: (asker: PersonRecord, personId: PersonId) => Answer<void>;
  /** A fresh link and code for somebody invited or joined; the old ones stop working. */
  readonly again: (asker: PersonRecord, personId: PersonId, base: string) => Answer<InvitationView>;
  /** Takes the link back. Somebody who has not joined yet is forgotten. */
  readonly revoke: (asker: PersonRecord, personId: PersonId) => Answer<void>;
  /** Takes somebody off the board, at once and on all their devices. The owner cannot be removed. */
  readonly remove: (asker: PersonRecord, personId: PersonId) => Answer<void>;
}

export function createInvitations(parts: EntryParts): Invitations {
  const { store, live, audit, now, random } = parts;
  const note = (asker: PersonRecord, action: AuditAction, about: PersonId) =>
    audit.note({ boardId: asker.boardId, personId: asker.personId, action, about });

  const targetOn = async (boardId: BoardId, personId: PersonId, { take, refuse }: Steps): Promise<PersonRecord> => {
    const person = await take(store.person(personId));
    return isOn(boardId, person) && person.standing !== "gone" ? person : refuse("not-found");
  };
  const mustBeAllowed = (asker: PersonRecord, action: Action, { refuse }: Steps) => {
    if (!mayDo(asker.role, action)) refuse("not-allowed");
  };
  const ownerHasJoined = async (boardId: BoardId, { take }: Steps) =>
    ownerOf(await take(store.peopleOf(boardId)))?.standing === "joined";
  const revokeOpen = async (personId: PersonId, { take }: Steps) => {
    const invitation = await take(store.invitationOf(personId));
    if (invitation?.state === "open") await take(store.putInvitation({ ...invitation, state: "revoked" }));
  };
  const forget = async (person: PersonRecord, steps: Steps) => {
    await revokeOpen(person.personId, steps);
    await steps.take(store.putPerson(forgotten(person)));
    live.boardChanged(person.boardId);
  };
  const renew = async (person: PersonRecord, base: string, steps: Steps, expiresAt?: number) => {
    const { record, view } = await freshInvitation(parts, person, base, steps, expiresAt);
    await steps.take(store.putInvitation(record));
    return view;
  };

  /**
   * The owner may do it for anybody. Others: before the owner came, whoever may invite; after that, only for somebody
   * whom they asked for and who has not come yet, as a second link to a person who is here is a way to act as them. One
   * exception keeps a client who lost their phone from losing their board: a worker with an account may make the owner a
   * new link. (A recovery sheet of the client's own takes its place later.)
   */
  const mustBeFreeToRenew = async (asker: PersonRecord, person: PersonRecord, steps: Steps) => {
    if (mayDo(asker.role, "invite-at-once")) return;
    mustBeAllowed(asker, "invite", steps);
    if (!(await ownerHasJoined(asker.boardId, steps))) return;
    const theirOwnGuest = person.standing === "invited" && person.invitedBy === asker.personId;
    const workerForOwner = person.role === ownerRole && asker.accountId !== undefined;
    if (!theirOwnGuest && !workerForOwner) steps.refuse("not-allowed");
  };

  return {
    invite: (boardId, inviter, body, base) => {
      const invite = async (inviter: Inviter, steps: Steps): Promise<NewInvitationReply> => {
        const { take, refuse } = steps;
        if (inviter !== "api-token") mustBeAllowed(inviter, "invite", steps);
        if (!(await take(store.board(boardId)))) refuse("not-found");
        const lanes = await take(store.lanesOf(boardId));
        const people = await take(store.peopleOf(boardId));
        if (body.role === ownerRole) refuse("owner-exists");
        const expiresAt = body.expiresAt ?? now() + lasting.invitationMs;
        if (expiresAt <= now() || expiresAt > now() + lasting.longestInvitationMs) refuse("bad-request");
        if (body.until !== undefined && body.until <= now()) refuse("bad-request");

        const own = inviter === "api-token" ? lanesOfRole(ownerRole, lanes) : inviter.lanes;
        if (body.lanes) {
          const judged = judgeLanes(body.lanes, own);
          if (judged !== "fine") refuse(judged === "too-much" ? "not-allowed" : "bad-request");
        }
        const atOnce =
          (inviter !== "api-token" && mayDo(inviter.role, "invite-at-once")) || ownerOf(people)?.standing !== "joined";
        const person = newPerson(
          {
            boardId,
            name: body.name,
            role: body.role,
            language: body.language,
            standing: atOnce ? "invited" : "pending",
            lanes: body.lanes ?? lanesOfRole(body.role, lanes, own),
            invitedBy: inviter === "api-token" ? undefined : inviter.personId,
            accessUntil: body.until,
          },
          people,
          now(),
          random,
        );
        // One that waits for a yes is stored too, for its end alone: nobody has its link, and the yes makes another.
        const { record, view } = await freshInvitation(parts, person, base, steps, expiresAt);
        await take(store.putPerson(person));
        await take(store.putInvitation(record));
        audit.note({
          ...{ boardId, action: "invited", about: person.personId },
          personId: inviter === "api-token" ? undefined : inviter.personId,
        });
        live.boardChanged(boardId);
        return atOnce ? { personId: person.personId, ...view } : { personId: person.personId, pending: true };
      };
      if (inviter !== "api-token") return answerInTurn(parts, inviter, invite);
      return parts.inTurn(boardId, () => inSteps((steps) => invite(inviter, steps)));
    },

    approve: (who, personId, base) =>
      answerInTurn(parts, who, async (asker, steps) => {
        mustBeAllowed(asker, "approve-invitation", steps);
        const person = await targetOn(asker.boardId, personId, steps);
        if (person.standing === "joined") steps.refuse("not-found");
        const asked = await steps.take(store.invitationOf(personId));
        const stillAhead = asked && asked.expiresAt > now() ? asked.expiresAt : undefined;
        const view = await renew(person, base, steps, stillAhead);
        await steps.take(store.putPerson({ ...person, standing: "invited" }));
        note(asker, "approved", personId);
        live.boardChanged(asker.boardId);
        return view;
      }),

    decline: (who, personId) =>
      answerInTurn(parts, who, async (asker, steps) => {
        mustBeAllowed(asker, "approve-invitation", steps);
        const person = await targetOn(asker.boardId, personId, steps);
        if (person.standing !== "pending") steps.refuse("not-found");
        await forget(person, steps);
        note(asker, "declined", personId);
      }),

    again: (who, personId, base) =>
      answerInTurn(parts, who, async (asker, steps) => {
        const person = await targetOn(asker.boardId, personId, steps);
        mustBeAllowed(asker, "invite", steps);
        if (person.standing === "pending") steps.refuse("invitation-pending");
        await mustBeFreeToRenew(asker, person, steps);
        const view = await renew(person, base, steps);
        note(asker, "invited", personId);
        return view;
      }),

    revoke: (who, personId) =>
      answerInTurn(parts, who, async (asker, steps) => {
        const person = await targetOn(asker.boardId, personId, steps);
        const own = person.invitedBy === asker.personId && person.standing !== "joined";
        if (!own) await mustBeFreeToRenew(asker, person, steps);
        const mayBeForgotten = person.standing !== "joined" && person.role !== ownerRole;
        if (mayBeForgotten) await forget(person, steps);
        else await revokeOpen(personId, steps);
        note(asker, "revoked", personId);
      }),

    remove: (who, personId) =>
      answerInTurn(parts, who, async (asker, steps) => {
        mustBeAllowed(asker, "remove-person", steps);
        const person = await targetOn(asker.boardId, personId, steps);
        if (person.role === ownerRole) steps.refuse("not-allowed");
        if (person.standing !== "joined") {
          await forget(person, steps);
          note(asker, "removed", personId);
          return;
        }
        await revokeOpen(personId, steps);
        await steps.take(store.putPerson({ ...person, standing: "gone" }));
        await steps.take(store.endSessionsOfPerson(personId));
        live.closePerson(personId, "removed");
        note(asker, "removed", personId);
        live.boardChanged(asker.boardId);
      }),
  };
}

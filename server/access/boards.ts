import { laneKinds, mayDo, ownerRole } from "#shared/access/roles.ts";
import { type BoardId, type LaneId, newId } from "#shared/board/ids.ts";
import type { BoardView, HomeView, MeBody, NewBoardBody, NewBoardReply, PersonView } from "#shared/protocol/api.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { type Answer, inSteps } from "./answer.ts";
import { freshInvitation } from "./fresh-invitation.ts";
import type { EntryParts } from "./parts.ts";
import { lanesOfRole, newPerson, openLanesOf, ownerOf, peopleAsSeenBy, personView } from "./people.ts";
import type { StaffMember } from "./staff.ts";
import { answerInTurn } from "./turns.ts";

export interface Boards {
  /** A board, its two lanes, its owner with an invitation, and, if a worker made it, that worker. All or nothing. */
  readonly make: (
    body: NewBoardBody,
    maker: { readonly staff: StaffMember; readonly language: string } | "api-token",
    base: string,
  ) => Answer<NewBoardReply>;
  readonly view: (asker: PersonRecord) => Answer<BoardView>;
  readonly rename: (asker: PersonRecord, title: string) => Answer<void>;
  /** What somebody wants to be called, read in, and seen as. A name or a symbol counts as having said who they are. */
  readonly changeMe: (asker: PersonRecord, change: MeBody) => Answer<PersonView>;
  /** The boards that a worker is on, newest first. */
  readonly home: (staff: StaffMember) => Answer<HomeView>;
}

export function createBoards(parts: EntryParts): Boards {
  const { store, live, now, random } = parts;
  return {
    make: ({ title, owner }, maker, base) =>
      inSteps(async (steps) => {
        const boardId = newId<BoardId>(random);
        const lanes = laneKinds
          .filter((kind) => kind !== "private")
          .map((kind) => ({ laneId: newId<LaneId>(random), boardId, kind }));
        const worker =
          maker === "api-token"
            ? undefined
            : newPerson(
                {
                  boardId,
                  name: maker.staff.name,
                  role: "worker",
                  language: maker.language,
                  standing: "joined",
                  lanes: lanesOfRole("worker", lanes),
                  accountId: maker.staff.accountId,
                  named: true,
                },
                [],
                now(),
                random,
              );
        const client = newPerson(
          {
            boardId,
            name: owner.name,
            role: ownerRole,
            language: owner.language,
            standing: "invited",
            lanes: lanesOfRole(ownerRole, lanes),
            invitedBy: worker?.personId,
          },
          worker ? [worker] : [],
          now(),
          random,
        );
        const { record, view } = await freshInvitation(parts, client, base, steps);
        const people = worker ? [client, worker] : [client];
        await steps.take(store.createBoard({ boardId, title, createdAt: now() }, lanes, people, [record]));
        return { boardId, lanes: lanes.map(({ laneId, kind }) => ({ laneId, kind })), invitation: view };
      }),

    view: (asker) =>
      inSteps(async ({ take, refuse }) => {
        const { boardId } = asker;
        const board = (await take(store.board(boardId))) ?? refuse("not-found");
        const lanes = await take(store.lanesOf(boardId));
        return {
          boardId,
          title: board.title,
          me: asker.personId,
          role: asker.role,
          lanes: openLanesOf(asker, lanes),
          people: peopleAsSeenBy(asker, await take(store.peopleOf(boardId)), lanes),
        };
      }),

    rename: (asker, title) =>
      inSteps(async ({ take, refuse }) => {
        if (!mayDo(asker.role, "rename-board")) refuse("not-allowed");
        await take(store.setTitle(asker.boardId, title));
        live.boardChanged(asker.boardId);
      }),

    changeMe: (asker, change) =>
      answerInTurn(parts, asker, async (me, { take }) => {
        const changed: PersonRecord = {
          ...me,
          name: change.name ?? me.name,
          language: change.language ?? me.language,
          colour: change.colour ?? me.colour,
          symbol: change.symbol === undefined ? me.symbol : (change.symbol ?? undefined),
          named: me.named || change.name !== undefined || (change.symbol ?? undefined) !== undefined,
        };
        await take(store.putPerson(changed));
        live.personChanged(changed);
        return personView(changed, await take(store.lanesOf(asker.boardId)), mayDo(changed.role, "invite"));
      }),

    home: (staff) =>
      inSteps(async ({ take }) => {
        const boards = [...(await take(store.boardsOfAccount(staff.accountId)))];
        boards.sort((a, b) => b.createdAt - a.createdAt || (a.boardId < b.boardId ? -1 : 1));
        const shown = [];
        for (const { boardId, title } of boards) {
          const people = await take(store.peopleOf(boardId));
          if (!people.some((person) => person.accountId === staff.accountId && person.standing === "joined")) continue;
          shown.push({
            boardId,
            title,
            ownerJoined: ownerOf(people)?.standing === "joined",
            people: people.filter((person) => person.standing !== "gone").length,
          });
        }
        return { name: staff.name, boards: shown };
      }),
  };
}

import { mayDo } from "#shared/access/roles.ts";
import type { BoardView, HomeView, MeBody, NewBoardBody, NewBoardReply, PersonView } from "#shared/protocol/api.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { type Answer, inSteps } from "./answer.ts";
import { freshInvitation } from "./fresh-invitation.ts";
import { type BoardMaker, newBoard } from "./new-board.ts";
import type { EntryParts } from "./parts.ts";
import { openLanesOf, ownerOf, peopleAsSeenBy, personView } from "./people.ts";
import type { StaffMember } from "./staff.ts";
import { answerInTurn } from "./turns.ts";

export interface Boards {
  /** A board, its two lanes, its owner with an invitation, and, if a worker made it, that worker. All or nothing. */
  readonly make: (body: NewBoardBody, maker: BoardMaker, base: string) => Answer<NewBoardReply>;
  readonly view: (asker: PersonRecord) => Answer<BoardView>;
  readonly rename: (asker: PersonRecord, title: string) => Answer<void>;
  /** What somebody wants to be called, read in, and seen as. A name or a symbol counts as having said who they are. */
  readonly changeMe: (asker: PersonRecord, change: MeBody) => Answer<PersonView>;
  /** The boards that a worker is on, newest first. */
  readonly home: (staff: StaffMember) => Answer<HomeView>;
}

export function createBoards(parts: EntryParts): Boards {
  const { store, live, audit, damages, now } = parts;
  return {
    make: ({ title, owner }, maker, base) =>
      inSteps(async (steps) => {
        const { boardId, lanes, client, worker } = newBoard(parts, owner, maker);
        const { record, view } = await freshInvitation(parts, client, base, steps);
        const people = worker ? [client, worker] : [client];
        await steps.take(store.createBoard({ boardId, title, createdAt: now() }, lanes, people, [record]));
        audit.note({ boardId, personId: worker?.personId, action: "board-made", about: client.personId });
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
          lanes: openLanesOf(asker, lanes).map((lane) => {
            const damage = damages.of(lane.laneId);
            return damage ? { ...lane, damage } : lane;
          }),
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

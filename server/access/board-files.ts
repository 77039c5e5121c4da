import { setImmediate as letOthersRun } from "node:timers/promises";
import { mayDo, ownerRole } from "#shared/access/roles.ts";
import { assert } from "#shared/assert.ts";
import type { Board } from "#shared/board/board.ts";
import { newId, type PersonId } from "#shared/board/ids.ts";
import { writeRecords } from "#shared/board/write-records.ts";
import type { BoardFile, FileId, NamedFilePerson } from "#shared/board-file/board-file.ts";
import { exportBoard } from "#shared/board-file/export-board.ts";
import { recordsOf } from "#shared/board-file/import-board.ts";
import type { BoardView, NewBoardReply } from "#shared/protocol/api.ts";
import type { PersonRecord, Stored } from "../store/board-store.ts";
import { type Answer, inSteps, type Steps } from "./answer.ts";
import type { Boards } from "./boards.ts";
import { freshInvitation } from "./fresh-invitation.ts";
import { type BoardMaker, type NewBoard, newBoard } from "./new-board.ts";
import type { EntryParts } from "./parts.ts";
import { newPerson } from "./people.ts";

export interface BoardFiles {
  /** The whole board for its owner to take home; nobody else may. */
  readonly takeHome: (asker: PersonRecord) => Answer<BoardFile>;
  /**
   * A new board with everything that is in the file, and an invitation for its owner. The others of the file are people
   * who are gone, so that their words keep their names; they can be invited anew. All or nothing.
   */
  readonly makeFrom: (file: BoardFile, maker: BoardMaker, base: string) => Answer<NewBoardReply>;
}

export interface BoardFileParts extends EntryParts {
  readonly boards: Pick<Boards, "view">;
  /** The board as it is stored now, over these lanes; to be closed. Or why it cannot be read at once, or at all. */
  readonly readBoard: (person: PersonRecord, lanes: BoardView["lanes"]) => Stored<Board | "too-large" | "damaged">;
}

/** How long laying down a board may keep others waiting at a time. */
const longestTurnMs = 8;

export function createBoardFiles(parts: BoardFileParts): BoardFiles {
  const { store, boards, readBoard, audit, now, random } = parts;

  /** Everything of the file into lanes that nobody knows of yet, and forced to disk. */
  const layDown = async (
    file: BoardFile,
    { lanes, worker, client }: NewBoard,
    people: ReadonlyMap<FileId, PersonId>,
    { take }: Steps,
  ): Promise<void> => {
    const laneIds = lanes.map(({ laneId }) => laneId);
    const [shared, offers] = (["shared", "offers"] as const).map((wanted) => lanes.find(({ kind }) => kind === wanted));
    assert(shared && offers, "a new board has a shared lane and one for offers");
    const records = recordsOf(file, people, { shared: shared.laneId, offers: offers.laneId }, random);
    // What can be proved is who brought the file, not who wrote what is in it.
    const personId = worker?.personId ?? client.personId;
    const appendings = [];
    let turnEnds = performance.now() + longestTurnMs;
    for (const update of writeRecords(laneIds, records, () => newClientId(random))) {
      if (update) appendings.push(store.append({ ...update, personId, at: now() }));
      if (performance.now() < turnEnds) continue;
      await letOthersRun();
      turnEnds = performance.now() + longestTurnMs;
    }
    const [written, forced] = [
      Promise.all(appendings.map((appending) => appending.written)),
      Promise.all(appendings.map((appending) => appending.forced)),
    ];
    for (const result of [...(await written), ...(await forced)]) await take<unknown>(result);
  };

  return {
    takeHome: (asker) =>
      inSteps(async ({ take, refuse }) => {
        if (!mayDo(asker.role, "take-home")) refuse("not-allowed");
        const view = await take(boards.view(asker));
        await take(audit.first({ boardId: asker.boardId, personId: asker.personId, action: "exported" }));
        const board = await take(readBoard(asker, view.lanes));
        if (board === "damaged") return refuse("lane-damaged");
        if (board === "too-large") return refuse("too-large");
        try {
          return exportBoard(board, view, now());
        } finally {
          board.close();
        }
      }),

    makeFrom: (file, maker, base) =>
      inSteps(async (steps) => {
        const named = file.people.filter((person): person is NamedFilePerson => "name" in person);
        const owner = named.find((person) => person.role === ownerRole);
        assert(owner, "a parsed file has an owner");
        const made = newBoard(parts, owner, maker);
        const { boardId, lanes, worker } = made;
        const client = { ...made.client, ...looks(owner) };
        const others = named
          .filter((person) => person !== owner)
          .map((person) => {
            const { name, role, language } = person;
            const given = { boardId, name, role, language, standing: "gone", lanes: [], named: true } as const;
            return { id: person.id, person: { ...newPerson(given, [], now(), random), ...looks(person) } };
          });
        const people = new Map<FileId, PersonId>([
          // Whose name is not kept gets an id that nobody has.
          ...file.people.map(({ id }) => [id, newId<PersonId>(random)] as const),
          ...others.map(({ id, person }) => [id, person.personId] as const),
          [owner.id, client.personId],
        ]);
        const { record, view } = await freshInvitation(parts, client, base, steps);
        // Its lanes are begun with the board, so that comes first, without anybody who could open it: what fails on the way
        // has made nothing that anyone will ever see, and is taken away again.
        const board = { boardId, title: file.title, createdAt: now() };
        await steps.take(store.createBoard(board, lanes, [], []));
        const finished = await inSteps(async (rest) => {
          await layDown(file, made, people, rest);
          const everybody = [client, ...(worker ? [worker] : []), ...others.map(({ person }) => person)];
          for (const person of everybody) await rest.take(store.putPerson(person));
          await rest.take(store.putInvitation(record));
        });
        if (!finished.ok) await store.eraseBoard(boardId);
        await steps.take(finished);
        audit.note({ boardId, personId: worker?.personId, action: "board-made", about: client.personId });
        return { boardId, lanes: lanes.map(({ laneId, kind }) => ({ laneId, kind })), invitation: view };
      }),
  };
}

const looks = ({ colour, symbol }: NamedFilePerson) => ({ colour, symbol });

/** A Yjs client of its own for each lane that a file is laid down in. */
function newClientId(random: EntryParts["random"]): number {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getUint32(0);
}

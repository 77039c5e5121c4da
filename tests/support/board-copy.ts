import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import { type LaneId, newId, type PersonId } from "#shared/board/ids.ts";
import { openBoard } from "#shared/board/open-board.ts";
import { writeRecords } from "#shared/board/write-records.ts";
import type { BoardFile, NamedFilePerson } from "#shared/board-file/board-file.ts";
import { recordsOf } from "#shared/board-file/import-board.ts";
import type { BoardView, PersonView } from "#shared/protocol/api.ts";
import type { Seeded } from "./seeded.ts";

/** A board as its owner has it on a device: what an export is made of. */
export interface ViewedBoard {
  readonly board: Board;
  readonly view: Pick<BoardView, "title" | "lanes" | "people">;
  readonly updates: readonly Uint8Array[];
  readonly close: () => void;
}

/** A view of somebody's board with these people on it; the first is its owner. */
export function aView(
  lanes: BoardView["lanes"],
  people: readonly { readonly personId: PersonId; readonly name: string }[],
): ViewedBoard["view"] {
  return {
    title: "Ana’s board",
    lanes,
    people: people.map(
      (person, index): PersonView => ({
        ...person,
        role: index === 0 ? "client" : "supporter",
        language: "en-GB",
        colour: "moss",
        symbol: index % 2 === 0 ? undefined : "boat",
        standing: "joined",
        named: true,
        invitedBy: undefined,
        canWriteShared: index === 0,
      }),
    ),
  };
}

/** Makes a board of a file, as a server does, and opens it as its owner. */
export function openCopy(file: BoardFile, random: Seeded): ViewedBoard {
  const people = new Map(file.people.map(({ id }) => [id, newId<PersonId>(random.bytes)]));
  const lanes = { shared: newId<LaneId>(random.bytes), offers: newId<LaneId>(random.bytes) };
  const docs = new Map(Object.values(lanes).map((laneId) => [laneId, new Y.Doc()]));
  const updates: Uint8Array[] = [];
  const records = recordsOf(file, people, lanes, random.bytes);
  for (const update of writeRecords(Object.values(lanes), records, () => random.whole(2 ** 32))) {
    if (!update) continue;
    updates.push(update.bytes);
    Y.applyUpdate(docs.get(update.laneId) as Y.Doc, update.bytes);
  }
  const kinds = ["shared", "offers"] as const;
  const open = kinds.map((kind) => ({ laneId: lanes[kind], kind, access: "write" as const }));
  const owner = file.people.find((person) => "role" in person && person.role === "client");
  const board = openBoard(
    open.map((lane) => ({ ...lane, doc: docs.get(lane.laneId) as Y.Doc })),
    {
      me: people.get(owner?.id ?? "") as PersonId,
      language: () => "en",
      now: () => 0,
      today: () => "2026-03-02",
      random: random.bytes,
      schedule: () => {},
    },
  );
  const named = file.people.filter((person): person is NamedFilePerson => "name" in person);
  return {
    board,
    view: {
      title: file.title,
      lanes: open,
      people: named.map(
        ({ id, name, role, language, colour, symbol }): PersonView => ({
          ...{ name, role, language, colour, symbol, named: false, invitedBy: undefined, canWriteShared: true },
          personId: people.get(id) as PersonId,
          standing: role === "client" ? "invited" : "gone",
        }),
      ),
    },
    updates,
    close: () => {
      board.close();
      for (const doc of docs.values()) doc.destroy();
    },
  };
}

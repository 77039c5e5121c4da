import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { BoardKeys } from "./board-keys.ts";
import type { BoardRecord, LaneRecord, PersonRecord } from "./board-store.ts";
import { boundTo, DamageError, seal, unseal } from "./seal.ts";
import type { Statements } from "./statements.ts";

/**
 * Boards and people in the file. What people typed (a board's title, a name) is sealed with the board's key, bound to all
 * the rest of the record: a role or a right that was changed in the file does not open. Ids, hashes and times stay plain,
 * as they are looked up by.
 */
export interface BoardRows {
  readonly board: (boardId: BoardId) => BoardRecord | undefined;
  readonly addBoard: (board: BoardRecord, lanes: readonly LaneRecord[]) => void;
  readonly setTitle: (boardId: BoardId, title: string) => void;
  readonly boardsOfAccount: (accountId: string) => readonly BoardRecord[];
  readonly lane: (laneId: LaneId) => LaneRecord | undefined;
  readonly lanesOf: (boardId: BoardId) => readonly LaneRecord[];
  readonly person: (personId: PersonId) => PersonRecord | undefined;
  readonly peopleOf: (boardId: BoardId) => readonly PersonRecord[];
  readonly putPerson: (person: PersonRecord) => void;
}

const boardColumns = "board_id AS boardId, words, created_at AS createdAt";
const laneColumns = "lane_id AS laneId, board_id AS boardId, kind";
const personColumns = `person_id AS personId, board_id AS boardId, words, role, language, colour, symbol,
  account_id AS accountId, standing, named, invited_by AS invitedBy, access_until AS accessUntil,
  created_at AS createdAt`;

type SealedBoard = Omit<BoardRecord, "title"> & { readonly words: Uint8Array };
type SealedPerson = Omit<PersonRecord, "lanes" | "named" | "name"> & {
  readonly named: number;
  readonly words: Uint8Array;
};

function personBound(person: Omit<PersonRecord, "name">): Buffer {
  const { personId, boardId, role, language, colour, symbol, accountId, standing, named, invitedBy, createdAt } =
    person;
  const { accessUntil } = person;
  const lanes = person.lanes.map(({ laneId, access }) => [laneId, access]);
  const facts = [
    role,
    language,
    colour,
    symbol ?? null,
    accountId ?? null,
    standing,
    named,
    invitedBy ?? null,
    createdAt,
    ...(accessUntil === undefined ? [] : [accessUntil]),
  ];
  return boundTo("person 1", boardId, personId, JSON.stringify([...facts, lanes]));
}

const toWords = (text: string) => Buffer.from(text);
function fromWords(words: Uint8Array | undefined): string {
  if (!words) throw new DamageError("a record is not what was written");
  return Buffer.from(words.buffer, words.byteOffset, words.length).toString();
}

export function createBoardRows({ one, all, run }: Statements, keys: BoardKeys): BoardRows {
  /** With the list of its lanes: a board from which one was taken out does not open as if it had never been there. */
  const boardBound = ({ boardId, createdAt }: Omit<BoardRecord, "title">): Buffer => {
    const sql = "SELECT lane_id AS laneId, kind FROM lanes WHERE board_id = ? ORDER BY lane_id";
    const lanes = all<Pick<LaneRecord, "laneId" | "kind">>(sql, boardId).map(({ laneId, kind }) => [laneId, kind]);
    return boundTo("board 1", boardId, createdAt, JSON.stringify(lanes));
  };

  const openBoard = ({ words, ...rest }: SealedBoard): BoardRecord => ({
    boardId: rest.boardId,
    title: fromWords(unseal(keys.of(rest.boardId), boardBound(rest), words)),
    createdAt: rest.createdAt,
  });

  const openPerson = ({ words, named, ...rest }: SealedPerson): PersonRecord => {
    const lanes = all<PersonRecord["lanes"][number]>(
      "SELECT lane_id AS laneId, access FROM members WHERE person_id = ? ORDER BY place",
      rest.personId,
    );
    const facts = { ...rest, named: named === 1, lanes };
    return { ...facts, name: fromWords(unseal(keys.of(rest.boardId), personBound(facts), words)) };
  };

  return {
    board: (boardId) => {
      const row = one<SealedBoard>(`SELECT ${boardColumns} FROM boards WHERE board_id = ?`, boardId);
      return row && openBoard(row);
    },
    addBoard: (board, lanes) => {
      for (const lane of lanes) {
        run("INSERT INTO lanes (lane_id, board_id, kind) VALUES (?, ?, ?)", lane.laneId, lane.boardId, lane.kind);
      }
      const words = seal(keys.ofOrNew(board.boardId), boardBound(board), toWords(board.title));
      run("INSERT INTO boards (board_id, words, created_at) VALUES (?, ?, ?)", board.boardId, words, board.createdAt);
    },
    setTitle: (boardId, title) => {
      const row = one<SealedBoard>(`SELECT ${boardColumns} FROM boards WHERE board_id = ?`, boardId);
      if (!row) return;
      run(
        "UPDATE boards SET words = ? WHERE board_id = ?",
        seal(keys.of(boardId), boardBound(row), toWords(title)),
        boardId,
      );
    },
    boardsOfAccount: (accountId) =>
      all<SealedBoard>(
        `SELECT ${boardColumns} FROM boards WHERE board_id IN
           (SELECT board_id FROM people WHERE account_id = ? AND standing <> 'gone')
         ORDER BY created_at DESC, rowid DESC`,
        accountId,
      ).map(openBoard),
    lane: (laneId) => one(`SELECT ${laneColumns} FROM lanes WHERE lane_id = ?`, laneId),
    lanesOf: (boardId) => all(`SELECT ${laneColumns} FROM lanes WHERE board_id = ? ORDER BY rowid`, boardId),
    person: (personId) => {
      const row = one<SealedPerson>(`SELECT ${personColumns} FROM people WHERE person_id = ?`, personId);
      return row && openPerson(row);
    },
    peopleOf: (boardId) =>
      all<SealedPerson>(`SELECT ${personColumns} FROM people WHERE board_id = ? ORDER BY rowid`, boardId).map(
        openPerson,
      ),
    putPerson: (person) => {
      run(
        `INSERT INTO people (person_id, board_id, words, role, language, colour, symbol, account_id, standing, named,
           invited_by, created_at, access_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (person_id) DO UPDATE SET board_id = excluded.board_id, words = excluded.words, role = excluded.role,
           language = excluded.language, colour = excluded.colour, symbol = excluded.symbol,
           account_id = excluded.account_id, standing = excluded.standing, named = excluded.named,
           invited_by = excluded.invited_by, created_at = excluded.created_at, access_until = excluded.access_until`,
        ...[person.personId, person.boardId],
        seal(keys.ofOrNew(person.boardId), personBound(person), toWords(person.name)),
        ...[person.role, person.language, person.colour, person.symbol ?? null, person.accountId ?? null],
        ...[person.standing, person.named ? 1 : 0, person.invitedBy ?? null, person.createdAt],
        person.accessUntil ?? null,
      );
      run("DELETE FROM members WHERE person_id = ?", person.personId);
      for (const [place, lane] of person.lanes.entries()) {
        run(
          "INSERT INTO members (person_id, place, lane_id, access) VALUES (?, ?, ?, ?)",
          ...[person.personId, place, lane.laneId, lane.access],
        );
      }
    },
  };
}

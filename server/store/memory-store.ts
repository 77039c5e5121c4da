import { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { fail, ok } from "#shared/result.ts";
import { createAccountsDialect, type SqlDoor } from "./accounts-dialect.ts";
import type {
  ApiTokenRecord,
  BoardRecord,
  BoardStore,
  InvitationRecord,
  LaneRecord,
  PersonRecord,
  SessionRecord,
  Stored,
  StoredLane,
  StoredUpdate,
} from "./board-store.ts";
import type { OpenStore } from "./open-store.ts";

/** A store that forgets everything when it is closed; for tests. Accounts live in an SQLite database in memory. */
export function createMemoryStore(): OpenStore {
  const boardsById = new Map<BoardId, BoardRecord>();
  const lanesById = new Map<LaneId, LaneRecord>();
  const peopleById = new Map<PersonId, PersonRecord>();
  const invitationsByPerson = new Map<PersonId, InvitationRecord>();
  const sessionsByToken = new Map<string, SessionRecord>();
  const apiTokensByHash = new Map<string, ApiTokenRecord>();
  const setupExpiryByHash = new Map<string, number>();
  const updatesByLane = new Map<LaneId, StoredUpdate[]>();
  const snapshotsByLane = new Map<LaneId, NonNullable<StoredLane["snapshot"]>>();
  const accountsDb = new DatabaseSync(":memory:");
  let isClosed = false;

  const closedFailure = fail({ kind: "store-failing", why: "closed" });
  /** What is done is done at once, in the order of the calls; the answer comes later, as from a disk. */
  const answer = async <T>(act: () => T): Stored<T> => (isClosed ? closedFailure : ok(act()));
  const first = <T>(records: Iterable<T>, matches: (record: T) => boolean): T | undefined => {
    for (const record of records) if (matches(record)) return record;
    return undefined;
  };
  const endSessions = (matches: (session: SessionRecord) => boolean): SessionRecord[] => {
    const ended = [...sessionsByToken.values()].filter(matches);
    for (const session of ended) sessionsByToken.delete(session.tokenHash);
    return ended;
  };

  const store: BoardStore = {
    append: ({ laneId, personId, at, bytes }) => {
      const written = answer(() => {
        const updates = updatesByLane.get(laneId) ?? [];
        updatesByLane.set(laneId, updates);
        const seq = updates.length + 1;
        updates.push({ seq, personId, at, bytes: bytes.slice() });
        return seq;
      });
      return { written, forced: written.then((result) => (result.ok ? ok(undefined) : result)) };
    },
    loadLane: (laneId) =>
      answer(() => {
        const snapshot = snapshotsByLane.get(laneId);
        return { snapshot, tail: (updatesByLane.get(laneId) ?? []).slice(snapshot?.upTo ?? 0) };
      }),
    writeSnapshot: (laneId, { upTo, bytes }) =>
      answer(() => {
        if (upTo > (snapshotsByLane.get(laneId)?.upTo ?? 0))
          snapshotsByLane.set(laneId, { upTo, bytes: bytes.slice() });
      }),
    probe: () => answer(() => {}),

    createBoard: (board, lanes, people, invitations) =>
      answer(() => {
        const isNew = !boardsById.has(board.boardId) && !lanes.some(({ laneId }) => lanesById.has(laneId));
        if (!isNew) throw new Error("The store refused a write: this board or lane is there already");
        boardsById.set(board.boardId, board);
        for (const lane of lanes) lanesById.set(lane.laneId, lane);
        for (const person of people) peopleById.set(person.personId, person);
        for (const invitation of invitations) invitationsByPerson.set(invitation.personId, invitation);
      }),
    board: (boardId) => answer(() => boardsById.get(boardId)),
    setTitle: (boardId, title) =>
      answer(() => {
        const board = boardsById.get(boardId);
        if (board) boardsById.set(boardId, { ...board, title });
      }),
    eraseBoard: (boardId, alsoLanes = []) =>
      answer(() => {
        const ofBoard = <T extends { readonly boardId: BoardId }>(records: Iterable<T>) =>
          [...records].filter((record) => record.boardId === boardId);
        const lanes = ofBoard(lanesById.values());
        const people = ofBoard(peopleById.values());
        let updates = 0;
        for (const laneId of new Set([...lanes.map((lane) => lane.laneId), ...alsoLanes])) {
          updates += updatesByLane.get(laneId)?.length ?? 0;
          for (const byLane of [updatesByLane, snapshotsByLane, lanesById]) byLane.delete(laneId);
        }
        for (const { personId } of people) peopleById.delete(personId);
        for (const { personId } of ofBoard(invitationsByPerson.values())) invitationsByPerson.delete(personId);
        endSessions((session) => session.boardId === boardId);
        return boardsById.delete(boardId) ? { people: people.length, lanes: lanes.length, updates } : undefined;
      }),
    scrub: () => answer(() => true),
    lane: (laneId) => answer(() => lanesById.get(laneId)),
    lanesOf: (boardId) => answer(() => [...lanesById.values()].filter((lane) => lane.boardId === boardId)),
    boardsOfAccount: (accountId) =>
      answer(() => {
        const theirs = [...peopleById.values()].filter((one) => one.accountId === accountId && one.standing !== "gone");
        const ids = new Set(theirs.map(({ boardId }) => boardId));
        const boards = [...boardsById.values()].filter(({ boardId }) => ids.has(boardId)).reverse();
        return boards.sort((a, b) => b.createdAt - a.createdAt);
      }),

    person: (personId) => answer(() => peopleById.get(personId)),
    peopleOf: (boardId) => answer(() => [...peopleById.values()].filter((person) => person.boardId === boardId)),
    putPerson: (person) => answer(() => void peopleById.set(person.personId, person)),

    putInvitation: (invitation) => answer(() => void invitationsByPerson.set(invitation.personId, invitation)),
    invitationBySecret: (hash) => answer(() => first(invitationsByPerson.values(), (one) => one.secretHash === hash)),
    invitationByCode: (hash) =>
      answer(() => {
        const same = [...invitationsByPerson.values()].filter((one) => one.codeHash === hash);
        const openness = (one: InvitationRecord) => (one.state === "open" ? 1 : 0);
        return same.sort((a, b) => openness(b) - openness(a) || b.codeExpiresAt - a.codeExpiresAt)[0];
      }),
    invitationOf: (personId) => answer(() => invitationsByPerson.get(personId)),
    spendInvitation: ({ personId, secretHash }, session) =>
      answer(() => {
        const invitation = invitationsByPerson.get(personId);
        if (invitation?.state !== "open" || invitation.secretHash !== secretHash) return false;
        invitationsByPerson.set(personId, { ...invitation, state: "used" });
        const person = peopleById.get(personId);
        if (person) peopleById.set(personId, { ...person, standing: "joined" });
        sessionsByToken.set(session.tokenHash, session);
        return true;
      }),

    session: (tokenHash) => answer(() => sessionsByToken.get(tokenHash)),
    putSession: (session) => answer(() => void sessionsByToken.set(session.tokenHash, session)),
    endSession: (tokenHash) => answer(() => void sessionsByToken.delete(tokenHash)),
    endSessionsOfPerson: (personId) => answer(() => void endSessions((session) => session.personId === personId)),
    endSessionsOfStaffSession: (id) => answer(() => endSessions((session) => session.staffSessionId === id)),

    apiToken: (tokenHash) => answer(() => apiTokensByHash.get(tokenHash)),
    putApiToken: (token) => answer(() => void apiTokensByHash.set(token.tokenHash, token)),
    putSetupToken: (tokenHash, expiresAt) => answer(() => void setupExpiryByHash.set(tokenHash, expiresAt)),
    takeSetupToken: (tokenHash, now) =>
      answer(() => {
        const expiresAt = setupExpiryByHash.get(tokenHash);
        setupExpiryByHash.delete(tokenHash);
        return expiresAt !== undefined && expiresAt > now;
      }),

    close: async () => {
      if (!isClosed) accountsDb.close();
      isClosed = true;
    },
  };

  const query: SqlDoor["query"] = async (sql, values) => {
    const statement = accountsDb.prepare(sql);
    if (statement.columns().length > 0) {
      const rows = statement.all(...values).map((row) => ({ ...row }));
      return { rows, changes: rows.length, lastId: 0 };
    }
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], changes: Number(changes), lastId: Number(lastInsertRowid) };
  };
  const door: SqlDoor = {
    query,
    begin: async () => {
      accountsDb.exec("BEGIN");
      return {
        query,
        commit: async () => accountsDb.exec("COMMIT"),
        rollback: async () => accountsDb.exec("ROLLBACK"),
      };
    },
  };
  return { store, accounts: createAccountsDialect(door) };
}

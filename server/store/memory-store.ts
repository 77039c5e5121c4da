import { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { fail, ok } from "#shared/result.ts";
import { auditHash, auditStart, erasureOf, firstBrokenEntry } from "./audit-chain.ts";
import type {
  ApiTokenRecord,
  BoardRecord,
  BoardStore,
  Erasure,
  InvitationRecord,
  LaneRecord,
  PersonRecord,
  Seq,
  SessionRecord,
  Snapshot,
  Stored,
  StoredUpdate,
} from "./board-store.ts";
import type { OpenStore } from "./open-store.ts";
import type { SqlDoor } from "./sql-door.ts";

const snapshotsKept = 3;

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
  /** Newest last. */
  const snapshotsByLane = new Map<LaneId, Snapshot[]>();
  const ownersByLane = new Map<LaneId, Map<number, PersonId>>();
  const auditByBoard = new Map<BoardId, AuditEntry[]>();
  const erasures: Erasure[] = [];
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

  const listOf = <K, T>(lists: Map<K, T[]>, key: K): T[] => {
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    return list;
  };
  const claim = (laneId: LaneId, personId: PersonId, clientId: number): PersonId => {
    const owners = ownersByLane.get(laneId) ?? new Map<number, PersonId>();
    ownersByLane.set(laneId, owners);
    const owner = owners.get(clientId) ?? personId;
    owners.set(clientId, owner);
    return owner;
  };

  const store: BoardStore = {
    append: ({ laneId, personId, at, bytes, claims = [], returned = false }) => {
      const written = answer(() => {
        const updates = listOf(updatesByLane, laneId);
        const seq = updates.length + 1;
        updates.push({ seq, personId, at, bytes: bytes.slice(), returned });
        for (const clientId of claims) claim(laneId, personId, clientId);
        return seq;
      });
      return { written, forced: written.then((result) => (result.ok ? ok(undefined) : result)) };
    },
    loadLane: (laneId) =>
      answer(() => {
        const snapshot = snapshotsByLane.get(laneId)?.at(-1);
        const owners = [...(ownersByLane.get(laneId) ?? [])].map(([clientId, personId]) => ({ clientId, personId }));
        return {
          snapshot,
          tail: (updatesByLane.get(laneId) ?? []).slice(snapshot?.upTo ?? 0),
          clientIds: owners.sort((a, b) => a.clientId - b.clientId),
          damage: undefined,
          returningUntil: undefined,
        };
      }),
    writeSnapshot: (laneId, { upTo, bytes }) =>
      answer(() => {
        const most = updatesByLane.get(laneId)?.length ?? 0;
        if (upTo > most) throw new Error("The store refused a write: a snapshot covers more than its lane has");
        const snapshots = listOf(snapshotsByLane, laneId);
        if (upTo <= (snapshots.at(-1)?.upTo ?? 0)) return;
        snapshots.push({ upTo, bytes: bytes.slice() });
        if (snapshots.length > snapshotsKept) snapshots.shift();
      }),
    claimClientId: (laneId, personId, clientId) => answer(() => claim(laneId, personId, clientId)),
    history: (laneId, { after, upTo = Number.MAX_SAFE_INTEGER, limit }) =>
      answer(() => (updatesByLane.get(laneId) ?? []).slice(after, Math.min(upTo, after + limit))),
    snapshotBefore: (laneId, seq: Seq) => answer(() => snapshotsByLane.get(laneId)?.findLast((one) => one.upTo <= seq)),
    recoverLane: () => answer(() => undefined),
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
    eraseBoard: (boardId, alsoLanes = [], now = Date.now()) =>
      answer(() => {
        const ofBoard = <T extends { readonly boardId: BoardId }>(records: Iterable<T>) =>
          [...records].filter((record) => record.boardId === boardId);
        const lanes = ofBoard(lanesById.values());
        const people = ofBoard(peopleById.values());
        let updates = 0;
        for (const laneId of new Set([...lanes.map((lane) => lane.laneId), ...alsoLanes])) {
          updates += updatesByLane.get(laneId)?.length ?? 0;
          for (const byLane of [updatesByLane, snapshotsByLane, ownersByLane, lanesById]) byLane.delete(laneId);
        }
        for (const { personId } of people) peopleById.delete(personId);
        for (const { personId } of ofBoard(invitationsByPerson.values())) invitationsByPerson.delete(personId);
        endSessions((session) => session.boardId === boardId);
        auditByBoard.delete(boardId);
        if (!boardsById.delete(boardId)) return undefined;
        erasures.push(erasureOf(boardId, erasures.at(-1)?.hash ?? auditStart, erasures.length + 1, now));
        return { people: people.length, lanes: lanes.length, updates };
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
    touchSession: (tokenHash, now) =>
      answer(() => {
        const session = sessionsByToken.get(tokenHash);
        if (session && session.lastSeenAt < now) sessionsByToken.set(tokenHash, { ...session, lastSeenAt: now });
      }),
    endExpiredSessions: (now) =>
      answer(() => endSessions((one) => one.expiresAt <= now || one.lastSeenAt + one.idleMs <= now)),
    endSession: (tokenHash) => answer(() => void sessionsByToken.delete(tokenHash)),
    endSessionsOfPerson: (personId) => answer(() => void endSessions((session) => session.personId === personId)),
    endSessionsOfStaffSession: (id) => answer(() => endSessions((session) => session.staffSessionId === id)),

    audit: ({ boardId, at, personId, action, laneId, from, to, about }) =>
      answer(() => {
        if (!boardsById.has(boardId)) return;
        const entries = listOf(auditByBoard, boardId);
        const entry = { n: entries.length + 1, at, personId, action, laneId, from, to, about };
        entries.push({ ...entry, hash: auditHash(boardId, entries.at(-1)?.hash ?? auditStart, entry) });
      }),
    auditOf: (boardId, { after, limit }) => answer(() => (auditByBoard.get(boardId) ?? []).slice(after, after + limit)),
    verifyAudit: (boardId) =>
      answer(() => {
        const entries = auditByBoard.get(boardId) ?? [];
        return { entries: entries.length, brokenAt: firstBrokenEntry(boardId, entries) };
      }),
    erasures: () => answer(() => [...erasures]),

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
  return { store, accounts: door };
}

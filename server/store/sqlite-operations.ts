import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { assert } from "#shared/assert.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { auditHash, auditStart, erasureOf, firstBrokenEntry } from "./audit-chain.ts";
import type {
  ApiTokenRecord,
  AuditVerdict,
  BoardRecord,
  ClientIdOwner,
  Erasure,
  InvitationRecord,
  LaneRecord,
  NewAuditEntry,
  PersonRecord,
  Seq,
  SessionRecord,
  Snapshot,
  StoredLane,
  StoredUpdate,
} from "./board-store.ts";
import { eraseBoardRows } from "./erase-board.ts";
import type { Task } from "./sqlite-messages.ts";

/** Everything `BoardStore` asks of the file, as plain calls inside the worker. Throws what SQLite throws. */
type Append = Extract<Task, { kind: "append" }>;
export type Operations = ReturnType<typeof prepareOperations>;
export type Reads = Operations["reads"];
export type Writes = Operations["writes"];

const boardColumns = "board_id AS boardId, title, created_at AS createdAt";
const laneColumns = "lane_id AS laneId, board_id AS boardId, kind";
const personColumns = `person_id AS personId, board_id AS boardId, name, role, language, colour, symbol,
  account_id AS accountId, standing, named, invited_by AS invitedBy, created_at AS createdAt`;
const invitationColumns = `person_id AS personId, board_id AS boardId, secret_hash AS secretHash, code_hash AS codeHash,
  code_expires_at AS codeExpiresAt, expires_at AS expiresAt, state, created_at AS createdAt`;
const sessionColumns = `token_hash AS tokenHash, person_id AS personId, board_id AS boardId,
  staff_session_id AS staffSessionId, created_at AS createdAt, expires_at AS expiresAt, idle_ms AS idleMs,
  last_seen_at AS lastSeenAt`;
const auditColumns = `n, at, person_id AS personId, action, lane_id AS laneId, from_seq AS "from", to_seq AS "to", about, hash`;

type Row = Record<string, unknown>;

/** Rows come without a prototype and with `null` for what is not there; records say `undefined`. */
function rowToRecord<T>(row: Row): T {
  const record: Row = {};
  for (const [name, value] of Object.entries(row)) record[name] = value ?? undefined;
  return record as T; // The columns are named after the record's fields, and only this file writes them.
}

export function prepareOperations(db: DatabaseSync) {
  // Prepared on first use: a newly opened file should not pay for what nobody has asked yet.
  const statementsBySql = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    const known = statementsBySql.get(sql);
    if (known) return known;
    const made = db.prepare(sql);
    statementsBySql.set(sql, made);
    return made;
  };
  const one = <T>(sql: string, ...values: SQLInputValue[]): T | undefined => {
    const row = prepare(sql).get(...values);
    return row && rowToRecord<T>(row);
  };
  const all = <T>(sql: string, ...values: SQLInputValue[]): T[] =>
    prepare(sql)
      .all(...values)
      .map((row) => rowToRecord<T>(row));
  const run = (sql: string, ...values: SQLInputValue[]): number => Number(prepare(sql).run(...values).changes);

  type StoredPerson = Omit<PersonRecord, "lanes" | "named"> & { readonly named: number };
  const withLanes = (stored: StoredPerson): PersonRecord => ({
    ...stored,
    named: stored.named === 1,
    lanes: all("SELECT lane_id AS laneId, access FROM members WHERE person_id = ? ORDER BY place", stored.personId),
  });

  const insertSession = (session: SessionRecord) =>
    run(
      `INSERT OR REPLACE INTO sessions (token_hash, person_id, board_id, staff_session_id, created_at, expires_at, idle_ms,
         last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      session.tokenHash,
      session.personId,
      session.boardId,
      session.staffSessionId ?? null,
      session.createdAt,
      session.expiresAt,
      session.idleMs,
      session.lastSeenAt,
    );

  const putPerson = (person: PersonRecord): void => {
    run(
      `INSERT INTO people (person_id, board_id, name, role, language, colour, symbol, account_id, standing, named,
         invited_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (person_id) DO UPDATE SET board_id = excluded.board_id, name = excluded.name, role = excluded.role,
         language = excluded.language, colour = excluded.colour, symbol = excluded.symbol,
         account_id = excluded.account_id, standing = excluded.standing, named = excluded.named,
         invited_by = excluded.invited_by, created_at = excluded.created_at`,
      person.personId,
      person.boardId,
      person.name,
      person.role,
      person.language,
      person.colour,
      person.symbol ?? null,
      person.accountId ?? null,
      person.standing,
      person.named ? 1 : 0,
      person.invitedBy ?? null,
      person.createdAt,
    );
    run("DELETE FROM members WHERE person_id = ?", person.personId);
    for (const [place, lane] of person.lanes.entries()) {
      run(
        "INSERT INTO members (person_id, place, lane_id, access) VALUES (?, ?, ?, ?)",
        person.personId,
        place,
        lane.laneId,
        lane.access,
      );
    }
  };

  const putInvitation = (invitation: InvitationRecord): void => {
    run(
      `INSERT OR REPLACE INTO invitations (person_id, board_id, secret_hash, code_hash, code_expires_at, expires_at,
         state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      invitation.personId,
      invitation.boardId,
      invitation.secretHash,
      invitation.codeHash,
      invitation.codeExpiresAt,
      invitation.expiresAt,
      invitation.state,
      invitation.createdAt,
    );
  };

  const claim = (laneId: string, personId: string, clientId: number): void => {
    run(
      "INSERT OR IGNORE INTO client_ids (lane_id, client_id, person_id) VALUES (?, ?, ?)",
      laneId,
      clientId,
      personId,
    );
  };
  const updatesOf = (laneId: LaneId, after: Seq, upTo: Seq, limit: number): StoredUpdate[] =>
    all<Omit<StoredUpdate, "returned"> & { readonly returned: number }>(
      `SELECT seq, person_id AS personId, at, bytes, returned FROM updates
       WHERE lane_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
      laneId,
      after,
      upTo,
      limit,
    ).map((row) => ({ ...row, returned: row.returned === 1 }));

  const entriesOf = (boardId: BoardId, after: number, limit: number): AuditEntry[] =>
    all(`SELECT ${auditColumns} FROM audit WHERE board_id = ? AND n > ? ORDER BY n LIMIT ?`, boardId, after, limit);

  return {
    append: ({ laneId, personId, at, claims, returned }: Append, bytes: Uint8Array): Seq => {
      for (const clientId of claims) claim(laneId, personId, clientId);
      // The next number is read from the table, not remembered: a rolled-back group then leaves no gap.
      return (
        prepare(
          `INSERT INTO updates (lane_id, seq, person_id, at, bytes, returned)
           SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, ?5 FROM updates WHERE lane_id = ?1 RETURNING seq`,
        ).get(laneId, personId, at, bytes, returned ? 1 : 0) as { seq: Seq }
      ).seq;
    },

    reads: {
      loadLane: (laneId: LaneId): StoredLane => {
        const snapshot = one<Snapshot>(
          "SELECT up_to AS upTo, bytes FROM snapshots WHERE lane_id = ? ORDER BY up_to DESC LIMIT 1",
          laneId,
        );
        return {
          snapshot,
          tail: updatesOf(laneId, snapshot?.upTo ?? 0, Number.MAX_SAFE_INTEGER, -1),
          clientIds: all<ClientIdOwner>(
            "SELECT client_id AS clientId, person_id AS personId FROM client_ids WHERE lane_id = ? ORDER BY client_id",
            laneId,
          ),
          damage: undefined,
          returningUntil: undefined,
        };
      },
      history: (
        laneId: LaneId,
        { after, upTo, limit }: { readonly after: Seq; readonly upTo?: Seq | undefined; readonly limit: number },
      ): readonly StoredUpdate[] => updatesOf(laneId, after, upTo ?? Number.MAX_SAFE_INTEGER, limit),
      snapshotBefore: (laneId: LaneId, seq: Seq) =>
        one<Snapshot>(
          "SELECT up_to AS upTo, bytes FROM snapshots WHERE lane_id = ? AND up_to <= ? ORDER BY up_to DESC LIMIT 1",
          laneId,
          seq,
        ),
      auditOf: (
        boardId: BoardId,
        { after, limit }: { readonly after: number; readonly limit: number },
      ): readonly AuditEntry[] => entriesOf(boardId, after, limit),
      verifyAudit: (boardId: BoardId): AuditVerdict => {
        const entries = entriesOf(boardId, 0, -1);
        return { entries: entries.length, brokenAt: firstBrokenEntry(boardId, entries) };
      },
      erasures: (): readonly Erasure[] =>
        all("SELECT n, at, board_id_hash AS boardIdHash, hash FROM erasures ORDER BY n"),
      board: (boardId: BoardId) => one<BoardRecord>(`SELECT ${boardColumns} FROM boards WHERE board_id = ?`, boardId),
      lane: (laneId: LaneId) => one<LaneRecord>(`SELECT ${laneColumns} FROM lanes WHERE lane_id = ?`, laneId),
      lanesOf: (boardId: BoardId): readonly LaneRecord[] =>
        all(`SELECT ${laneColumns} FROM lanes WHERE board_id = ? ORDER BY rowid`, boardId),
      boardsOfAccount: (accountId: string): readonly BoardRecord[] =>
        all(
          `SELECT ${boardColumns} FROM boards WHERE board_id IN
             (SELECT board_id FROM people WHERE account_id = ? AND standing <> 'gone')
           ORDER BY created_at DESC, rowid DESC`,
          accountId,
        ),
      person: (personId: PersonId): PersonRecord | undefined => {
        const stored = one<StoredPerson>(`SELECT ${personColumns} FROM people WHERE person_id = ?`, personId);
        return stored && withLanes(stored);
      },
      peopleOf: (boardId: BoardId): readonly PersonRecord[] =>
        all<StoredPerson>(`SELECT ${personColumns} FROM people WHERE board_id = ? ORDER BY rowid`, boardId).map(
          withLanes,
        ),
      invitationBySecret: (secretHash: string) =>
        one<InvitationRecord>(`SELECT ${invitationColumns} FROM invitations WHERE secret_hash = ?`, secretHash),
      invitationByCode: (codeHash: string) =>
        // Short codes repeat over the months: the one that still lives is meant.
        one<InvitationRecord>(
          `SELECT ${invitationColumns} FROM invitations WHERE code_hash = ?
           ORDER BY state = 'open' DESC, code_expires_at DESC LIMIT 1`,
          codeHash,
        ),
      invitationOf: (personId: PersonId) =>
        one<InvitationRecord>(`SELECT ${invitationColumns} FROM invitations WHERE person_id = ?`, personId),
      session: (tokenHash: string) =>
        one<SessionRecord>(`SELECT ${sessionColumns} FROM sessions WHERE token_hash = ?`, tokenHash),
      apiToken: (tokenHash: string) =>
        one<ApiTokenRecord>(
          "SELECT token_hash AS tokenHash, name, created_at AS createdAt FROM api_tokens WHERE token_hash = ?",
          tokenHash,
        ),
    },

    writes: {
      writeSnapshot: (laneId: LaneId, upTo: Seq, bytes: Uint8Array): void => {
        const newest =
          one<{ upTo: Seq }>("SELECT max(up_to) AS upTo FROM snapshots WHERE lane_id = ?", laneId)?.upTo ?? 0;
        if (upTo <= newest) return;
        const last = one<{ seq: Seq }>("SELECT max(seq) AS seq FROM updates WHERE lane_id = ?", laneId)?.seq ?? 0;
        assert(upTo <= last, "a snapshot covers no more than its lane has");
        run("INSERT INTO snapshots (lane_id, up_to, bytes) VALUES (?, ?, ?)", laneId, upTo, bytes);
        run(
          `DELETE FROM snapshots WHERE lane_id = ?1 AND up_to <
             (SELECT min(up_to) FROM (SELECT up_to FROM snapshots WHERE lane_id = ?1 ORDER BY up_to DESC LIMIT 3))`,
          laneId,
        );
      },
      claimClientId: (laneId: LaneId, personId: PersonId, clientId: number): PersonId => {
        claim(laneId, personId, clientId);
        const owner = one<ClientIdOwner>(
          "SELECT person_id AS personId FROM client_ids WHERE lane_id = ? AND client_id = ?",
          laneId,
          clientId,
        );
        return owner?.personId ?? personId;
      },
      recoverLane: (_laneId: LaneId, _now: number): { readonly lastGood: Seq } | undefined => undefined,
      audit: ({ boardId, at, personId, action, laneId, from, to, about }: NewAuditEntry): void => {
        const last = one<{ n: number; hash: string }>(
          "SELECT n, hash FROM audit WHERE board_id = ? ORDER BY n DESC LIMIT 1",
          boardId,
        );
        const entry = { n: (last?.n ?? 0) + 1, at, personId, action, laneId, from, to, about };
        run(
          `INSERT INTO audit (board_id, n, at, person_id, action, lane_id, from_seq, to_seq, about, hash)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          boardId,
          entry.n,
          at,
          personId ?? null,
          action,
          laneId ?? null,
          from ?? null,
          to ?? null,
          about ?? null,
          auditHash(boardId, last?.hash ?? auditStart, entry),
        );
      },
      probe: (): void => {
        // As large as the largest update (`limits.updateBytes`). It needs pages of its own before the old row gives its
        // pages back, so this fails when an append would.
        run("INSERT INTO probes (bytes) VALUES (zeroblob(65536))");
        run("DELETE FROM probes WHERE probe_id < (SELECT max(probe_id) FROM probes)");
      },
      createBoard: (
        board: BoardRecord,
        lanes: readonly LaneRecord[],
        people: readonly PersonRecord[],
        invitations: readonly InvitationRecord[],
      ): void => {
        run(
          "INSERT INTO boards (board_id, title, created_at) VALUES (?, ?, ?)",
          board.boardId,
          board.title,
          board.createdAt,
        );
        for (const lane of lanes) {
          run("INSERT INTO lanes (lane_id, board_id, kind) VALUES (?, ?, ?)", lane.laneId, lane.boardId, lane.kind);
        }
        for (const person of people) putPerson(person);
        for (const invitation of invitations) putInvitation(invitation);
      },
      setTitle: (boardId: BoardId, title: string): void => {
        run("UPDATE boards SET title = ? WHERE board_id = ?", title, boardId);
      },
      eraseBoard: (boardId: BoardId, alsoLanes: readonly LaneId[], now: number) => {
        const erased = eraseBoardRows(db, boardId, alsoLanes);
        if (!erased) return undefined;
        const last = one<{ n: number; hash: string }>("SELECT n, hash FROM erasures ORDER BY n DESC LIMIT 1");
        const { n, at, boardIdHash, hash } = erasureOf(boardId, last?.hash ?? auditStart, (last?.n ?? 0) + 1, now);
        run("INSERT INTO erasures (n, at, board_id_hash, hash) VALUES (?, ?, ?, ?)", n, at, boardIdHash, hash);
        return erased;
      },
      putPerson,
      putInvitation,
      spendInvitation: (
        { personId, secretHash }: Pick<InvitationRecord, "personId" | "secretHash">,
        session: SessionRecord,
      ): boolean => {
        const spent = run(
          "UPDATE invitations SET state = 'used' WHERE person_id = ? AND secret_hash = ? AND state = 'open'",
          personId,
          secretHash,
        );
        if (spent === 0) return false;
        run("UPDATE people SET standing = 'joined' WHERE person_id = ?", personId);
        insertSession(session);
        return true;
      },
      putSession: (session: SessionRecord): void => {
        insertSession(session);
      },
      touchSession: (tokenHash: string, now: number): void => {
        run("UPDATE sessions SET last_seen_at = ?2 WHERE token_hash = ?1 AND last_seen_at < ?2", tokenHash, now);
      },
      endExpiredSessions: (now: number): readonly SessionRecord[] =>
        all(
          `DELETE FROM sessions WHERE expires_at <= ?1 OR last_seen_at + idle_ms <= ?1 RETURNING ${sessionColumns}`,
          now,
        ),
      endSession: (tokenHash: string): void => {
        run("DELETE FROM sessions WHERE token_hash = ?", tokenHash);
      },
      endSessionsOfPerson: (personId: PersonId): void => {
        run("DELETE FROM sessions WHERE person_id = ?", personId);
      },
      endSessionsOfStaffSession: (staffSessionId: string): readonly SessionRecord[] =>
        all(`DELETE FROM sessions WHERE staff_session_id = ? RETURNING ${sessionColumns}`, staffSessionId),
      putApiToken: (token: ApiTokenRecord): void => {
        run(
          "INSERT OR REPLACE INTO api_tokens (token_hash, name, created_at) VALUES (?, ?, ?)",
          token.tokenHash,
          token.name,
          token.createdAt,
        );
      },
      putSetupToken: (tokenHash: string, expiresAt: number): void => {
        run("INSERT OR REPLACE INTO setup_tokens (token_hash, expires_at) VALUES (?, ?)", tokenHash, expiresAt);
      },
      takeSetupToken: (tokenHash: string, now: number): boolean => {
        const taken = one<{ expiresAt: number }>(
          "DELETE FROM setup_tokens WHERE token_hash = ? RETURNING expires_at AS expiresAt",
          tokenHash,
        );
        return taken !== undefined && taken.expiresAt > now;
      },
    },
  };
}

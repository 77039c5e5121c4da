import type { BoardId } from "#shared/board/ids.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { auditHash, auditStart, erasureOf, firstBrokenEntry } from "./audit-chain.ts";
import type { AuditVerdict, Erasure, NewAuditEntry } from "./board-store.ts";
import { boundTo, deriveSealKey, seal, unseal } from "./seal.ts";
import type { Statements } from "./statements.ts";

/**
 * The audit in the file: plain, as it holds no content, and chained by hashes that anybody can work out again. How long each
 * chain is, and its last hash, is sealed with a key of the service, so that neither a cut end nor a chain made anew by
 * somebody who can write the file passes.
 */
export interface AuditRows {
  /** With a new board: a chain of no entries, so that one that was taken away whole is told from it. */
  readonly begin: (boardId: BoardId) => void;
  readonly add: (entry: NewAuditEntry) => void;
  readonly of: (boardId: BoardId, after: number, limit: number) => readonly AuditEntry[];
  readonly verify: (boardId: BoardId) => AuditVerdict;
  readonly addErasure: (boardId: BoardId, at: number) => void;
  readonly erasures: () => readonly Erasure[];
}

interface End {
  readonly n: number;
  readonly hash: string;
}

/** The chain of the service itself. */
const service = "";
const start: End = { n: 0, hash: auditStart };
const columns = `n, at, person_id AS personId, action, lane_id AS laneId, from_seq AS "from", to_seq AS "to", about, hash`;

export function createAuditRows({ one, all, run }: Statements, master: Uint8Array): AuditRows {
  const key = deriveSealKey(master, "audit ends");

  const endOf = (scope: string): End | undefined => {
    const row = one<{ sealed: Uint8Array }>("SELECT sealed FROM audit_ends WHERE scope = ?", scope);
    const plain = row && unseal(key, boundTo("audit end 1", scope), row.sealed);
    return plain && (JSON.parse(Buffer.from(plain).toString()) as End);
  };
  const setEnd = (scope: string, { n, hash }: End): void => {
    const sealed = seal(key, boundTo("audit end 1", scope), Buffer.from(JSON.stringify({ n, hash })));
    run("INSERT OR REPLACE INTO audit_ends (scope, sealed) VALUES (?, ?)", scope, sealed);
  };
  /**
   * What the next entry follows. When the sealed end is not what stands in the chain, it is the sealed one, so that what is
   * missing shows for ever; and nothing, when that cannot be opened either: no hash comes out as all zeros again.
   */
  const before = (scope: string, last: End | undefined): End => {
    const end = endOf(scope);
    if (end) return { n: Math.max(end.n, last?.n ?? 0), hash: end.hash };
    return last ? { n: last.n, hash: auditStart } : start;
  };
  const entries = (boardId: BoardId, after: number, limit: number) =>
    all<AuditEntry>(
      `SELECT ${columns} FROM audit WHERE board_id = ? AND n > ? ORDER BY n LIMIT ?`,
      boardId,
      after,
      limit,
    );

  return {
    begin: (boardId) => setEnd(boardId, start),
    add: ({ boardId, at, personId, action, laneId, from, to, about }) => {
      // A late entry must not bring back something of a board that was erased meanwhile.
      if (!one("SELECT 1 FROM boards WHERE board_id = ?", boardId)) return;
      const last = one<End>("SELECT n, hash FROM audit WHERE board_id = ? ORDER BY n DESC LIMIT 1", boardId);
      const previous = before(boardId, last);
      const entry = { n: previous.n + 1, at, personId, action, laneId, from, to, about };
      const hash = auditHash(boardId, previous.hash, entry);
      run(
        `INSERT INTO audit (board_id, n, at, person_id, action, lane_id, from_seq, to_seq, about, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[boardId, entry.n, at, personId ?? null, action],
        ...[laneId ?? null, from ?? null, to ?? null, about ?? null, hash],
      );
      setEnd(boardId, { n: entry.n, hash });
    },
    of: entries,
    verify: (boardId) => {
      const found = entries(boardId, 0, -1);
      const hasBoard = one("SELECT 1 FROM boards WHERE board_id = ?", boardId) !== undefined;
      const end = endOf(boardId) ?? (hasBoard ? undefined : start);
      const last = found.at(-1) ?? start;
      const endIsTrue = end?.n === last.n && end.hash === last.hash;
      const brokenAt = firstBrokenEntry(boardId, found) ?? (endIsTrue ? undefined : found.length + 1);
      return { entries: found.length, brokenAt };
    },
    addErasure: (boardId, at) => {
      const last = one<End>("SELECT n, hash FROM erasures ORDER BY n DESC LIMIT 1");
      const previous = before(service, last);
      const { n, boardIdHash, hash } = erasureOf(boardId, previous.hash, previous.n + 1, at);
      run("INSERT INTO erasures (n, at, board_id_hash, hash) VALUES (?, ?, ?, ?)", n, at, boardIdHash, hash);
      setEnd(service, { n, hash });
    },
    erasures: () => all("SELECT n, at, board_id_hash AS boardIdHash, hash FROM erasures ORDER BY n"),
  };
}

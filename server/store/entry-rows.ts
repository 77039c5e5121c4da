import type { PersonId } from "#shared/board/ids.ts";
import type { ApiTokenRecord, InvitationRecord, SessionRecord } from "./board-store.ts";
import type { Statements } from "./statements.ts";

/** Invitations, sessions and tokens in the file. They hold hashes, ids and times only, so they stay plain. */

const invitationColumns = `person_id AS personId, board_id AS boardId, secret_hash AS secretHash, code_hash AS codeHash,
  code_expires_at AS codeExpiresAt, expires_at AS expiresAt, state, created_at AS createdAt`;
const sessionColumns = `token_hash AS tokenHash, person_id AS personId, board_id AS boardId,
  staff_session_id AS staffSessionId, created_at AS createdAt, expires_at AS expiresAt, idle_ms AS idleMs,
  last_seen_at AS lastSeenAt`;

export function createEntryRows({ one, all, run }: Statements) {
  const oneInvitation = (where: string, ...values: string[]) =>
    one<InvitationRecord>(`SELECT ${invitationColumns} FROM invitations WHERE ${where}`, ...values);

  return {
    reads: {
      invitationBySecret: (secretHash: string) => oneInvitation("secret_hash = ?", secretHash),
      invitationByCode: (codeHash: string) =>
        // Short codes repeat over the months: the one that still lives is meant.
        oneInvitation("code_hash = ? ORDER BY state = 'open' DESC, code_expires_at DESC LIMIT 1", codeHash),
      invitationOf: (personId: PersonId) => oneInvitation("person_id = ?", personId),
      session: (tokenHash: string) =>
        one<SessionRecord>(`SELECT ${sessionColumns} FROM sessions WHERE token_hash = ?`, tokenHash),
      apiToken: (tokenHash: string) =>
        one<ApiTokenRecord>(
          "SELECT token_hash AS tokenHash, name, created_at AS createdAt FROM api_tokens WHERE token_hash = ?",
          tokenHash,
        ),
    },

    /** `false` when it was no longer open. */
    closeInvitation: ({ personId, secretHash }: Pick<InvitationRecord, "personId" | "secretHash">): boolean =>
      run(
        "UPDATE invitations SET state = 'used' WHERE person_id = ? AND secret_hash = ? AND state = 'open'",
        personId,
        secretHash,
      ) === 1,

    writes: {
      putInvitation: (invitation: InvitationRecord): void => {
        run(
          `INSERT OR REPLACE INTO invitations (person_id, board_id, secret_hash, code_hash, code_expires_at, expires_at,
             state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[invitation.personId, invitation.boardId, invitation.secretHash, invitation.codeHash],
          ...[invitation.codeExpiresAt, invitation.expiresAt, invitation.state, invitation.createdAt],
        );
      },
      putSession: (session: SessionRecord): void => {
        run(
          `INSERT OR REPLACE INTO sessions (token_hash, person_id, board_id, staff_session_id, created_at, expires_at,
             idle_ms, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[session.tokenHash, session.personId, session.boardId, session.staffSessionId ?? null],
          ...[session.createdAt, session.expiresAt, session.idleMs, session.lastSeenAt],
        );
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
          ...[token.tokenHash, token.name, token.createdAt],
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

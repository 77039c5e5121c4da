/** Marks a file as ours (`PRAGMA application_id`): "Algs" in ASCII. */
export const applicationId = 0x416c6773;

/** From this version on people's words are sealed. */
export const firstSealed = 2;

export interface Migration {
  /** Written to `PRAGMA user_version` once `sql` has run. Counts up without gaps from 1. */
  readonly version: number;
  readonly sql: string;
  /** What SQL cannot do, run after it: see `seal-file.ts`. */
  readonly step?: "seal" | undefined;
}

/**
 * Every step from an empty file to today's tables. A step that has been released is never changed: add another.
 * The tables of the accounts (`user`, `session`, `account`, `verification`) belong to better-auth, which keeps its own.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE boards (
        board_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE lanes (
        lane_id TEXT PRIMARY KEY,
        board_id TEXT NOT NULL,
        kind TEXT NOT NULL
      ) STRICT;
      CREATE INDEX lanes_of_board ON lanes (board_id);

      CREATE TABLE people (
        person_id TEXT PRIMARY KEY,
        board_id TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        language TEXT NOT NULL,
        colour TEXT NOT NULL,
        symbol TEXT,
        account_id TEXT,
        standing TEXT NOT NULL,
        named INTEGER NOT NULL,
        invited_by TEXT,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX people_of_board ON people (board_id);
      CREATE INDEX people_of_account ON people (account_id) WHERE account_id IS NOT NULL;

      CREATE TABLE members (
        person_id TEXT NOT NULL,
        place INTEGER NOT NULL,
        lane_id TEXT NOT NULL,
        access TEXT NOT NULL,
        PRIMARY KEY (person_id, place)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX members_of_lane ON members (lane_id);

      CREATE TABLE invitations (
        person_id TEXT PRIMARY KEY,
        board_id TEXT NOT NULL,
        secret_hash TEXT NOT NULL,
        code_hash TEXT NOT NULL,
        code_expires_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX invitations_by_secret ON invitations (secret_hash);
      CREATE INDEX invitations_by_code ON invitations (code_hash);

      CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY,
        person_id TEXT NOT NULL,
        board_id TEXT NOT NULL,
        staff_session_id TEXT,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX sessions_of_person ON sessions (person_id);
      CREATE INDEX sessions_of_staff ON sessions (staff_session_id) WHERE staff_session_id IS NOT NULL;

      CREATE TABLE api_tokens (
        token_hash TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE setup_tokens (
        token_hash TEXT PRIMARY KEY,
        expires_at INTEGER NOT NULL
      ) STRICT;

      -- Clustered by lane, so that a join reads one stretch of the file.
      CREATE TABLE updates (
        lane_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        person_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (lane_id, seq)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE snapshots (
        lane_id TEXT PRIMARY KEY,
        up_to INTEGER NOT NULL,
        bytes BLOB NOT NULL
      ) STRICT;

      CREATE TABLE probes (
        probe_id INTEGER PRIMARY KEY,
        bytes BLOB NOT NULL
      ) STRICT;
    `,
  },
  {
    // What people typed is sealed from here on (DESIGN §5); the log is chained; and there is an audit.
    version: 2,
    sql: `
      DROP INDEX people_of_board;
      DROP INDEX people_of_account;
      ALTER TABLE boards RENAME TO plain_boards;
      ALTER TABLE people RENAME TO plain_people;
      ALTER TABLE updates RENAME TO plain_updates;
      ALTER TABLE snapshots RENAME TO plain_snapshots;

      -- A scope is a board's id, or ~ and the id of a lane without a board. Both tables hold the same keys.
      CREATE TABLE board_keys (scope TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE board_keys_again (scope TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE boards (
        board_id TEXT PRIMARY KEY,
        words BLOB NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE people (
        person_id TEXT PRIMARY KEY,
        board_id TEXT NOT NULL,
        words BLOB NOT NULL,
        role TEXT NOT NULL,
        language TEXT NOT NULL,
        colour TEXT NOT NULL,
        symbol TEXT,
        account_id TEXT,
        standing TEXT NOT NULL,
        named INTEGER NOT NULL,
        invited_by TEXT,
        created_at INTEGER NOT NULL,
        access_until INTEGER
      ) STRICT;
      CREATE INDEX people_of_board ON people (board_id);
      CREATE INDEX people_of_account ON people (account_id) WHERE account_id IS NOT NULL;

      -- Clustered by lane, so that a join reads one stretch of the file. The highest number there is, 2^53 - 1, is the
      -- lane's head (sealed-row.ts).
      CREATE TABLE updates (
        lane_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        person_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        returned INTEGER NOT NULL,
        claims BLOB,
        sealed BLOB NOT NULL,
        PRIMARY KEY (lane_id, seq)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE snapshots (
        lane_id TEXT NOT NULL,
        up_to INTEGER NOT NULL,
        row_tag BLOB NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (lane_id, up_to)
      ) STRICT;

      CREATE TABLE client_ids (
        lane_id TEXT NOT NULL,
        client_id INTEGER NOT NULL,
        person_id TEXT NOT NULL,
        proof BLOB NOT NULL,
        PRIMARY KEY (lane_id, client_id)
      ) STRICT, WITHOUT ROWID;

      -- What was not proven when a damaged lane was recovered. Nothing reads it.
      CREATE TABLE set_aside (
        lane_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        seq INTEGER NOT NULL,
        person_id TEXT NOT NULL,
        came_at INTEGER NOT NULL,
        returned INTEGER NOT NULL,
        claims BLOB,
        sealed BLOB NOT NULL
      ) STRICT;
      CREATE INDEX set_aside_of_lane ON set_aside (lane_id);

      -- A session of before had no idle time: it keeps none.
      ALTER TABLE sessions ADD COLUMN idle_ms INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
      UPDATE sessions SET idle_ms = expires_at - created_at, last_seen_at = created_at;
      CREATE INDEX sessions_by_end ON sessions (expires_at);

      CREATE TABLE audit (
        board_id TEXT NOT NULL,
        n INTEGER NOT NULL,
        at INTEGER NOT NULL,
        person_id TEXT,
        action TEXT NOT NULL,
        lane_id TEXT,
        from_seq INTEGER,
        to_seq INTEGER,
        about TEXT,
        hash TEXT NOT NULL,
        PRIMARY KEY (board_id, n)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE erasures (
        n INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        board_id_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;

      CREATE TABLE audit_ends (scope TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

      CREATE TABLE IF NOT EXISTS store_facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
    `,
    step: "seal",
  },
];

import type { LaneId, PersonId } from "#shared/board/ids.ts";
import type { BoardKeys } from "./board-keys.ts";
import type { Seq, Snapshot } from "./board-store.ts";
import { DamageError, tagOf } from "./seal.ts";
import {
  emptyHead,
  headSeq,
  type LaneHead,
  type LaneSeal,
  laneSeal,
  noTag,
  openHead,
  openRow,
  packClaims,
  type SealedRow,
  sealHead,
  sealOwner,
  sealRow,
  sealSnapshot,
} from "./sealed-row.ts";
import { isConstraint, isDamage } from "./sqlite-errors.ts";
import type { Statements } from "./statements.ts";

/** The writing side of the lanes' logs, inside the worker. Throws what SQLite throws, and `DamageError`. */
export interface SealedLog {
  readonly append: (update: Append, bytes: Uint8Array) => Seq;
  readonly claim: (laneId: LaneId, personId: PersonId, clientId: number) => PersonId;
  readonly writeSnapshot: (laneId: LaneId, snapshot: Snapshot) => void;
  /** Gives a new lane its head, so that a lane whose rows are all gone is told from one that nobody wrote to. */
  readonly begin: (laneId: LaneId) => void;
  /** The lane with its key and head as they stand in the file, heads of this transaction included. */
  readonly look: (laneId: LaneId) => { readonly lane: LaneSeal; readonly head: LaneHead | undefined } | undefined;
  readonly putHead: (lane: LaneSeal, head: LaneHead) => void;
  readonly putOwner: (lane: LaneSeal, personId: PersonId, clientId: number) => boolean;
  /** Before every commit: the heads of the lanes that the transaction wrote to. */
  readonly settle: () => void;
  /** After a rollback, and when another process has written. */
  readonly forget: () => void;
}

export interface Append {
  readonly laneId: LaneId;
  readonly personId: PersonId;
  readonly at: number;
  readonly claims: readonly number[];
  readonly returned: boolean;
}

interface OpenLane {
  readonly lane: LaneSeal;
  head: LaneHead;
  isDirty: boolean;
}

/** Lanes are many and edits come to few at a time. */
const mostOpenLanes = 2_048;
const snapshotsKept = 3;

export const rowColumns = "seq, person_id AS personId, at, returned, claims, sealed";

export function createSealedLog({ one, run }: Statements, keys: BoardKeys): SealedLog {
  const openLanes = new Map<LaneId, OpenLane>();
  const dirty = new Set<OpenLane>();

  const scopeOf = (laneId: LaneId): string =>
    one<{ boardId: string }>("SELECT board_id AS boardId FROM lanes WHERE lane_id = ?", laneId)?.boardId ??
    `~${laneId}`;

  const writeHead = (lane: LaneSeal, head: LaneHead): void => {
    run(
      `INSERT INTO updates (lane_id, seq, person_id, at, returned, claims, sealed) VALUES (?1, ?2, '', 0, 0, NULL, ?3)
       ON CONFLICT (lane_id, seq) DO UPDATE SET sealed = excluded.sealed`,
      lane.laneId,
      headSeq,
      sealHead(lane, head),
    );
  };

  const settleOne = (open: OpenLane): void => {
    writeHead(open.lane, open.head);
    open.isDirty = false;
    dirty.delete(open);
  };

  const storedHead = (laneId: LaneId) =>
    one<{ sealed: Uint8Array }>("SELECT sealed FROM updates WHERE lane_id = ? AND seq = ?", laneId, headSeq)?.sealed;

  const hasRows = (laneId: LaneId): boolean =>
    one("SELECT 1 FROM updates WHERE lane_id = ? LIMIT 1", laneId) !== undefined;

  const hasAnything = (laneId: LaneId): boolean =>
    hasRows(laneId) || one("SELECT 1 FROM snapshots WHERE lane_id = ? LIMIT 1", laneId) !== undefined;

  /** `null` when SQLite cannot read that part of the file. */
  const readable = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      return null;
    }
  };

  /** The lane to be written to; makes it when nobody knew of it. */
  const openLane = (laneId: LaneId): OpenLane => {
    const known = openLanes.get(laneId);
    if (known) return known;
    const scope = scopeOf(laneId);
    const stored = storedHead(laneId);
    if (!stored && (!scope.startsWith("~") || hasRows(laneId))) throw new DamageError("a lane's head is missing");
    const lane = laneSeal(laneId, scope, stored ? keys.of(scope) : keys.ofOrNew(scope));
    // Once for each lane that is worked on: two copies of a key are only two while both open.
    keys.mend(scope);
    const head = stored ? openHead(lane, stored) : emptyHead;
    if (!head) throw new DamageError("a lane's head is not what was written");
    if (openLanes.size >= mostOpenLanes) for (const [id, open] of openLanes) if (!open.isDirty) openLanes.delete(id);
    const open = { lane, head, isDirty: false };
    openLanes.set(laneId, open);
    return open;
  };

  const change = (open: OpenLane, head: Partial<LaneHead>): void => {
    open.head = { ...open.head, ...head };
    open.isDirty = true;
    dirty.add(open);
  };

  const putOwner = (lane: LaneSeal, personId: PersonId, clientId: number): boolean =>
    run(
      "INSERT OR IGNORE INTO client_ids (lane_id, client_id, person_id, proof) VALUES (?, ?, ?, ?)",
      lane.laneId,
      clientId,
      personId,
      sealOwner(lane, clientId, personId),
    ) === 1;

  const ownerOf = (laneId: LaneId, clientId: number): PersonId | undefined =>
    one<{ personId: PersonId }>(
      "SELECT person_id AS personId FROM client_ids WHERE lane_id = ? AND client_id = ?",
      laneId,
      clientId,
    )?.personId;

  const claimIn = (open: OpenLane, personId: PersonId, clientId: number): PersonId => {
    const owner = ownerOf(open.lane.laneId, clientId);
    if (owner !== undefined) return owner;
    if (putOwner(open.lane, personId, clientId)) change(open, { owners: open.head.owners + 1 });
    return personId;
  };

  /** The tag of a row of the log, once the row is proven to be what was written. */
  const provenTag = (open: OpenLane, seq: Seq): Uint8Array => {
    if (seq === open.head.seq) return open.head.tag;
    const rowAt = (n: Seq) =>
      one<SealedRow>(`SELECT ${rowColumns} FROM updates WHERE lane_id = ? AND seq = ?`, open.lane.laneId, n);
    const before = seq === 1 ? undefined : rowAt(seq - 1);
    const row = rowAt(seq);
    if (!row || !openRow(open.lane, row, before ? tagOf(before.sealed) : noTag)) {
      throw new DamageError("the update that a snapshot ends with is not what was written");
    }
    return tagOf(row.sealed);
  };

  return {
    append: ({ laneId, personId, at, claims, returned }, bytes) => {
      const open = openLane(laneId);
      const facts = {
        ...{ seq: open.head.seq + 1, personId, at },
        returned: returned ? 1 : 0,
        claims: packClaims(claims),
      };
      const sealed = sealRow(open.lane, facts, open.head.tag, bytes);
      try {
        run(
          "INSERT INTO updates (lane_id, seq, person_id, at, returned, claims, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)",
          laneId,
          facts.seq,
          personId,
          at,
          facts.returned,
          facts.claims,
          sealed,
        );
      } catch (error) {
        if (isConstraint(error)) throw new DamageError("a lane has more updates than its head knows");
        throw error;
      }
      change(open, { seq: facts.seq, at, tag: tagOf(sealed) });
      for (const clientId of claims) claimIn(open, personId, clientId);
      return facts.seq;
    },
    claim: (laneId, personId, clientId) => claimIn(openLane(laneId), personId, clientId),
    writeSnapshot: (laneId, { upTo, bytes }) => {
      const open = openLane(laneId);
      if (upTo > open.head.seq) throw new Error("a snapshot covers more than its lane has");
      const newest = one<{ upTo: Seq | null }>("SELECT max(up_to) AS upTo FROM snapshots WHERE lane_id = ?", laneId);
      if (upTo < (newest?.upTo ?? 1)) return;
      const rowTag = provenTag(open, upTo);
      run(
        "INSERT OR REPLACE INTO snapshots (lane_id, up_to, row_tag, sealed) VALUES (?, ?, ?, ?)",
        ...[laneId, upTo],
        ...[rowTag, sealSnapshot(open.lane, upTo, rowTag, bytes)],
      );
      run(
        `DELETE FROM snapshots WHERE lane_id = ?1 AND up_to <
           (SELECT min(up_to) FROM (SELECT up_to FROM snapshots WHERE lane_id = ?1 ORDER BY up_to DESC LIMIT ?2))`,
        laneId,
        snapshotsKept,
      );
    },
    begin: (laneId) => {
      const scope = scopeOf(laneId);
      if (hasRows(laneId)) throw new Error("a lane has updates from before it was made");
      writeHead(laneSeal(laneId, scope, keys.ofOrNew(scope)), emptyHead);
    },
    look: (laneId) => {
      const open = openLanes.get(laneId);
      if (open?.isDirty) settleOne(open);
      const scope = scopeOf(laneId);
      const stored = readable(() => storedHead(laneId)) ?? undefined;
      if (!stored && scope.startsWith("~") && readable(() => hasAnything(laneId)) === false) return undefined;
      const lane = laneSeal(laneId, scope, keys.of(scope));
      return { lane, head: stored && openHead(lane, stored) };
    },
    putHead: (lane, head) => {
      openLanes.delete(lane.laneId);
      writeHead(lane, head);
    },
    putOwner,
    settle: () => {
      for (const open of dirty) settleOne(open);
    },
    forget: () => {
      openLanes.clear();
      dirty.clear();
    },
  };
}

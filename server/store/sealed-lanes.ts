import type { LaneId, PersonId } from "#shared/board/ids.ts";
import type { ClientIdOwner, LaneDamage, Seq, Snapshot, StoredLane, StoredUpdate } from "./board-store.ts";
import { DamageError, tagOf } from "./seal.ts";
import { rowColumns, type SealedLog } from "./sealed-log.ts";
import {
  headSeq,
  isOwner,
  type LaneHead,
  type LaneSeal,
  noTag,
  openRow,
  openSnapshot,
  type SealedRow,
  unpackClaims,
} from "./sealed-row.ts";
import { isDamage } from "./sqlite-errors.ts";
import type { Statements } from "./statements.ts";

/** The reading side of the lanes' logs, inside the worker: nothing leaves here that is not proven to be what was written. */
export interface SealedLanes {
  readonly load: (laneId: LaneId) => StoredLane;
  readonly history: (laneId: LaneId, after: Seq, upTo: Seq, limit: number) => readonly StoredUpdate[];
  readonly snapshotBefore: (laneId: LaneId, seq: Seq) => Snapshot | undefined;
  readonly recover: (laneId: LaneId, now: number) => { readonly lastGood: Seq } | undefined;
  /** Reads the whole log and every snapshot; what is wrong with them, as parts of a sentence. */
  readonly verify: (laneId: LaneId) => readonly string[];
}

/** How long clients may bring back what a recovered lane has lost: devices come back after holidays. */
export const returningMs: number = 30 * 24 * 3_600_000;

interface Chain {
  readonly updates: readonly StoredUpdate[];
  /** Of the last of them; what a next one would follow. */
  readonly tag: Uint8Array;
  readonly ended: "whole" | "row" | "missing";
}

interface SnapshotRow {
  readonly upTo: Seq;
  readonly rowTag: Uint8Array;
  readonly sealed: Uint8Array;
}

export const emptyLane: StoredLane = {
  snapshot: undefined,
  tail: [],
  clientIds: [],
  damage: undefined,
  returningUntil: undefined,
};

/** @param returningUntil what holds for every lane, as the store was opened; 0 for never. */
export function createSealedLanes(
  { one, all, each, run }: Statements,
  log: SealedLog,
  returningUntil: () => number,
): SealedLanes {
  /** The rows after one whose tag is `before`, as far as they prove to be what was written. */
  const follow = (lane: LaneSeal, after: Seq, before: Uint8Array, upTo: Seq = headSeq - 1, limit = -1): Chain => {
    const updates: StoredUpdate[] = [];
    let tag = before;
    let last = after;
    try {
      const rows = each<SealedRow>(
        `SELECT ${rowColumns} FROM updates WHERE lane_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
        ...[lane.laneId, after, upTo, limit],
      );
      for (const row of rows) {
        if (row.seq !== last + 1) return { updates, tag, ended: "missing" };
        const update = openRow(lane, row, tag);
        if (!update) return { updates, tag, ended: "row" };
        updates.push(update);
        tag = tagOf(row.sealed);
        last = row.seq;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { updates, tag, ended: "row" };
    }
    return { updates, tag, ended: "whole" };
  };

  /** Newest first, opened one by one as they are asked for. `good` is `undefined` for one that is damaged. */
  function* snapshotsOf(
    lane: LaneSeal,
    upTo: Seq = headSeq,
  ): Generator<{ readonly upTo: Seq; readonly rowTag: Uint8Array; readonly good: Snapshot | undefined }> {
    const list = all<{ upTo: Seq }>(
      "SELECT up_to AS upTo FROM snapshots WHERE lane_id = ? AND up_to <= ? ORDER BY up_to DESC",
      ...[lane.laneId, upTo],
    );
    for (const { upTo } of list) {
      let good: Snapshot | undefined;
      let rowTag = noTag;
      try {
        const row = one<SnapshotRow>(
          "SELECT up_to AS upTo, row_tag AS rowTag, sealed FROM snapshots WHERE lane_id = ? AND up_to = ?",
          ...[lane.laneId, upTo],
        );
        const bytes = row && openSnapshot(lane, row.upTo, row.rowTag, row.sealed);
        if (row && bytes) {
          good = { upTo: row.upTo, bytes };
          rowTag = row.rowTag;
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
      yield { upTo, rowTag, good };
    }
  }

  /** The best way through what there is: the newest whole snapshot, and the rows that follow it. */
  const walk = (lane: LaneSeal) => {
    const bad: Seq[] = [];
    try {
      for (const { upTo, rowTag, good } of snapshotsOf(lane)) {
        if (good) return { snapshot: good, chain: follow(lane, good.upTo, rowTag), bad };
        bad.push(upTo);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      bad.push(headSeq);
    }
    return { snapshot: undefined, chain: follow(lane, 0, noTag), bad };
  };

  const ownersOf = (lane: LaneSeal): { readonly owners: readonly ClientIdOwner[]; readonly areWhole: boolean } => {
    const owners: ClientIdOwner[] = [];
    let areWhole = true;
    try {
      const rows = each<ClientIdOwner & { readonly proof: Uint8Array }>(
        "SELECT client_id AS clientId, person_id AS personId, proof FROM client_ids WHERE lane_id = ? ORDER BY client_id",
        lane.laneId,
      );
      for (const { clientId, personId, proof } of rows) {
        if (isOwner(lane, clientId, personId, proof)) owners.push({ clientId, personId });
        else areWhole = false;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      areWhole = false;
    }
    return { owners, areWhole };
  };

  /** `undefined` for a row that is not there or not what was written. */
  const updateAt = (lane: LaneSeal, seq: Seq): StoredUpdate | undefined => {
    if (seq < 1) return undefined;
    const before = tagAt(lane, seq - 1);
    return before && follow(lane, seq - 1, before, seq).updates[0];
  };

  /** As it stands in the file. Not proven by itself, but nothing opens after a wrong one. */
  const tagAt = (lane: LaneSeal, seq: Seq): Uint8Array | undefined => {
    if (seq === 0) return noTag;
    const row = one<{ sealed: Uint8Array }>(
      "SELECT sealed FROM updates WHERE lane_id = ? AND seq = ?",
      lane.laneId,
      seq,
    );
    return row && tagOf(row.sealed);
  };

  interface Judged {
    readonly stored: StoredLane;
    readonly lane: LaneSeal | undefined;
    readonly head: LaneHead | undefined;
    readonly tag: Uint8Array;
    readonly bad: readonly Seq[];
  }

  const judge = (laneId: LaneId): Judged => {
    const known = lookAt(laneId);
    if (known === undefined) return { stored: emptyLane, lane: undefined, head: undefined, tag: noTag, bad: [] };
    if (known === "key") {
      const damage: LaneDamage = { lastGood: 0, lastGoodAt: undefined, what: "key" };
      return { stored: { ...emptyLane, damage }, lane: undefined, head: undefined, tag: noTag, bad: [] };
    }
    const { lane, head } = known;
    const { snapshot, chain, bad } = walk(lane);
    const { owners, areWhole } = ownersOf(lane);
    const lastGood = chain.updates.at(-1)?.seq ?? snapshot?.upTo ?? 0;
    const isWhole =
      chain.ended === "whole" &&
      head?.seq === lastGood &&
      sameTag(head.tag, chain.tag) &&
      areWhole &&
      head.owners === owners.length;
    const until = Math.max(head?.returningUntil ?? 0, returningUntil());
    const stored: StoredLane = {
      snapshot,
      tail: chain.updates,
      clientIds: owners,
      damage: isWhole
        ? undefined
        : {
            lastGood,
            lastGoodAt: chain.updates.at(-1)?.at ?? quietly(() => updateAt(lane, lastGood)?.at),
            what: bad.some((upTo) => upTo > lastGood) ? "snapshot" : chain.ended === "row" ? "row" : "missing",
          },
      returningUntil: until === 0 ? undefined : until,
      ...(bad.length > 0 ? { badSnapshots: bad.length } : {}),
    };
    return { stored, lane, head, tag: chain.tag, bad };
  };

  const lookAt = (laneId: LaneId): ReturnType<SealedLog["look"]> | "key" => {
    try {
      return log.look(laneId);
    } catch (error) {
      if (error instanceof DamageError) return "key";
      throw error;
    }
  };

  /** Read for its own sake, to be told to somebody: not worth failing for. */
  const quietly = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  };

  const opened = (laneId: LaneId) => {
    const known = log.look(laneId);
    if (known && !known.head) throw new DamageError("a lane's head is not what was written");
    return known;
  };

  return {
    load: (laneId) => judge(laneId).stored,

    history: (laneId, after, upTo, limit) => {
      const known = opened(laneId);
      if (!known?.head) return [];
      const end = Math.min(upTo, known.head.seq);
      if (after >= end || limit <= 0) return [];
      const before = tagAt(known.lane, after);
      const chain = before && follow(known.lane, after, before, end, limit);
      const updates = chain?.updates ?? [];
      if (updates.length === 0) throw new DamageError("the next update of this lane is not what was written");
      return updates;
    },

    snapshotBefore: (laneId, seq) => {
      const known = opened(laneId);
      if (!known) return undefined;
      for (const { good } of snapshotsOf(known.lane, seq)) if (good) return good;
      return undefined;
    },

    recover: (laneId, now) => {
      const { stored, lane, tag } = judge(laneId);
      if (!stored.damage) return undefined;
      if (!lane) throw new DamageError("a board's key cannot be opened");
      const { lastGood, lastGoodAt } = stored.damage;
      setAside(run, laneId, lastGood, now);
      const owners = new Map(stored.clientIds.map(({ clientId, personId }) => [clientId, personId]));
      // A claim that came by presence alone is in no row: its client shows it again.
      for (const { personId, claims } of claimsOf(lane, lastGood)) {
        for (const clientId of claims) if (!owners.has(clientId)) owners.set(clientId, personId);
      }
      run("DELETE FROM client_ids WHERE lane_id = ?", laneId);
      for (const [clientId, personId] of owners) log.putOwner(lane, personId, clientId);
      const returningUntil = now + returningMs;
      log.putHead(lane, { seq: lastGood, tag, at: lastGoodAt ?? 0, owners: owners.size, returningUntil });
      return { lastGood };
    },

    verify: (laneId) => {
      const troubles: string[] = [];
      const { stored, lane, head } = judge(laneId);
      if (stored.damage) troubles.push(`${damageWords[stored.damage.what]} after update ${stored.damage.lastGood}`);
      if (!lane) return troubles;
      let before: Uint8Array = noTag;
      for (let after = 0; head && after < head.seq; ) {
        const { updates, tag } = follow(lane, after, before, head.seq, 1_000);
        const last = updates.at(-1)?.seq;
        if (last === undefined) {
          troubles.push(`update ${after + 1} is not what was written`);
          break;
        }
        after = last;
        before = tag;
      }
      for (const { upTo, good } of snapshotsOf(lane)) {
        if (!good) troubles.push(`its snapshot of update ${upTo} is not what was written`);
      }
      return troubles;
    },
  };

  function* claimsOf(lane: LaneSeal, upTo: Seq): Generator<{ personId: PersonId; claims: readonly number[] }> {
    let before: Uint8Array | undefined = noTag;
    const rows = each<SealedRow>(
      `SELECT ${rowColumns} FROM updates WHERE lane_id = ? AND seq <= ? ORDER BY seq`,
      ...[lane.laneId, upTo],
    );
    for (const row of rows) {
      // Rows below a snapshot may be damaged too: only what is proven counts.
      if (row.claims && before && openRow(lane, row, before)) {
        yield { personId: row.personId, claims: unpackClaims(row.claims) };
      }
      before = tagOf(row.sealed);
    }
  }
}

const damageWords: Record<LaneDamage["what"], string> = {
  row: "an update is not what was written",
  missing: "updates or marks are missing",
  snapshot: "the snapshot is not what was written, and so is the log",
  key: "its board's key cannot be opened, so nothing can be read",
};

const sameTag = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Rows and snapshots that are not proven: out of use, but kept as they stand, for whoever looks into what happened. */
function setAside(run: Statements["run"], laneId: LaneId, lastGood: Seq, now: number): void {
  run(
    `INSERT INTO set_aside (lane_id, at, kind, seq, person_id, came_at, returned, claims, sealed)
     SELECT lane_id, ?3, 'update', seq, person_id, at, returned, claims, sealed FROM updates
     WHERE lane_id = ?1 AND seq > ?2`,
    ...[laneId, lastGood, now],
  );
  run("DELETE FROM updates WHERE lane_id = ? AND seq > ?", laneId, lastGood);
  run(
    `INSERT INTO set_aside (lane_id, at, kind, seq, person_id, came_at, returned, claims, sealed)
     SELECT lane_id, ?3, 'snapshot', up_to, '', 0, 0, row_tag, sealed FROM snapshots WHERE lane_id = ?1 AND up_to > ?2`,
    ...[laneId, lastGood, now],
  );
  run("DELETE FROM snapshots WHERE lane_id = ? AND up_to > ?", laneId, lastGood);
}

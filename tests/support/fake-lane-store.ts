import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { LaneStore } from "../../server/relay/ports.ts";
import type { LaneDamage, NewUpdate, Seq, StoredUpdate, StoreFailure } from "../../server/store/board-store.ts";

const failure: Result<never, StoreFailure> = fail({ kind: "store-failing", why: "full" });

/** A lane store in memory that can be told to fail, or to take its time with each of its two answers. */
export interface FakeLaneStore extends LaneStore {
  readonly rows: (laneId: LaneId) => readonly StoredUpdate[];
  readonly snapshot: (laneId: LaneId) => { readonly upTo: Seq; readonly bytes: Uint8Array } | undefined;
  /** Whose client ids it knows. */
  readonly owners: (laneId: LaneId) => ReadonlyMap<number, PersonId>;
  /** The log ends here from now on, as after a restore of an older backup; claims made since are gone too. */
  readonly cutAfter: (laneId: LaneId, seq: Seq, returningUntil: number) => void;
  /** What the lane loads as. */
  readonly damage: Map<LaneId, LaneDamage>;
  /** Everything fails, or what names one step does; `next`: one write alone. */
  fails: "nothing" | "everything" | "forcing" | "next";
  /** From now on these answers wait for `release`. */
  holds: "nothing" | "loading" | "writing" | "forcing";
  /** Gives the answers held so far, and holds no more. */
  readonly release: () => void;
}

export function createFakeLaneStore(): FakeLaneStore {
  const rowsByLane = new Map<LaneId, StoredUpdate[]>();
  const ownersByLane = new Map<LaneId, Map<number, PersonId>>();
  const snapshots = new Map<LaneId, { upTo: Seq; bytes: Uint8Array }>();
  let held: (() => void)[] = [];
  let returningUntil: number | undefined;

  const rowsOf = (laneId: LaneId): StoredUpdate[] => {
    const rows = rowsByLane.get(laneId) ?? [];
    rowsByLane.set(laneId, rows);
    return rows;
  };
  const unless = async (step: FakeLaneStore["holds"]): Promise<void> => {
    if (store.holds === step) await new Promise<void>((resolve) => held.push(resolve));
  };
  const ownersOf = (laneId: LaneId): Map<number, PersonId> => {
    const owners = ownersByLane.get(laneId) ?? new Map<number, PersonId>();
    ownersByLane.set(laneId, owners);
    return owners;
  };
  const claim = (laneId: LaneId, personId: PersonId, clientId: number): PersonId => {
    const owner = ownersOf(laneId).get(clientId) ?? personId;
    ownersOf(laneId).set(clientId, owner);
    return owner;
  };
  const write = async (update: NewUpdate): Promise<Result<Seq, StoreFailure>> => {
    const { laneId, personId, at, bytes, claims = [], returned = false } = update;
    await unless("writing");
    if (store.fails === "everything") return failure;
    if (store.fails === "next") {
      store.fails = "nothing";
      return failure;
    }
    const rows = rowsOf(laneId);
    rows.push({ seq: rows.length + 1, personId, at, bytes, returned });
    for (const clientId of claims) claim(laneId, personId, clientId);
    return ok(rows.length);
  };

  const store: FakeLaneStore = {
    rows: rowsOf,
    snapshot: (laneId) => snapshots.get(laneId),
    owners: ownersOf,
    cutAfter: (laneId, seq, until) => {
      rowsOf(laneId).length = seq;
      snapshots.delete(laneId);
      ownersOf(laneId).clear();
      returningUntil = until;
    },
    damage: new Map(),
    fails: "nothing",
    holds: "nothing",
    release: () => {
      store.holds = "nothing";
      for (const resolve of held) resolve();
      held = [];
    },
    append: (update) => {
      const written = write(update);
      const forced = written.then(async (result): Promise<Result<void, StoreFailure>> => {
        if (!result.ok) return result;
        await unless("forcing");
        return store.fails === "nothing" ? ok(undefined) : failure;
      });
      return { written, forced };
    },
    loadLane: async (laneId) => {
      await unless("loading");
      if (store.fails === "everything") return failure;
      const snapshot = snapshots.get(laneId);
      const tail = rowsOf(laneId).filter(({ seq }) => seq > (snapshot?.upTo ?? 0));
      const clientIds = [...ownersOf(laneId)].map(([clientId, personId]) => ({ clientId, personId }));
      return ok({ snapshot, tail, clientIds, damage: store.damage.get(laneId), returningUntil });
    },
    writeSnapshot: async (laneId, snapshot) => {
      if (store.fails === "everything") return failure;
      snapshots.set(laneId, snapshot);
      return ok(undefined);
    },
    claimClientId: async (laneId, personId, clientId) =>
      store.fails === "everything" ? failure : ok(claim(laneId, personId, clientId)),
    probe: async () => (store.fails === "nothing" ? ok(undefined) : failure),
  };
  return store;
}

import type { LaneId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { LaneStore } from "../../server/relay/ports.ts";
import type { NewUpdate, Seq, StoredUpdate, StoreFailure } from "../../server/store/board-store.ts";

const failure: Result<never, StoreFailure> = fail({ kind: "store-failing", why: "full" });

/** A lane store in memory that can be told to fail, or to take its time with each of its two answers. */
export interface FakeLaneStore extends LaneStore {
  readonly rows: (laneId: LaneId) => readonly StoredUpdate[];
  readonly snapshot: (laneId: LaneId) => { readonly upTo: Seq; readonly bytes: Uint8Array } | undefined;
  /** Everything fails, or what names one step does. */
  fails: "nothing" | "everything" | "forcing";
  /** From now on these answers wait for `release`. */
  holds: "nothing" | "loading" | "writing" | "forcing";
  /** Gives the answers held so far, and holds no more. */
  readonly release: () => void;
}

export function createFakeLaneStore(): FakeLaneStore {
  const rowsByLane = new Map<LaneId, StoredUpdate[]>();
  const snapshots = new Map<LaneId, { upTo: Seq; bytes: Uint8Array }>();
  let held: (() => void)[] = [];

  const rowsOf = (laneId: LaneId): StoredUpdate[] => {
    const rows = rowsByLane.get(laneId) ?? [];
    rowsByLane.set(laneId, rows);
    return rows;
  };
  const unless = async (step: FakeLaneStore["holds"]): Promise<void> => {
    if (store.holds === step) await new Promise<void>((resolve) => held.push(resolve));
  };
  const write = async ({ laneId, personId, at, bytes }: NewUpdate): Promise<Result<Seq, StoreFailure>> => {
    await unless("writing");
    if (store.fails === "everything") return failure;
    const rows = rowsOf(laneId);
    rows.push({ seq: rows.length + 1, personId, at, bytes, returned: false });
    return ok(rows.length);
  };

  const store: FakeLaneStore = {
    rows: rowsOf,
    snapshot: (laneId) => snapshots.get(laneId),
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
      return ok({ snapshot, tail, clientIds: [], damage: undefined, returningUntil: undefined });
    },
    writeSnapshot: async (laneId, snapshot) => {
      if (store.fails === "everything") return failure;
      snapshots.set(laneId, snapshot);
      return ok(undefined);
    },
    probe: async () => (store.fails === "nothing" ? ok(undefined) : failure),
  };
  return store;
}

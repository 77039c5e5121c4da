import * as encoding from "lib0/encoding";
import { addRuns, ClockTable, coversRun } from "./clock-table.ts";
import { type Order, orderStructs } from "./struct-order.ts";
import { type ReadUpdate, type Run, structKinds } from "./update-reader.ts";

/**
 * `news`: Yjs would take all of it and wait for nothing. `grows`: what each client would gain, from the clock known so far.
 * `newDeletions`: separate stretches that are not known as deleted.
 *
 * `nothing-new`: the lane has every clock and every deletion of it.
 *
 * `gap`, `lacking`: it hangs on clocks that the lane has not. `straddling`: nothing is missing, but one of its structs stands
 * half in what is known. Honest senders meet that when two of their messages crossed; asked again, they cut it there. It is
 * not taken as Yjs 13.6 throws on one whose known half is gone.
 *
 * `harmful`: types in types too deep, structs that wait for each other, or a value of several clocks alive under a key.
 */
export type Judgement =
  | { readonly kind: "news"; readonly grows: readonly Run[]; readonly newDeletions: number }
  | { readonly kind: "nothing-new" }
  | { readonly kind: "gap"; readonly why: "lacking" | "straddling" }
  | { readonly kind: "harmful" };

/**
 * What the relay has to know of a lane to judge an update for it, without a document [R7]: each client's clock, what is
 * deleted, and how deep every clock lies in nested types. About a sixth of the lane's stored bytes.
 *
 * Of deletions it knows what updates said. What documents delete by themselves on the way (the loser of two values set at
 * once, what somebody wrote in a record that another deleted) comes to it as news with the next whole delete set, and once.
 */
export interface LaneIndex {
  /** Changes nothing. An update that builds on one that was not taken yet is a gap until that one is. */
  readonly judge: (update: ReadUpdate) => Judgement;
  /** Only what `judge` called news, or a gap for its `straddling` alone. */
  readonly take: (update: ReadUpdate) => void;
  /** The first clock that is not known. */
  readonly clockOf: (client: number) => number;
  /** As Yjs would write it. Cached until the next take; not to be changed. */
  readonly stateVector: () => Uint8Array;
  /** Sorted by client and clock, merged. */
  readonly deletions: () => readonly Run[];
  /** One of its own that knows the same. */
  readonly copy: () => LaneIndex;
  /** What its tables weigh. */
  readonly bytes: () => number;
}

export function createLaneIndex(): LaneIndex {
  return indexOver(new ClockTable(), new ClockTable(), new ClockTable());
}

/**
 * `clocks`: one row per client, at clock 0; its value is the first clock that is not known. `places`: from each row's clock
 * on the client's clocks lie in that place (`struct-order.ts`), up to its next row.
 */
function indexOver(clocks: ClockTable, deleted: ClockTable, places: ClockTable): LaneIndex {
  let vector: Uint8Array | undefined;
  /** What was judged last, so that taking it need not look again. Weak: what is refused must not stay in memory. */
  let latest: { readonly update: WeakRef<ReadUpdate>; readonly order: Order } | undefined;

  const clockOf = (client: number): number => {
    const row = clocks.rowAt(client, 0);
    return row < 0 ? 0 : clocks.value(row);
  };
  const knownPlace = (client: number, clock: number): number => {
    const row = places.rowAt(client, clock);
    return row < 0 ? 0 : places.value(row);
  };
  const orderOf = (update: ReadUpdate): Order => {
    if (latest?.update.deref() === update) return latest.order;
    const order = orderStructs(update, clockOf, knownPlace);
    latest = { update: new WeakRef(update), order };
    return order;
  };

  return {
    judge: (update) => {
      const order = orderOf(update);
      if (order.outcome === "harmful") return { kind: "harmful" };
      if (order.outcome === "lacking") return { kind: "gap", why: "lacking" };
      const reach = new Map(update.runs.map(({ client, to }) => [client, to]));
      const isReached = ({ client, to }: Run) => to <= (reach.get(client) ?? 0) || to <= clockOf(client);
      if (order.notAlive.length > 0) {
        const goes = new ClockTable();
        addRuns(goes, update.deletions);
        if (!order.notAlive.every((run) => coversRun(goes, run))) return { kind: "harmful" };
      }
      if (!update.deletions.every(isReached)) return { kind: "gap", why: "lacking" };
      if (order.outcome === "straddling") return { kind: "gap", why: "straddling" };
      const grows: Run[] = [];
      for (const { client, to } of update.runs) {
        const from = clockOf(client);
        if (to > from) grows.push({ client, from, to });
      }
      const newDeletions = update.deletions.reduce((sum, run) => sum + (coversRun(deleted, run) ? 0 : 1), 0);
      return grows.length + newDeletions === 0 ? { kind: "nothing-new" } : { kind: "news", grows, newDeletions };
    },
    take: (update) => {
      const { placeOf } = orderOf(update);
      const gone: Run[] = [];
      const newClients: number[] = [];
      const newPlaces: number[] = [];
      const byClient = update.runs.map((run, at) => ({ run, at })).sort((a, b) => a.run.client - b.run.client);
      for (const { run, at } of byClient) {
        const known = clockOf(run.client);
        if (run.to <= known) continue;
        let before = known > 0 ? knownPlace(run.client, known - 1) : 0;
        const { firstOfRun, clock: starts, kind } = update.structs;
        const last = firstOfRun[at + 1] as number;
        for (let index = firstOfRun[at] as number; index < last; index++) {
          const end = index + 1 < last ? (starts[index + 1] as number) : run.to;
          if (end <= known) continue;
          const start = Math.max(known, starts[index] as number);
          const isGone = kind[index] === structKinds.gone;
          if (isGone || kind[index] === structKinds.deleted) gone.push({ client: run.client, from: start, to: end });
          const place = placeOf[index] as number;
          if (place !== before) newPlaces.push(run.client, start, place);
          before = place;
        }
        const row = clocks.rowAt(run.client, 0);
        if (row >= 0) clocks.setValue(row, run.to);
        else newClients.push(run.client, 0, run.to);
      }
      clocks.insert(newClients);
      places.insert(newPlaces);
      addRuns(deleted, gone);
      addRuns(deleted, update.deletions);
      vector = undefined;
      latest = undefined;
    },
    clockOf,
    stateVector: () => {
      vector ??= encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, clocks.size);
        for (let row = clocks.size - 1; row >= 0; row--) {
          encoding.writeVarUint(encoder, clocks.client(row));
          encoding.writeVarUint(encoder, clocks.value(row));
        }
      });
      return vector;
    },
    deletions: () =>
      Array.from({ length: deleted.size }, (_, row) => ({
        client: deleted.client(row),
        from: deleted.clock(row),
        to: deleted.value(row),
      })),
    copy: () => indexOver(clocks.copy(), deleted.copy(), places.copy()),
    bytes: () => clocks.bytes + deleted.bytes + places.bytes + (vector?.length ?? 0),
  };
}

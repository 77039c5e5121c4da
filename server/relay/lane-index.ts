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
export class LaneIndex {
  /** One row per client, at clock 0; its value is the first clock that is not known. */
  readonly #clocks: ClockTable;
  readonly #deleted: ClockTable;
  /** From each row's clock on the client's clocks lie in that place (`struct-order.ts`), up to its next row. */
  readonly #places: ClockTable;
  #vector: Uint8Array | undefined;
  /** What was judged last, so that taking it need not look again. Weak: what is refused must not stay in memory. */
  #latest: { readonly update: WeakRef<ReadUpdate>; readonly order: Order } | undefined;

  constructor(clocks: ClockTable, deleted: ClockTable, places: ClockTable) {
    this.#clocks = clocks;
    this.#deleted = deleted;
    this.#places = places;
  }

  /** Changes nothing. An update that builds on one that was not taken yet is a gap until that one is. */
  judge(update: ReadUpdate): Judgement {
    const order = this.#orderOf(update);
    if (order.outcome === "harmful") return { kind: "harmful" };
    if (order.outcome === "lacking") return { kind: "gap", why: "lacking" };
    const reach = new Map(update.runs.map(({ client, to }) => [client, to]));
    const isReached = ({ client, to }: Run) => to <= (reach.get(client) ?? 0) || to <= this.clockOf(client);
    if (order.notAlive.length > 0) {
      const goes = new ClockTable();
      addRuns(goes, update.deletions);
      if (!order.notAlive.every((run) => coversRun(goes, run))) return { kind: "harmful" };
    }
    if (!update.deletions.every(isReached)) return { kind: "gap", why: "lacking" };
    if (order.outcome === "straddling") return { kind: "gap", why: "straddling" };
    const grows: Run[] = [];
    for (const { client, to } of update.runs) {
      const from = this.clockOf(client);
      if (to > from) grows.push({ client, from, to });
    }
    const newDeletions = update.deletions.reduce((sum, run) => sum + (coversRun(this.#deleted, run) ? 0 : 1), 0);
    if (grows.length + newDeletions > 0) return { kind: "news", grows, newDeletions };
    // It will not be taken.
    this.#latest = undefined;
    return { kind: "nothing-new" };
  }

  /** Only what `judge` called news, or a gap for its `straddling` alone. */
  take(update: ReadUpdate): void {
    const { placeOf } = this.#orderOf(update);
    const gone: Run[] = [];
    const newClients: number[] = [];
    const newPlaces: number[] = [];
    const byClient = update.runs.map((run, at) => ({ run, at })).sort((a, b) => a.run.client - b.run.client);
    for (const { run, at } of byClient) {
      const known = this.clockOf(run.client);
      if (run.to <= known) continue;
      let before = known > 0 ? this.#knownPlace(run.client, known - 1) : 0;
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
      const row = this.#clocks.rowAt(run.client, 0);
      if (row >= 0) this.#clocks.setValue(row, run.to);
      else newClients.push(run.client, 0, run.to);
    }
    this.#clocks.insert(newClients);
    this.#places.insert(newPlaces);
    addRuns(this.#deleted, gone);
    addRuns(this.#deleted, update.deletions);
    this.#vector = undefined;
    this.#latest = undefined;
  }

  /** The first clock that is not known. */
  clockOf(client: number): number {
    const row = this.#clocks.rowAt(client, 0);
    return row < 0 ? 0 : this.#clocks.value(row);
  }

  /** As Yjs would write it. Cached until the next take; not to be changed. */
  stateVector(): Uint8Array {
    const clocks = this.#clocks;
    this.#vector ??= encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, clocks.size);
      for (let row = clocks.size - 1; row >= 0; row--) {
        encoding.writeVarUint(encoder, clocks.client(row));
        encoding.writeVarUint(encoder, clocks.value(row));
      }
    });
    return this.#vector;
  }

  /** Sorted by client and clock, merged. */
  deletions(): readonly Run[] {
    const deleted = this.#deleted;
    return Array.from({ length: deleted.size }, (_, row) => ({
      client: deleted.client(row),
      from: deleted.clock(row),
      to: deleted.value(row),
    }));
  }

  /** One of its own that knows the same. */
  copy(): LaneIndex {
    return new LaneIndex(this.#clocks.copy(), this.#deleted.copy(), this.#places.copy());
  }

  /** What its tables weigh. */
  bytes(): number {
    return this.#clocks.bytes + this.#deleted.bytes + this.#places.bytes + (this.#vector?.length ?? 0);
  }

  #knownPlace(client: number, clock: number): number {
    const row = this.#places.rowAt(client, clock);
    return row < 0 ? 0 : this.#places.value(row);
  }

  #orderOf(update: ReadUpdate): Order {
    if (this.#latest?.update.deref() === update) return this.#latest.order;
    const order = orderStructs(
      update,
      (client) => this.clockOf(client),
      (client, clock) => this.#knownPlace(client, clock),
    );
    this.#latest = { update: new WeakRef(update), order };
    return order;
  }
}

export function createLaneIndex(): LaneIndex {
  return new LaneIndex(new ClockTable(), new ClockTable(), new ClockTable());
}

import * as Y from "yjs";
import type { Lane, ReadRoot } from "./lanes.ts";

/** Where one value stands in a lane: a field of a record, or (without `field`) the record itself. */
export interface Slot {
  readonly root: ReadRoot;
  readonly id: string;
  readonly field: string | undefined;
}

/** Makes a value anew each time, since a Yjs type can be put in a document only once. */
export type StoredValue = () => unknown;

function holderOf(lane: Lane, slot: Slot): { readonly map: Y.Map<unknown>; readonly key: string } | undefined {
  const root = lane.rootOf(slot.root);
  if (slot.field === undefined) return { map: root, key: slot.id };
  const record = root.get(slot.id);
  return record instanceof Y.Map ? { map: record, key: slot.field } : undefined;
}

/** What stands in a slot, or `undefined` when it is empty. A record is kept as its plain fields. */
export function readSlot(lane: Lane, slot: Slot): StoredValue | undefined {
  const holder = holderOf(lane, slot);
  const value = holder?.map.get(holder.key);
  if (value === undefined) return undefined;
  if (!(value instanceof Y.Map)) return () => value;
  const fields = [...value.entries()].filter(([, field]) => !(field instanceof Y.AbstractType));
  return () => new Y.Map(fields);
}

/** Call inside a transaction. */
export function putValue(lane: Lane, slot: Slot, value: StoredValue | undefined): void {
  const holder = holderOf(lane, slot);
  if (!holder) return;
  if (value === undefined) holder.map.delete(holder.key);
  else holder.map.set(holder.key, value());
}

/**
 * A name for the last write to a slot: equal names mean that nobody has written there since. Made of the id of the last
 * letter of the item, which stays when Yjs joins items, and whether it was cleared.
 */
export function tokenOf(lane: Lane, slot: Slot): string {
  const holder = holderOf(lane, slot);
  const item = holder?.map._map.get(holder.key);
  if (!item) return "never written";
  const last = item.lastId;
  return `${last.client} ${last.clock} ${item.deleted ? "cleared" : "set"}`;
}

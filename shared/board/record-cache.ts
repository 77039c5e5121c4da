import { parseId } from "./ids.ts";
import type { Lane, ReadRoot } from "./lanes.ts";

/**
 * Records of one root across the lanes, read when they change and not before: the same object until then. A record that
 * cannot be read is left out and counted.
 */
export interface RecordCache<Id extends string, T> {
  readonly get: (id: Id) => T | undefined;
  readonly values: () => Iterable<T>;
  readonly laneOf: (id: Id) => Lane | undefined;
  readonly markChanged: (id: string) => void;
  /** Reads what was marked, and hands over each as it was and is. */
  readonly settle: (onChanged: (id: Id, before: T | undefined, after: T | undefined) => void) => void;
  readonly unreadableCount: () => number;
}

export function createRecordCache<Id extends string, T>(
  lanes: readonly Lane[],
  root: ReadRoot,
  read: (id: Id, record: unknown, lane: Lane) => T | undefined,
): RecordCache<Id, T> {
  const entries = new Map<Id, { readonly value: T; readonly lane: Lane }>();
  const unreadable = new Set<string>();
  const changed = new Set<string>();
  for (const lane of lanes) for (const id of lane.rootOf(root).keys()) changed.add(id);

  const readNow = (id: string): { readonly value: T; readonly lane: Lane } | undefined => {
    const known = parseId<Id>(id);
    let isStored = false;
    // Should two lanes hold the same id, the first one counts.
    for (const lane of lanes) {
      const record = lane.rootOf(root).get(id);
      if (record === undefined) continue;
      isStored = true;
      const value = known && read(known, record, lane);
      if (value !== undefined) {
        unreadable.delete(id);
        return { value, lane };
      }
    }
    if (isStored) unreadable.add(id);
    else unreadable.delete(id);
    return undefined;
  };

  return {
    get: (id) => entries.get(id)?.value,
    values: function* () {
      for (const { value } of entries.values()) yield value;
    },
    laneOf: (id) => entries.get(id)?.lane,
    markChanged: (id) => changed.add(id),
    settle: (onChanged) => {
      if (changed.size === 0) return;
      const ids = [...changed];
      changed.clear();
      for (const text of ids) {
        const id = text as Id;
        const before = entries.get(id)?.value;
        const entry = readNow(text);
        if (entry) entries.set(id, entry);
        else entries.delete(id);
        if (before !== undefined || entry !== undefined) onChanged(id, before, entry?.value);
      }
    },
    unreadableCount: () => unreadable.size,
  };
}

import type { LaneId } from "#shared/board/ids.ts";
import type { LaneDamageView } from "#shared/protocol/api.ts";
import type { BoardStore } from "../store/board-store.ts";

/** Which lanes were found damaged when somebody last opened them. */
export interface LaneDamages {
  /** The store's own call, listened to. */
  readonly loadLane: BoardStore["loadLane"];
  readonly of: (laneId: LaneId) => LaneDamageView | undefined;
  readonly forget: (laneId: LaneId) => void;
}

export function createLaneDamages(store: Pick<BoardStore, "loadLane">): LaneDamages {
  const found = new Map<LaneId, LaneDamageView>();
  return {
    loadLane: async (laneId) => {
      const loaded = await store.loadLane(laneId);
      if (!loaded.ok) return loaded;
      const { damage } = loaded.value;
      if (damage) {
        const { lastGoodAt } = damage;
        found.set(laneId, { lastGoodAt: lastGoodAt === undefined ? undefined : new Date(lastGoodAt).toISOString() });
      } else found.delete(laneId);
      return loaded;
    },
    of: (laneId) => found.get(laneId),
    forget: (laneId) => void found.delete(laneId),
  };
}

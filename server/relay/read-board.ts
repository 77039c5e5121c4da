import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import { openBoard } from "#shared/board/open-board.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import { ok } from "#shared/result.ts";
import type { BoardStore, PersonRecord, Stored } from "../store/board-store.ts";

/**
 * A board as its store holds it now, over the lanes that this person may read, to be read once and closed. Stored
 * updates that cannot be applied are passed over. `too-large`: the lanes hold more than `mostBytes`. `damaged`: what is left
 * of one of them is not what was written, and may not pass for it.
 */
export async function readBoard(
  store: Pick<BoardStore, "loadLane">,
  person: PersonRecord,
  lanes: readonly OpenLane[],
  mostBytes: number,
): Stored<Board | "too-large" | "damaged"> {
  const docs: Y.Doc[] = [];
  let bytes = 0;
  for (const { laneId } of lanes) {
    const loaded = await store.loadLane(laneId);
    if (!loaded.ok) return loaded;
    const { snapshot, tail, damage } = loaded.value;
    if (damage) return ok("damaged");
    const updates = [...(snapshot ? [snapshot.bytes] : []), ...tail.map((update) => update.bytes)];
    bytes += updates.reduce((sum, update) => sum + update.length, 0);
    if (bytes > mostBytes) return ok("too-large");
    const doc = new Y.Doc();
    for (const update of updates) {
      try {
        Y.applyUpdate(doc, update);
      } catch {
        // The relay says so in its log when it opens the lane.
      }
    }
    docs.push(doc);
  }
  const board = openBoard(
    lanes.map((lane, index) => ({ ...lane, access: "read", doc: docs[index] ?? new Y.Doc() })),
    {
      me: person.personId,
      language: () => person.language,
      now: () => 0,
      today: () => "1970-01-01",
      random: () => {},
      schedule: () => {},
    },
  );
  return ok({
    ...board,
    close: () => {
      board.close();
      for (const doc of docs) doc.destroy();
    },
  });
}

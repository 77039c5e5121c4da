import { writeSync } from "node:fs";
import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { testKey } from "./store-records.ts";

/**
 * A process to be killed. Appends to three lanes at once, for ever; each update holds its own number. Says
 * `written <lane> <seq>` and `forced <lane> <seq>` as it learns of them, straight to the pipe, so that what was said
 * outlives it.
 */

/** A pipe that is full for now is waited for: on a busy machine the reader comes late. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

const opened = await openSqliteStore({ file: process.argv[2] as string, masterKey: testKey });
if (!opened.ok) throw new Error(opened.error.kind);
const { store } = opened.value;

async function appendForEver(laneId: LaneId): Promise<void> {
  const lane = await store.loadLane(laneId);
  if (!lane.ok) throw new Error(lane.error.why);
  for (let seq = lane.value.tail.length + 1; ; seq += 1) {
    const bytes = new Uint8Array(600).fill(seq % 251);
    const { written, forced } = store.append({ laneId, personId: "person-ana" as PersonId, at: seq, bytes });
    void forced.then(({ ok }) => ok && tell(`forced ${laneId} ${seq}\n`));
    if ((await written).ok) tell(`written ${laneId} ${seq}\n`);
  }
}
await Promise.all(["lane-a", "lane-b", "lane-c"].map((laneId) => appendForEver(laneId as LaneId)));

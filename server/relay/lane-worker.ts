import { parentPort } from "node:worker_threads";
import { assert } from "#shared/assert.ts";
import { createLaneWork } from "./lane-work.ts";
import type { WorkAsked, WorkDone } from "./worker-lane-work.ts";

/** The thread in which documents are built. One task at a time; `worker-lane-work.ts` hands them in. */
const port = parentPort;
assert(port, "the lane worker runs in a thread of its own");
const work = createLaneWork();

port.on("message", async (asked: WorkAsked) => {
  const done: WorkDone =
    asked.kind === "fold"
      ? { kind: "fold", folded: await work.fold(asked.lane) }
      : { kind: "diff", updates: await work.diff(asked.lane, asked.stateVector) };
  port.postMessage(done, [...blocksOf(done)]);
});

/** Handed over rather than copied. Several arrays may share a block, and one of Yjs's may be a view of a larger one. */
function blocksOf(done: WorkDone): Set<ArrayBuffer> {
  const arrays = done.kind === "diff" ? (done.updates ?? []) : arraysOf(done.folded);
  return new Set(arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : [])));
}

function arraysOf(folded: Extract<WorkDone, { kind: "fold" }>["folded"]): readonly Uint8Array[] {
  return folded ? [folded.snapshot, folded.stateVector, folded.deletions, ...folded.pieces] : [];
}

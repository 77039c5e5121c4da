import type { PieceBounds } from "#shared/protocol/update-pieces.ts";

/** What is too much work for the page: `lane.worker.ts` does it. */
export type LaneWork =
  /** Makes one row of all that an offline copy of this name holds. */
  | { readonly kind: "compact"; readonly name: string }
  | { readonly kind: "split"; readonly update: Uint8Array; readonly bounds: PieceBounds };
/** The pieces of a split; nothing for the rest. */
export type LaneWorkDone = readonly Uint8Array[] | undefined;

/** Larger updates are split in the worker: 5 MB of them take seconds. */
const splitHereBytes = 64 * 1024;

/** Gives `failed` when there is no worker to be had. */
function inWorker(work: LaneWork): Promise<LaneWorkDone | "failed"> {
  return new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL("./lane.worker.ts", import.meta.url), { type: "module" });
    } catch {
      resolve("failed");
      return;
    }
    const end = (done: LaneWorkDone | "failed") => {
      worker.terminate();
      resolve(done);
    };
    worker.onmessage = ({ data }) => end(data);
    worker.onerror = () => end("failed");
    worker.postMessage(work);
  });
}

/** Makes one row of all that an offline copy holds. Resolves when it is done, or cannot be. */
export async function compactCopy(name: string): Promise<void> {
  await inWorker({ kind: "compact", name });
}

/** As `piecesOf`, off the page when there is much of it. */
export async function splitUpdate(update: Uint8Array, bounds: PieceBounds): Promise<readonly Uint8Array[]> {
  if (update.length > splitHereBytes) {
    const pieces = await inWorker({ kind: "split", update, bounds });
    if (Array.isArray(pieces)) return pieces;
  }
  const { piecesOf } = await import("#shared/protocol/update-pieces.ts");
  return piecesOf(update, bounds);
}

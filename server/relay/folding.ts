import type { LaneId } from "#shared/board/ids.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";

/** Makes snapshots of one lane, never two at once [R7]. */
export interface Folding {
  /** Something was written: folds when there is enough of it. */
  readonly wrote: () => void;
  /** Folds what is written, if anything is. Settles when it is done, or could not be. */
  readonly now: () => Promise<void>;
  /** Settles when none is under way. */
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

export interface FoldingSettings {
  /** Updates since the snapshot after which a new one is written as soon as nobody writes for a moment. */
  readonly tailBeforeSnapshot: number;
  /** Bytes of them, after which one is written, if the lane is not larger. */
  readonly tailBytesBeforeSnapshot: number;
}

export interface FoldingDeps {
  readonly laneId: LaneId;
  readonly content: LaneContent;
  readonly work: LaneWork;
  readonly store: Pick<LaneStore, "writeSnapshot">;
  readonly clock: Clock;
  readonly log: RelayLog;
  readonly settings: FoldingSettings;
  readonly count: (what: "snapshots" | "work-failed") => void;
}

/** While people write without a pause, four times as many updates come first: each folding costs a document. */
const patience = 4;
const quietMs = 2_000;

export function createFolding({ laneId, content, work, store, clock, log, settings, count }: FoldingDeps): Folding {
  const first = { rows: settings.tailBeforeSnapshot, bytes: settings.tailBytesBeforeSnapshot };
  /** Higher after one that failed, so that it is tried again later. */
  let at = first;
  let folding: Promise<void> | undefined;
  let wroteAt = 0;
  let cancelWait: (() => void) | undefined;
  let closed = false;

  const foldIfDue = () => {
    const tail = content.tail();
    if (closed || tail.rows === 0) return;
    // By the lane's own size: folding takes as long as the lane is large, and large updates come one after the other.
    const isLarge = tail.bytes >= Math.max(at.bytes, content.snapshotBytes());
    if (isLarge || tail.rows >= at.rows * patience) return void now();
    if (tail.rows >= at.rows) cancelWait ??= clock.setTimer(quietMs, foldIfQuiet);
  };

  const foldIfQuiet = () => {
    const leftMs = wroteAt + quietMs - clock.now();
    cancelWait = leftMs > 0 ? clock.setTimer(leftMs, foldIfQuiet) : undefined;
    if (leftMs <= 0 && content.tail().rows >= at.rows) void now();
  };

  const now = (): Promise<void> => {
    folding ??= fold().then(() => {
      folding = undefined;
      foldIfDue();
    });
    return folding;
  };

  const fold = async (): Promise<void> => {
    const upTo = content.upTo();
    const { rows, bytes } = content.tail();
    if (closed || upTo === content.foldedUpTo()) return;
    const folded = await work.fold(content.everything()).catch(() => undefined);
    if (closed) return;
    if (!folded) {
      at = { rows: rows + first.rows, bytes: bytes + first.bytes };
      count("work-failed");
      return log.warn({ laneId, rows }, "updates could not be folded; the log still holds everything");
    }
    at = first;
    content.folded(folded, rows, upTo);
    if (folded.skipped > 0)
      log.warn({ laneId, skipped: folded.skipped }, "updates that cannot be applied are left out");
    const written = await store.writeSnapshot(laneId, { upTo, bytes: folded.snapshot }).catch(() => undefined);
    if (written?.ok) count("snapshots");
    else log.warn({ laneId }, "snapshot could not be written; the log still holds everything");
  };

  return {
    wrote: () => {
      wroteAt = clock.now();
      foldIfDue();
    },
    now,
    settled: async () => folding,
    close: () => {
      closed = true;
      cancelWait?.();
    },
  };
}

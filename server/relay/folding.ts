import type { LaneId } from "#shared/board/ids.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";

/** Makes snapshots of one lane, never two at once [R7]. */
export class Folding {
  readonly #deps: FoldingDeps;
  /** Rows and bytes from which it folds; more after one that failed, so that it is tried again later. */
  #atRows: number;
  #atBytes: number;
  #folding: Promise<void> | undefined;
  #wroteAt = 0;
  #cancelWait: (() => void) | undefined;
  #closed = false;

  constructor(deps: FoldingDeps) {
    this.#deps = deps;
    this.#atRows = deps.settings.tailBeforeSnapshot;
    this.#atBytes = deps.settings.tailBytesBeforeSnapshot;
  }

  /** Something was written: folds when there is enough of it. */
  wrote(): void {
    this.#wroteAt = this.#deps.clock.now();
    this.#foldIfDue();
  }

  /** Folds what is written, if anything is. Settles when it is done, or could not be. */
  now(): Promise<void> {
    this.#folding ??= this.#fold().then(() => {
      this.#folding = undefined;
      this.#foldIfDue();
    });
    return this.#folding;
  }

  /** Settles when none is under way. */
  async settled(): Promise<void> {
    await this.#folding;
  }

  close(): void {
    this.#closed = true;
    this.#cancelWait?.();
  }

  #foldIfDue(): void {
    const { content, clock } = this.#deps;
    const tail = content.tail();
    if (this.#closed || tail.rows === 0) return;
    // By the lane's own size: folding takes as long as the lane is large, and large updates come one after the other.
    const isLarge = tail.bytes >= Math.max(this.#atBytes, content.snapshotBytes());
    if (isLarge || tail.rows >= this.#atRows * patience) void this.now();
    else if (tail.rows >= this.#atRows) this.#cancelWait ??= clock.setTimer(quietMs, () => this.#foldIfQuiet());
  }

  #foldIfQuiet(): void {
    const { content, clock } = this.#deps;
    const leftMs = this.#wroteAt + quietMs - clock.now();
    this.#cancelWait = leftMs > 0 ? clock.setTimer(leftMs, () => this.#foldIfQuiet()) : undefined;
    if (leftMs <= 0 && content.tail().rows >= this.#atRows) void this.now();
  }

  async #fold(): Promise<void> {
    const { laneId, content, work, store, log, settings, count } = this.#deps;
    const upTo = content.upTo();
    const { rows, bytes } = content.tail();
    if (this.#closed || upTo === content.foldedUpTo()) return;
    const folded = await work.fold(content.everything()).catch(() => undefined);
    if (this.#closed) return;
    this.#atRows = settings.tailBeforeSnapshot + (folded ? 0 : rows);
    this.#atBytes = settings.tailBytesBeforeSnapshot + (folded ? 0 : bytes);
    if (!folded) {
      count("work-failed");
      return log.warn({ laneId, rows }, "updates could not be folded; the log still holds everything");
    }
    content.folded(folded, rows, upTo);
    if (folded.skipped > 0)
      log.warn({ laneId, skipped: folded.skipped }, "updates that cannot be applied are left out");
    const written = await store.writeSnapshot(laneId, { upTo, bytes: folded.snapshot }).catch(() => undefined);
    if (written?.ok) count("snapshots");
    else log.warn({ laneId }, "snapshot could not be written; the log still holds everything");
  }
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

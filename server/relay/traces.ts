import type { BoardId, LaneId } from "#shared/board/ids.ts";
import type { NewAuditEntry, Seq } from "../store/board-store.ts";
import type { Connection } from "./connection.ts";
import type { Clock } from "./ports.ts";

/**
 * What of a lane goes into its board's audit: who opened it, having read up to where, and who wrote which of its updates.
 * One line for all that a connection wrote, when it ends and at least every ten minutes.
 */
export class Traces {
  readonly #deps: TraceDeps;
  /** What each connection wrote since its last line. */
  #written: Map<Connection, Range> | undefined;

  constructor(deps: TraceDeps) {
    this.#deps = deps;
  }

  opened(connection: Connection, upTo: Seq): void {
    this.#deps.audit?.({ ...this.#by(connection), action: "lane-opened", from: 0, to: upTo });
  }

  wrote(connection: Connection, seq: Seq): void {
    if (!this.#deps.audit) return;
    this.#written ??= new Map();
    const range = this.#written.get(connection);
    if (range) range.to = seq;
    else {
      const cancel = this.#deps.clock.setTimer(writeDownEveryMs, () => this.left(connection));
      this.#written.set(connection, { from: seq, to: seq, cancel });
    }
    // It had left before the store answered.
    if (!connection.isOpen()) this.left(connection);
  }

  /** Writes down what it wrote: it has left, or has written for long enough. */
  left(connection: Connection): void {
    const range = this.#written?.get(connection);
    if (!range) return;
    this.#written?.delete(connection);
    range.cancel();
    this.#deps.audit?.({ ...this.#by(connection), action: "lane-written", from: range.from, to: range.to });
  }

  #by(connection: Connection) {
    const { boardId, laneId, clock } = this.#deps;
    return { boardId, laneId, personId: connection.person().personId, at: clock.now() };
  }
}

interface Range {
  readonly from: Seq;
  to: Seq;
  readonly cancel: () => void;
}

export interface TraceDeps {
  readonly laneId: LaneId;
  readonly boardId: BoardId;
  readonly clock: Clock;
  readonly audit: ((entry: NewAuditEntry) => void) | undefined;
}

const writeDownEveryMs = 600_000;

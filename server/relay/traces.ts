import type { BoardId, LaneId } from "#shared/board/ids.ts";
import type { NewAuditEntry, Seq } from "../store/board-store.ts";
import type { Connection } from "./connection.ts";
import type { Clock } from "./ports.ts";

/**
 * What of a lane goes into its board's audit: who opened it, having read up to where, and who wrote which of its updates.
 * One line for all that a connection wrote, when it ends and at least every ten minutes.
 */
export interface Traces {
  readonly opened: (connection: Connection, upTo: Seq) => void;
  readonly wrote: (connection: Connection, seq: Seq) => void;
  readonly left: (connection: Connection) => void;
}

export interface TraceDeps {
  readonly laneId: LaneId;
  readonly boardId: BoardId;
  readonly clock: Clock;
  readonly audit: ((entry: NewAuditEntry) => void) | undefined;
}

const writeDownEveryMs = 600_000;

export function createTraces({ laneId, boardId, clock, audit }: TraceDeps): Traces {
  const written = new Map<Connection, { readonly from: Seq; to: Seq; readonly cancel: () => void }>();
  const has = new Set<Connection>();

  const writeDown = (connection: Connection) => {
    const range = written.get(connection);
    if (!range) return;
    written.delete(connection);
    range.cancel();
    const { personId } = connection.person();
    audit?.({ boardId, laneId, personId, at: clock.now(), action: "lane-written", from: range.from, to: range.to });
  };
  return {
    opened: (connection, upTo) => {
      has.add(connection);
      const { personId } = connection.person();
      audit?.({ boardId, laneId, personId, at: clock.now(), action: "lane-opened", from: 0, to: upTo });
    },
    wrote: (connection, seq) => {
      if (!audit) return;
      const range = written.get(connection);
      if (range) range.to = seq;
      else {
        const cancel = clock.setTimer(writeDownEveryMs, () => writeDown(connection));
        written.set(connection, { from: seq, to: seq, cancel });
      }
      // It had left before the store answered.
      if (!has.has(connection)) writeDown(connection);
    },
    left: (connection) => {
      has.delete(connection);
      writeDown(connection);
    },
  };
}

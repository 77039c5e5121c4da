import type { UpdateCount } from "#shared/protocol/messages.ts";

/**
 * Keeps count of one socket's updates, and of how far they are settled without a gap: that number is what an ack says.
 * A refused update is settled (it got its answer); a lost one is not, and holds back all acks after it.
 */
export interface AckLedger {
  /** Counts one update and gives its number. */
  readonly take: () => UpdateCount;
  /** It needs nothing more: forced to disk, known before, or refused with a message. */
  readonly settle: (count: UpdateCount) => void;
  /** It was dropped because the store failed: only a later sync step 2 can bring its content back. */
  readonly lose: (count: UpdateCount) => void;
  /** A sync step 1 is sent. */
  readonly asked: () => void;
  /**
   * A sync step 2 came: it answers the oldest step 1 that is not answered. Gives how many updates had come when that was
   * sent. The client wrote its answer after it had sent those, against a state vector that lacked the lost among them, so it
   * holds them. Not so for those that came since: an answer may come in pieces, and they may be some of it.
   */
  readonly answered: () => UpdateCount;
  /**
   * A sync step 2 with this number is settled; `brings`: what `answered` gave when it came. It stands in for those before
   * unless something was lost between the two.
   */
  readonly settleStep2: (count: UpdateCount, brings: UpdateCount) => void;
  /** The first this many updates are settled. */
  readonly settled: () => UpdateCount;
  /** Something was lost and has not come back. */
  readonly hasLost: () => boolean;
}

export function createAckLedger(): AckLedger {
  let taken = 0;
  let settled = 0;
  const asks: UpdateCount[] = [];
  const ahead = new Map<UpdateCount, "settled" | "lost">();

  const settle = (count: UpdateCount) => {
    ahead.set(count, "settled");
    while (ahead.get(settled + 1) === "settled") ahead.delete(++settled);
  };
  return {
    take: () => ++taken,
    settle,
    lose: (count) => ahead.set(count, "lost"),
    asked: () => asks.push(taken),
    answered: () => asks.shift() ?? 0,
    settleStep2: (count, brings) => {
      const lost = [...ahead].flatMap(([other, state]) => (state === "lost" && other < count ? [other] : []));
      // One that was lost since it was asked for may be a piece of this answer, and hold what was lost before.
      if (lost.every((other) => other <= brings)) for (const other of lost) ahead.set(other, "settled");
      settle(count);
    },
    settled: () => settled,
    hasLost: () => [...ahead.values()].includes("lost"),
  };
}

import { expect, test } from "vitest";
import { createAckLedger } from "../../../../server/relay/ack-ledger.ts";

const ledgerOf = (count: number) => {
  const ledger = createAckLedger();
  for (let taken = 0; taken < count; taken++) ledger.take();
  return ledger;
};

test("[R2] updates are numbered from 1", () => {
  const ledger = createAckLedger();
  expect([ledger.take(), ledger.take(), ledger.settled()]).toEqual([1, 2, 0]);
});

test("[R2] an ack never runs ahead of an earlier update that is not settled", () => {
  const ledger = ledgerOf(3);
  ledger.settle(2);
  ledger.settle(3);
  expect(ledger.settled()).toBe(0);
  ledger.settle(1);
  expect(ledger.settled()).toBe(3);
});

test("[R2] a lost update holds back acks until a later sync step 2 is settled", () => {
  const ledger = ledgerOf(4);
  ledger.settle(1);
  ledger.lose(2);
  ledger.settle(3);
  expect(ledger.settled()).toBe(1);
  ledger.settleStep2(4, 3);
  expect(ledger.settled()).toBe(4);
});

test("[R2] a sync step 2 does not settle what was lost after it", () => {
  const ledger = ledgerOf(3);
  ledger.lose(3);
  ledger.settle(1);
  ledger.settleStep2(2, 1);
  expect(ledger.settled()).toBe(2);
});

test("[R2] a sync step 2 does not settle an earlier update that still waits for the disk", () => {
  const ledger = ledgerOf(2);
  ledger.settleStep2(2, 1);
  expect(ledger.settled()).toBe(0);
});

test("[R2] an answer stands in for what had come when it was asked for, and not for what was lost since: its own pieces", () => {
  const ledger = createAckLedger();
  ledger.take();
  ledger.lose(1);
  ledger.asked();
  // Two pieces of the answer, of which the disk loses the first.
  ledger.take();
  ledger.lose(2);
  ledger.settleStep2(ledger.take(), ledger.answered());
  // What was lost before may have come back in that very piece.
  expect(ledger.settled()).toBe(0);
  expect(ledger.hasLost()).toBe(true);
  ledger.asked();
  ledger.settleStep2(ledger.take(), ledger.answered());
  expect(ledger.settled()).toBe(4);
});

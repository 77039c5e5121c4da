import { expect, test } from "vitest";
import { type Claim, type HoldEvent, type HoldState, holderOf, stepHold } from "../../../../client/canvas/hold.ts";

const claim = (connection: number, since: number, idle = false): Claim => ({ connection, since, idle });
const begin = (at: number, ...claims: Claim[]): HoldEvent => ({ type: "begin", at, connection: 5, claims });
const heard = (...claims: Claim[]): HoldEvent => ({ type: "claims", claims });
const run = (...events: HoldEvent[]): HoldState =>
  events.reduce<HoldState>((state, event) => stepHold(state, event), { status: "reading" });

test("whoever begins on a free card writes", () => {
  expect(run(begin(100))).toEqual({ status: "writing", connection: 5, since: 100, idle: false });
});

test("a card that Bo writes in cannot be begun by Ana, whatever her clock says", () => {
  expect(run(begin(1, claim(9, 500)))).toEqual({ status: "blocked", by: 9 });
});

test("of two who began at once, the earlier one writes and the other is told", () => {
  expect(run(begin(100), heard(claim(9, 90)))).toEqual({ status: "blocked", by: 9 });
  expect(run(begin(100), heard(claim(9, 110)))).toMatchObject({ status: "writing" });
});

test("at the very same moment the smaller connection writes, so both sides agree", () => {
  expect(run(begin(100), heard(claim(4, 100)))).toEqual({ status: "blocked", by: 4 });
  expect(run(begin(100), heard(claim(6, 100)))).toMatchObject({ status: "writing" });
});

test("ten seconds without a key set the card free for others", () => {
  const idle = run(begin(100), { type: "silence" });
  expect(idle).toMatchObject({ status: "writing", idle: true });
  expect(run(begin(200, claim(9, 100, true)))).toMatchObject({ status: "writing" });
  expect(stepHold(idle, heard(claim(9, 20_000)))).toEqual({ status: "blocked", by: 9 });
});

test("a key after a silence holds the card again, unless somebody took it meanwhile", () => {
  const idle = run(begin(100), { type: "silence" });
  expect(stepHold(idle, { type: "key", at: 15_000, claims: [] })).toMatchObject({ idle: false, since: 15_000 });
  expect(stepHold(idle, { type: "key", at: 15_000, claims: [claim(9, 12_000)] })).toEqual({ status: "blocked", by: 9 });
});

test("a blocked person is free to begin once the other stops", () => {
  expect(run(begin(1, claim(9, 500)), heard())).toEqual({ status: "reading" });
  expect(run(begin(1, claim(9, 500)), heard(claim(9, 500, true)))).toEqual({ status: "reading" });
});

test("of several who write, the earliest that is not idle holds", () => {
  expect(holderOf([claim(1, 50, true), claim(2, 80), claim(3, 70)])?.connection).toBe(3);
  expect(holderOf([])).toBeUndefined();
});

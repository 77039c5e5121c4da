import { describe, expect, test } from "vitest";
import { byRankThenId, parseRank, type Rank, rankBetween, ranksToInsert } from "#shared/order/rank.ts";
import { createSeeded } from "../../../support/seeded.ts";

const between = (before: Rank | undefined, after: Rank | undefined): Rank => {
  const rank = rankBetween(before, after);
  if (!rank.ok) throw new Error(rank.error.kind);
  return rank.value;
};

describe("ranks", () => {
  test("a rank lies strictly between its neighbours, wherever it is put", () => {
    const seeded = createSeeded(7);
    const ranks: Rank[] = [];
    for (let step = 0; step < 3_000; step += 1) {
      const at = seeded.chance(0.3) ? seeded.pick([0, ranks.length]) : seeded.whole(ranks.length + 1);
      const [before, after] = [ranks[at - 1], ranks[at]];
      const rank = between(before, after);
      if (before !== undefined) expect(rank > before).toBe(true);
      if (after !== undefined) expect(rank < after).toBe(true);
      expect(parseRank(rank)).toBe(rank);
      ranks.splice(at, 0, rank);
    }
  });

  test("adding at either end stays short, and one spot grows a character in about six", () => {
    let [last, first] = [between(undefined, undefined), between(undefined, undefined)];
    for (let step = 0; step < 1_000; step += 1) {
      last = between(last, undefined);
      first = between(undefined, first);
    }
    expect(last.length).toBeLessThanOrEqual(4);
    expect(first.length).toBeLessThanOrEqual(4);
    const low = between(undefined, undefined);
    let high = between(low, undefined);
    for (let step = 0; step < 600; step += 1) high = between(low, high);
    expect(high.length).toBeLessThan(600 / 5);
  });

  test("neighbours that are equal or the wrong way round return ranks-out-of-order", () => {
    const low = between(undefined, undefined);
    const high = between(low, undefined);
    expect(rankBetween(high, low)).toEqual({ ok: false, error: { kind: "ranks-out-of-order" } });
    expect(rankBetween(low, low)).toEqual({ ok: false, error: { kind: "ranks-out-of-order" } });
  });

  test("what is not a rank is not read as one", () => {
    for (const bad of ["", "a", "0", "a00", "b0", "é0", "a0 ", `A${"0".repeat(26)}`, 3, null, {}]) {
      expect(parseRank(bad)).toBeUndefined();
    }
  });

  test("equal ranks are sorted by id", () => {
    const rank = between(undefined, undefined);
    const items = [
      { rank, id: "b" },
      { rank: between(undefined, rank), id: "c" },
      { rank, id: "a" },
    ];
    expect(items.sort(byRankThenId).map(({ id }) => id)).toEqual(["c", "a", "b"]);
  });

  test("[B12] between two equal ranks there is room too: the followers get new ones", () => {
    const same = between(undefined, undefined);
    const after = between(same, undefined);
    const { rank, rewritten } = ranksToInsert([same, same, same, after], 1);
    const order = [same, rank, rewritten.get(1), rewritten.get(2), after];
    expect(order.every((entry, index) => index === 0 || (entry ?? "") > (order[index - 1] ?? ""))).toBe(true);
    expect([...rewritten.keys()]).toEqual([1, 2]);
  });
});

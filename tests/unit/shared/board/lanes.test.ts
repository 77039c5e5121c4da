import { describe, expect, test } from "vitest";
import type { LaneId } from "#shared/board/ids.ts";
import { aCard, aDevice, aGoal, ana, aStep, bo, must, sync } from "../../../support/builders.ts";

const everything = [
  { kind: "shared", access: "write" },
  { kind: "offers", access: "write" },
] as const;
const onlyOffers = [
  { kind: "shared", access: "read" },
  { kind: "offers", access: "write" },
] as const;

describe("a board of several lanes", () => {
  test("[B6] what a supporter adds goes to offers, and stands on one map with the rest", () => {
    const owner = aDevice({ me: ana, seed: 1, lanes: everything });
    const supporter = aDevice({ me: bo, seed: 2, lanes: onlyOffers });
    const own = aCard(owner.board);
    sync(owner, supporter);
    const gift = aCard(supporter.board, { kind: "gift" });
    sync(owner, supporter);
    expect(new Set(owner.board.cardIdsIn("home/now"))).toEqual(new Set([own, gift]));
    expect(owner.board.card(gift)?.laneId).toBe("offers-1");
    expect(owner.board.card(own)?.laneId).toBe("shared-0");
    expect(supporter.board.canAdd()).toBe(true);
    expect(supporter.board.canWrite("shared-0" as LaneId)).toBe(false);
  });

  test("[B8] a command in a lane that is only read says so and changes nothing", () => {
    const owner = aDevice({ me: ana, seed: 1, lanes: everything });
    const supporter = aDevice({ me: bo, seed: 2, lanes: onlyOffers });
    const [card, goal] = [aCard(owner.board), aGoal(owner.board)];
    const step = aStep(owner.board, goal);
    sync(owner, supporter);
    const { board } = supporter;
    const refused = { ok: false, error: { kind: "lane-is-read-only" } };
    expect(board.setCardKind(card, "hope")).toEqual(refused);
    expect(board.removeCard(card)).toEqual(refused);
    expect(board.writeWords({ of: "card", id: card, field: "words" }, "mine now")).toEqual(refused);
    expect(board.moveGoal(goal, "end")).toEqual(refused);
    expect(board.setStepState(step, "done")).toEqual(refused);
    expect(board.canUndo()).toBe(false);
    const reader = aDevice({ me: bo, lanes: [{ kind: "shared", access: "read" }] });
    expect(reader.board.addCard({ kind: "hope", area: "home", time: "now" })).toEqual(refused);
    expect(reader.board.addGoal({})).toEqual(refused);
    expect(reader.board.canAdd()).toBe(false);
  });

  test("[B6] a supporter's step, number and link for a shared goal go to offers, which everybody reads", () => {
    const owner = aDevice({ me: ana, seed: 1, lanes: everything });
    const supporter = aDevice({ me: bo, seed: 2, lanes: onlyOffers });
    const [card, goal] = [aCard(owner.board), aGoal(owner.board)];
    sync(owner, supporter);
    must(supporter.board.linkStrength(card, goal));
    must(supporter.board.setReading(goal, 6));
    const step = aStep(supporter.board, goal);
    sync(owner, supporter);
    expect(owner.board.linksOfGoal(goal)).toHaveLength(1);
    expect(owner.board.readingsOf(goal)).toMatchObject([{ person: bo, number: 6 }]);
    expect(owner.board.stepIdsOf(goal)).toEqual([step]);
    expect(owner.board.step(step)?.laneId).toBe("offers-1");
  });

  test("[B6] a link between a private card and a shared goal is in the private lane alone", () => {
    const alone = aDevice({ me: ana, seed: 1, lanes: [{ kind: "private", access: "write" }] });
    const card = aCard(alone.board);
    const privateDoc = alone.doc;
    const both = aDevice({
      me: ana,
      seed: 2,
      lanes: [
        { kind: "shared", access: "write" },
        { kind: "private", access: "write", doc: privateDoc },
      ],
    });
    const goal = aGoal(both.board);
    expect(both.board.goal(goal)?.laneId).toBe("shared-0");
    must(both.board.linkStrength(card, goal));
    expect(both.board.linksOfGoal(goal)).toHaveLength(1);
    expect(both.doc.getMap("links").size).toBe(0);
    expect(privateDoc.getMap("links").size).toBe(1);
    const beside = aCard(both.board, { besides: card });
    expect(both.board.card(beside)?.laneId).toBe("private-1");
  });

  test("[B6] a shared step cannot move to a private goal, since it would name it", () => {
    const alone = aDevice({ me: ana, seed: 1, lanes: [{ kind: "private", access: "write" }] });
    const hidden = aGoal(alone.board);
    const both = aDevice({
      me: ana,
      seed: 2,
      lanes: [
        { kind: "shared", access: "write" },
        { kind: "private", access: "write", doc: alone.doc },
      ],
    });
    const goal = aGoal(both.board);
    const step = aStep(both.board, goal);
    expect(both.board.moveStep(step, hidden, "end")).toEqual({ ok: false, error: { kind: "lane-is-read-only" } });
    expect(both.board.stepIdsOf(goal)).toEqual([step]);
  });
});

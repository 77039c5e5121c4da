import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { BoardChange } from "#shared/board/board.ts";
import { upgradeLane } from "#shared/board/upgrade.ts";
import { aCard, aDevice, aGoal, aStep, must, type OpenDevice, sync, twoDevices } from "../../../support/builders.ts";

function listen({ board }: OpenDevice): BoardChange[] {
  const heard: BoardChange[] = [];
  board.subscribe((change) => heard.push(change));
  return heard;
}

describe("changes", () => {
  test("[B19] all of a frame's changes come at once, by id", () => {
    const device = aDevice();
    const heard = listen(device);
    const card = aCard(device.board);
    const goal = aGoal(device.board);
    const step = aStep(device.board, goal);
    must(device.board.linkStrength(card, goal));
    expect(heard).toEqual([]);
    device.frame();
    expect(heard).toEqual([
      {
        cards: new Set([card]),
        cells: new Set(["home/now"]),
        goals: new Set([goal]),
        steps: new Set([step]),
        links: true,
        goalOrder: true,
        byMe: true,
      },
    ]);
    device.frame();
    expect(heard).toHaveLength(1);
  });

  test("[B19] only the cells whose lists changed are named, and byMe is false when somebody else had a part", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board);
    sync(a, b);
    b.frame();
    const heard = listen(b);
    must(a.board.writeWords({ of: "card", id, field: "words" }, "more"));
    sync(a, b);
    b.frame();
    expect(heard.at(-1)).toMatchObject({ cards: new Set([id]), cells: new Set(), byMe: false });
    must(b.board.placeCard(id, { area: "fun", time: "hoped", at: { x: 0, y: 0 } }));
    b.frame();
    expect(heard.at(-1)).toMatchObject({ cells: new Set(["home/now", "fun/hoped"]), byMe: true });
    b.board.undo();
    b.frame();
    expect(heard.at(-1)).toMatchObject({ cells: new Set(["home/now", "fun/hoped"]), byMe: true });
  });

  test("[B19] a card's own listener hears of that card alone, and nobody hears anything after close", () => {
    const device = aDevice();
    const [id, other] = [aCard(device.board), aCard(device.board)];
    device.frame();
    let calls = 0;
    const stop = device.board.subscribeCard(id, () => {
      calls += 1;
    });
    must(device.board.setCardKind(other, "hope"));
    device.frame();
    expect(calls).toBe(0);
    must(device.board.setCardKind(id, "hope"));
    device.frame();
    expect(calls).toBe(1);
    stop();
    const heard = listen(device);
    must(device.board.setCardKind(id, "need"));
    device.board.close();
    device.frame();
    expect([calls, heard.length]).toEqual([1, 0]);
  });

  test("[B2] a change of one card among thousands makes no list anew but its own cell's", () => {
    const { a, b } = twoDevices();
    const ids = Array.from({ length: 1_000 }, (_, index) =>
      aCard(a.board, { area: index % 2 ? "home" : "fun", at: { x: 0, y: index * 5 } }),
    );
    sync(a, b);
    b.frame();
    const [home, fun, cards] = [b.board.cardIdsIn("home/now"), b.board.cardIdsIn("fun/now"), ids.map(b.board.card)];
    const moved = ids[1] ?? ("" as never);
    must(a.board.placeCard(moved, { area: "home", time: "now", at: { x: 100, y: 9_000 } }));
    sync(a, b);
    expect(b.board.cardIdsIn("fun/now")).toBe(fun);
    expect(b.board.cardIdsIn("home/now")).not.toBe(home);
    expect(b.board.cardIdsIn("home/now").at(-1)).toBe(moved);
    expect(ids.filter((id, index) => b.board.card(id) !== cards[index])).toEqual([moved]);
  });
});

describe("upgrades", () => {
  test("[B25] two devices that upgrade at once end with the same lane, and a newer one is left alone", () => {
    const renamed = { to: 2, run: (doc: Y.Doc) => void doc.getMap("meta").set("renamed", true) };
    const [one, two] = [new Y.Doc(), new Y.Doc()];
    one.getMap("meta").set("version", 1);
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    for (const doc of [one, two]) for (let again = 0; again < 2; again += 1) upgradeLane(doc, [renamed], 2);
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    Y.applyUpdate(one, Y.encodeStateAsUpdate(two));
    expect(one.getMap("meta").toJSON()).toEqual({ version: 2, renamed: true });
    expect(two.getMap("meta").toJSON()).toEqual(one.getMap("meta").toJSON());
    one.getMap("meta").set("version", 9);
    upgradeLane(one, [renamed], 2);
    expect(one.getMap("meta").get("version")).toBe(9);
  });
});

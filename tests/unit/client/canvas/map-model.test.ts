import { expect, test } from "vitest";
import { createMapModel, crowdAbove } from "../../../../client/canvas/map-model.ts";
import { aCard, aDevice } from "../../../support/builders.ts";
import { createSeeded } from "../../../support/seeded.ts";

const wholeMap = { x: 0, y: 0, width: 1_400, height: 100_000 };
const firstScreen = { x: 0, y: 0, width: 1_400, height: 300 };

const cardIds = (model: ReturnType<typeof createMapModel>, cell: "home/now" | "culture/now") =>
  model.cell(cell).cards.map(({ cardId }) => cardId);

test("only cards in view and a little around it are elements", () => {
  const { board } = aDevice();
  const near = aCard(board, { area: "home" });
  const far = aCard(board, { area: "culture" });
  const model = createMapModel(board);
  model.look(firstScreen, 1);
  expect(cardIds(model, "home/now")).toEqual([near]);
  expect(cardIds(model, "culture/now")).toEqual([]);
  model.look({ ...firstScreen, y: 1_500 }, 1);
  expect(cardIds(model, "culture/now")).toEqual([far]);
  model.close();
});

test("a card that is written in stays an element wherever the view goes", () => {
  const { board } = aDevice();
  const written = aCard(board, { area: "home" });
  const model = createMapModel(board);
  model.keep([written]);
  model.look({ ...firstScreen, y: 5_000 }, 1);
  expect(cardIds(model, "home/now")).toEqual([written]);
  model.close();
});

test("elements stand in reading order, whatever order the cards came in", () => {
  const { board } = aDevice();
  const second = aCard(board, { at: { x: 216, y: 12 } });
  const third = aCard(board, { at: { x: 12, y: 136 } });
  const first = aCard(board, { at: { x: 12, y: 12 } });
  const model = createMapModel(board);
  model.look(wholeMap, 1);
  expect(cardIds(model, "home/now")).toEqual([first, second, third]);
  model.close();
});

test("a view that moved less than 64 pixels is not worked out again", () => {
  const { board } = aDevice();
  aCard(board, { area: "home" });
  const model = createMapModel(board);
  model.look(firstScreen, 1);
  let told = 0;
  model.subscribeCell("home/now", () => {
    told += 1;
  });
  model.look({ ...firstScreen, y: 40 }, 1);
  expect(told).toBe(0);
  model.look({ ...firstScreen, y: 3_000 }, 1);
  expect(told).toBe(1);
  model.close();
});

test("too many cards in view become a crowd, and elements again when fewer are", () => {
  const { board } = aDevice();
  for (let card = 0; card <= crowdAbove; card += 1) aCard(board, { at: { x: 12, y: 12 + card * 124 } });
  const model = createMapModel(board);
  model.look(wholeMap, 0.1);
  expect(model.isSketched()).toBe(true);
  expect(model.cell("home/now").cards).toEqual([]);
  model.look(firstScreen, 1);
  expect(model.isSketched()).toBe(false);
  expect(model.cell("home/now").cards.length).toBeGreaterThan(0);
  model.close();
});

test("in motion no card is put up or taken down: a sketch stands for them until it rests", () => {
  const { board } = aDevice();
  const near = aCard(board, { area: "home" });
  const far = aCard(board, { area: "culture" });
  const model = createMapModel(board);
  model.look(firstScreen, 1);
  model.look({ ...firstScreen, y: 1_500 }, 1, true);
  expect(cardIds(model, "home/now")).toEqual([near]);
  expect(cardIds(model, "culture/now")).toEqual([]);
  expect(model.isSketched()).toBe(true);
  expect([...model.notSketched()]).toEqual([near]);
  model.look({ ...firstScreen, y: 1_500 }, 1);
  expect(cardIds(model, "home/now")).toEqual([]);
  expect(cardIds(model, "culture/now")).toEqual([far]);
  expect(model.isSketched()).toBe(false);
  model.close();
});

test("a change redraws the cell it happened in and no other", () => {
  const { board, frame } = aDevice();
  const moved = aCard(board, { area: "home", at: { x: 12, y: 12 } });
  aCard(board, { area: "culture" });
  frame();
  const model = createMapModel(board);
  model.look(wholeMap, 1);
  const before = model.cell("culture/now");
  board.placeCard(moved, { area: "home", time: "now", at: { x: 216, y: 12 } });
  frame();
  expect(model.cell("home/now").cards).toEqual([{ cardId: moved, x: 216, y: 12 }]);
  expect(model.cell("culture/now")).toBe(before);
  model.close();
});

test("Add stands at the first free spot at the cell's end", () => {
  const { board } = aDevice();
  const model = createMapModel(board);
  expect(model.cell("home/now").end).toMatchObject({ isEmpty: true, addAt: { x: 12, y: 12 } });
  model.close();
  aCard(board, { at: { x: 12, y: 12 } });
  const withOne = createMapModel(board);
  withOne.look(wholeMap, 1);
  expect(withOne.cell("home/now").end).toMatchObject({ isEmpty: false, addAt: { x: 216, y: 12 } });
  withOne.close();
});

test("after any moves, removals and additions the map stands as if it had just been opened", () => {
  const random = createSeeded(7);
  const { board, frame } = aDevice();
  const ids = Array.from({ length: 30 }, () => aCard(board, { area: "home", time: "now" }));
  frame();
  const model = createMapModel(board);
  for (let round = 0; round < 120; round += 1) {
    for (let change = 0; change <= round % 3; change += 1) {
      const id = ids[random.whole(ids.length)];
      if (!id) continue;
      // Few enough points that cards often meet on one and fan out.
      const at = { x: random.whole(5) * 50, y: random.whole(40) * 30 };
      if (round % 7 === 0) board.removeCard(id);
      else if (round % 7 === 3) board.bringBackCard(id);
      else board.placeCard(id, { area: "home", time: random.whole(2) ? "now" : "before", at });
    }
    frame();
    const fresh = createMapModel(board);
    expect(model.layout()).toEqual(fresh.layout());
    for (const id of ids) expect(model.pointOf(id), `round ${round}`).toEqual(fresh.pointOf(id));
    expect(model.cardsIn(wholeMap)).toHaveLength(fresh.cardsIn(wholeMap).length);
    fresh.close();
  }
  model.close();
});

import { expect, test } from "vitest";
import { fillBoard, freshLinks } from "../../server/demo/fill-board.ts";
import { stories } from "../../server/demo/stories.ts";
import { browserTest } from "../support/browser-test.ts";
import { say } from "../support/say.ts";
import { createSeeded } from "../support/seeded.ts";

const { server, aBoard, join } = browserTest();

async function gavinsLink(): Promise<string> {
  const empty = await aBoard({ name: "Gavin", language: "en" });
  const start = { boardId: empty.boardId, link: empty.ownerLink, alreadyOn: { sunita: empty.workerSession } };
  // The same ids in each run: some lists are in their order.
  const filled = await fillBoard(server().url, stories.gavin, start, createSeeded(1).bytes);
  return (await freshLinks(server().url, filled)).find(({ name }) => name === "Gavin")?.url ?? "";
}

/**
 * What a screen reader is given, whole, as files beside this test: a change of them is a change of what people hear, and is
 * to be read before it is taken over with `npm run test:browser -- -u`.
 */
test("A screen reader is given the map, the list and the plan of Gavin's board as written down", async () => {
  const { page, board } = await join(await gavinsLink(), { device: "desktop" });
  const read = async (name: string) => page.getByRole("region", { name, exact: true }).last().ariaSnapshot();

  await board.show("list");
  await expect.poll(() => board.cards.count()).toBe(Object.keys(stories.gavin.cards).length);
  await expect(await read(say("list.name"))).toMatchFileSnapshot("reading/gavin-list.txt");
  await expect(await read(say("board.view.plan"))).toMatchFileSnapshot("reading/gavin-plan.txt");
  await board.show("map");
  // Near enough and tall enough for every card to be there: those out of view are not in the page.
  await page.setViewportSize({ width: 1440, height: 4_000 });
  await expect.poll(() => board.cards.count()).toBe(Object.keys(stories.gavin.cards).length);
  await expect(await read(say("map.name"))).toMatchFileSnapshot("reading/gavin-map.txt");
});

test("Map and list say the same cards in the same order", async () => {
  const { page, board } = await join(await gavinsLink(), { device: "desktop" });
  await page.setViewportSize({ width: 1440, height: 4_000 });
  const count = Object.keys(stories.gavin.cards).length;
  const wordsInOrder = async () => {
    await expect.poll(() => board.cards.count()).toBe(count);
    return page.locator("[data-card-id] [lang]").allTextContents();
  };
  await board.show("map");
  const onMap = await wordsInOrder();
  await board.show("list");
  expect(await wordsInOrder()).toEqual(onMap);
  expect(onMap).toHaveLength(count);
});

test("Headings lead through the list: the board, its areas, their times", async () => {
  const { page, board } = await join(await gavinsLink(), { device: "phone" });
  await board.show("list");
  const levels = await page
    .getByRole("heading")
    .evaluateAll((headings) => headings.map((heading) => Number(heading.tagName.slice(1))));
  expect(levels[0]).toBe(1);
  for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
  expect(levels.filter((level) => level === 2)).toHaveLength(7);
  expect(levels.filter((level) => level === 3)).toHaveLength(21);
});

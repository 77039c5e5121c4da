import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { boardPage } from "../support/board-page.ts";
import { browserTest } from "../support/browser-test.ts";
import { say } from "../support/say.ts";

const { aBoard, aDevice } = browserTest();

/** Presses Tab until it is there: what Tab does not reach, a keyboard does not have. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.first().waitFor();
  for (let presses = 0; presses < 200; presses += 1) {
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not come to ${target}`);
}

const focusIsVisible = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  });

test("With a keyboard alone: join, add a card, write, move it, connect it to a goal, plan a step, undo", async () => {
  const invitation = await aBoard({ name: "Ana", language: "en" });
  const { page } = await aDevice({ device: "desktop" });
  const board = boardPage(page);
  await page.goto(invitation.ownerLink);
  await tabTo(page, page.getByRole("button", { name: say("join.go"), exact: true }));
  expect(await focusIsVisible(page)).toBe(true);
  await page.keyboard.press("Enter");
  await board.saved();

  // Add, and write at once.
  const map = page.getByRole("region", { name: say("map.name") });
  await tabTo(page, map);
  await page.keyboard.press("n");
  const field = page.getByRole("textbox", { name: say("card.words") });
  await field.waitFor();
  await page.keyboard.type("Up at five");
  await page.keyboard.press("Enter");
  const card = board.cardWith("Up at five");
  await expect.poll(() => isFocused(card)).toBe(true);
  expect(await focusIsVisible(page)).toBe(true);

  // Edit in place.
  await page.keyboard.press("Enter");
  await field.waitFor();
  await page.keyboard.press("End");
  await page.keyboard.type(", never late");
  await page.keyboard.press("Enter");
  await board.cardWith("Up at five, never late").waitFor();

  // Move by keys, told by meaning; then undo, which puts it back.
  const cell = () => card.evaluate((element) => element.closest("[data-cell]")?.getAttribute("data-cell"));
  const before = await cell();
  await page.keyboard.press("m");
  await page.getByText(say("move.begin", { words: "Up at five, never late" })).waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => board.announced.textContent()).toMatch(/^Now in /);
  await page.keyboard.press("Enter");
  await expect.poll(cell).not.toBe(before);
  await expect.poll(() => isFocused(card)).toBe(true);
  await page.keyboard.press("Control+z");
  await expect.poll(cell).toBe(before);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(cell).not.toBe(before);

  // A goal, from anywhere.
  await page.keyboard.press("p");
  await page.keyboard.press("Shift+G");
  const goalWords = page.getByRole("textbox", { name: say("plan.goal.words", { number: 1 }) });
  await expect.poll(() => isFocused(goalWords)).toBe(true);
  await page.keyboard.type("Get my weekends back");

  // Connect the card to it.
  await tabTo(page, card, "Shift+Tab");
  await page.keyboard.press("g");
  const choice = page.getByRole("dialog").getByRole("checkbox", { name: "Get my weekends back" });
  await tabTo(page, choice);
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await expect.poll(() => isFocused(card)).toBe(true);
  await page.getByRole("button", { name: say("plan.strengths.remove", { words: "Up at five, never late" }) }).waitFor();

  // A number, and a step for today: what, who, by when, done.
  const number = page
    .getByRole("radiogroup", { name: say("plan.line.mine") })
    .getByRole("radio", { name: "2", exact: true });
  await tabTo(
    page,
    page
      .getByRole("radiogroup", { name: say("plan.line.mine") })
      .getByRole("radio")
      .first(),
  );
  await page.keyboard.press("2");
  await expect.poll(() => number.isChecked()).toBe(true);

  const words = "Get my weekends back";
  await tabTo(
    page,
    page.getByRole("button", { name: say("plan.step.addTo", { group: say("plan.size.today"), words }) }),
  );
  await page.keyboard.press("Enter");
  await expect.poll(() => isFocused(page.getByRole("textbox", { name: say("plan.step.words") }))).toBe(true);
  await page.keyboard.type("Text the centre");
  const step = { words: "Text the centre" };
  await tabTo(page, page.getByRole("button", { name: say("plan.step.more", step) }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: say("plan.who.meNamed", { name: "Ana" }) }));
  await page.keyboard.press("Space");
  await tabTo(page, page.getByRole("textbox", { name: say("plan.when.words") }));
  await page.keyboard.type("after tea");
  const done = page.getByRole("checkbox", { name: say("plan.step.doneNamed", step) });
  await tabTo(page, done, "Shift+Tab");
  await page.keyboard.press("Space");
  await expect.poll(() => done.isChecked()).toBe(true);
  await board.plan.getByText(/Me\W+after tea/).waitFor();

  await page.keyboard.press("Control+z");
  await expect.poll(() => done.isChecked()).toBe(false);
  await board.saved();
});

test("The list does by keys what the map does: add, move by name, put away, bring back", async () => {
  const invitation = await aBoard({ name: "Ana", language: "en" });
  const { page } = await aDevice({ device: "desktop" });
  const board = boardPage(page);
  await page.goto(invitation.ownerLink);
  await tabTo(page, page.getByRole("button", { name: say("join.go"), exact: true }));
  await page.keyboard.press("Enter");
  await board.saved();
  await page.keyboard.press("l");
  const add = say("cell.addTo", { area: say("area.home"), time: say("time.now") });
  await tabTo(page, page.getByRole("button", { name: add }));
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: say("card.words") }).waitFor();
  await page.keyboard.type("Sunday roast");
  await page.keyboard.press("Enter");
  await board.cardWith("Sunday roast").waitFor();

  await tabTo(page, page.getByRole("button", { name: say("card.menu", { words: "Sunday roast" }) }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: say("card.move"), exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByLabel(say("move.area")));
  await page.keyboard.type("Fun");
  await tabTo(page, page.getByRole("button", { name: say("move.do") }));
  await page.keyboard.press("Enter");
  await page
    .getByRole("region", { name: say("area.fun") })
    .getByText("Sunday roast")
    .waitFor();

  await tabTo(page, page.getByRole("button", { name: say("card.menu", { words: "Sunday roast" }) }));
  if ((await page.getByRole("button", { name: say("card.putAway"), exact: true }).count()) === 0)
    await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: say("card.putAway"), exact: true }));
  await page.keyboard.press("Enter");
  await board.cardWith("Sunday roast").waitFor({ state: "detached" });
  await tabTo(page, page.getByRole("button", { name: say("map.shelf", { count: 1 }) }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: say("map.bringBack") }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await board.cardWith("Sunday roast").waitFor();
});

const isFocused = (target: Locator) => target.evaluate((element) => element === document.activeElement);

import { expect, test } from "vitest";
import { browserTest } from "../support/browser-test.ts";
import { linkFor } from "../support/person.ts";
import { say } from "../support/say.ts";

const { aBoard, join } = browserTest();

async function anaAndBo() {
  const board = await aBoard({ name: "Ana", language: "en" });
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await join(board.ownerLink, { device: "tablet" });
  const bo = await join(link, { device: "desktop" });
  return { ana, bo };
}

test("Two people write one map: each card is on the other's screen, and both know who is here", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("home", "now", "The kitchen table");
  await bo.board.cardWith("The kitchen table").waitFor();
  await bo.board.addCard("home", "now", "Morning light");
  await ana.board.cardWith("Morning light").waitFor();
  await ana.page.getByRole("button", { name: /2 people are here: .*Bo/ }).waitFor();
  await bo.page.getByRole("button", { name: /2 people are here: .*Ana/ }).waitFor();
  await ana.board.saved();
  await bo.board.saved();
});

test("Letters appear on the other screen while they are typed, with who is writing", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("work", "before", "Ran");
  await bo.board.cardWith("Ran").waitFor();
  await ana.board.cardWith("Ran").click();
  const field = ana.page.getByRole("textbox", { name: say("card.words") });
  await field.press("End");
  await field.pressSequentially(" a team of six");
  await bo.board.cardWith("Ran a team of six").waitFor();
  await bo.page.getByText(say("card.writing", { name: "Ana" })).waitFor();
  await field.press("Enter");
  await bo.page.getByText(say("card.writing", { name: "Ana" })).waitFor({ state: "detached" });
});

test("A card that somebody writes in is theirs for now: the other is told, and can write one beside it", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("people", "now", "Grandma Ruth");
  await ana.board.cardWith("Grandma Ruth").click();
  await ana.page.getByRole("textbox", { name: say("card.words") }).pressSequentially("!");
  await bo.page.getByText(say("card.writing", { name: "Ana" })).waitFor();

  await bo.board.cardWith("Grandma Ruth").click();
  await bo.page
    .getByText(say("card.held", { name: "Ana" }))
    .or(bo.page.getByText(say("card.heldNow", { name: "Ana" })))
    .first()
    .waitFor();
  await bo.page.getByRole("button", { name: say("card.beside") }).click();
  const field = bo.page.getByRole("textbox", { name: say("card.words") });
  await field.fill("She taught me to bake");
  await field.press("Enter");
  await ana.board.cardWith("She taught me to bake").waitFor();
  expect(await bo.board.cardWith("Grandma Ruth").count()).toBe(1);
});

test("Undo takes back mine alone, across map and plan, and never what another wrote", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("home", "now", "Ana’s card");
  await bo.board.cardWith("Ana’s card").waitFor();
  await bo.board.addCard("home", "now", "Bo’s card");
  await ana.board.cardWith("Bo’s card").waitFor();

  const undo = ana.page.getByRole("button", { name: say("undo.undo"), exact: true });
  while (await undo.isEnabled()) await undo.click();
  await bo.board.cardWith("Ana’s card").waitFor({ state: "detached" });
  expect(await bo.board.cardWith("Bo’s card").count()).toBe(1);
  expect(await ana.board.cardWith("Bo’s card").count()).toBe(1);

  const redo = ana.page.getByRole("button", { name: say("undo.redo"), exact: true });
  while (await redo.isEnabled()) await redo.click();
  await bo.board.cardWith("Ana’s card").waitFor();
});

test("A goal that one adds, the other puts steps and a number to", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.page.getByRole("button", { name: say("plan.goal.addFirst") }).click();
  await ana.page.getByRole("textbox", { name: say("plan.goal.words", { number: 1 }) }).fill("Get my weekends back");
  const words = "Get my weekends back";
  await bo.page.getByRole("heading", { name: say("plan.goal.named", { number: 1, words }) }).waitFor();

  await bo.page.getByRole("button", { name: say("plan.step.addTo", { group: say("plan.size.today"), words }) }).click();
  await bo.page.getByRole("textbox", { name: say("plan.step.words") }).fill("Text the centre");
  await ana.page.getByRole("checkbox", { name: say("plan.step.doneNamed", { words: "Text the centre" }) }).click();
  await expect
    .poll(() =>
      bo.page.getByRole("checkbox", { name: say("plan.step.doneNamed", { words: "Text the centre" }) }).isChecked(),
    )
    .toBe(true);
});

test("A card that one drags is moved on the other's screen", async () => {
  const { ana, bo } = await anaAndBo();
  await bo.board.addCard("home", "before", "My own room");
  await ana.board.cardWith("My own room").waitFor();
  const from = await bo.board.cardWith("My own room").boundingBox();
  const to = await bo.page.locator('[data-cell="home/hoped"]').boundingBox();
  if (!from || !to) throw new Error("The card or its new place is not on screen");
  await bo.page.mouse.move(from.x + 40, from.y + 30);
  await bo.page.mouse.down();
  await bo.page.mouse.move(from.x + 60, from.y + 40, { steps: 4 });
  await bo.page.mouse.move(to.x + 60, to.y + 40, { steps: 8 });
  await bo.page.mouse.up();
  await ana.page.locator('[data-cell="home/hoped"]').getByText("My own room").waitFor();
});

test("Who wrote it is told on request: for a card, and for the words in it", async () => {
  const { ana, bo } = await anaAndBo();
  await bo.board.addCard("money", "now", "Sunday choir");
  await ana.board.cardWith("Sunday choir").waitFor();
  await ana.board.cardWith("Sunday choir").focus();
  await ana.page.keyboard.press("Shift+F10");
  await ana.page.getByRole("button", { name: say("card.who"), exact: true }).click();
  await ana.page
    .getByRole("dialog")
    .getByText(/Bo added this card/)
    .waitFor();
});

import { expect, test } from "vitest";
import { stories } from "../../../server/demo/stories.ts";
import { browserTest } from "../../support/browser-test.ts";
import { linkFor } from "../../support/person.ts";
import { say } from "../../support/say.ts";

const { server, aBoard, aDevice, join } = browserTest();
const { cards, goals } = stories.gavin;

/**
 * S1: Gavin, who did not ask for this, and Sunita, at his kitchen table. Her tablet lies between them, his phone is his.
 * What it says of the pen, of musts and of agreements comes with those.
 */
test("S1: a tablet and a phone make a map and a plan; for the first minutes Gavin types nothing", async () => {
  const invitation = await aBoard({ name: "Gavin", language: "en" });
  const sunitasLink = await linkFor(invitation, { name: "Sunita R", role: "worker" });
  const gavin = await join(invitation.ownerLink, { device: "phone" });
  const sunita = await join(sunitasLink, { device: "tablet" });

  // A picture instead of a name, and nothing to fill in.
  await gavin.page.getByRole("button", { name: say("name.symbol") }).click();
  await gavin.page.getByRole("radio", { name: say("symbol.fish") }).check({ force: true });
  await gavin.page.getByRole("button", { name: say("name.save") }).click();
  await gavin.page.getByRole("heading", { name: say("name.title") }).waitFor({ state: "detached" });

  // Sunita writes on the tablet what he says; he sees each on his phone, and takes one back with a tap.
  for (const key of ["roast", "van"] as const) {
    const { area, time, words } = cards[key];
    await sunita.board.addCard(area, time, words);
    await gavin.board.cardWith(words).waitFor();
  }
  await sunita.board.addCard("home", "hoped", "A bigger flat");
  await gavin.board.cardWith("A bigger flat").waitFor();
  await gavin.page.getByRole("button", { name: say("card.menu", { words: "A bigger flat" }) }).click();
  await gavin.page.getByRole("button", { name: say("card.putAway"), exact: true }).click();
  await sunita.board.cardWith("A bigger flat").waitFor({ state: "detached" });

  // Then he writes himself.
  const { early, weekends, files } = cards;
  for (const { area, time, words } of [early, weekends, files]) await gavin.board.addCard(area, time, words);
  await gavin.board.saved();

  // The goal in his own words, on the tablet; his number on his phone.
  const goal = goals[0];
  await sunita.page.getByRole("button", { name: say("plan.goal.addFirst") }).click();
  await sunita.page.getByRole("textbox", { name: say("plan.goal.words", { number: 1 }) }).fill(goal.words);
  const { words } = goal;
  await sunita.page.getByRole("textbox", { name: say("plan.line.zeroOf", { words }) }).fill(goal.zero);
  await sunita.page.getByRole("textbox", { name: say("plan.line.tenOf", { words }) }).fill(goal.ten);
  await gavin.board.show("plan");
  await gavin.page.getByRole("heading", { name: say("plan.goal.named", { number: 1, words }) }).waitFor();
  await gavin.page
    .getByRole("radiogroup", { name: say("plan.line.mine") })
    .getByRole("radio", { name: "2", exact: true })
    .click();
  await sunita.board.plan
    .getByText(/Gavin\W*: 2/)
    .first()
    .waitFor();

  // A strength from the map stands behind the goal.
  await gavin.page.getByRole("button", { name: say("plan.strengths.addTo", { words }) }).click();
  await gavin.page.getByRole("checkbox", { name: early.words }).check({ force: true });
  await gavin.page
    .getByRole("dialog")
    .getByRole("button", { name: say("plan.done"), exact: true })
    .click();
  await sunita.page.getByRole("button", { name: say("plan.strengths.remove", { words: early.words }) }).waitFor();

  // Each promises something; both see both.
  const [his, hers] = goal.steps;
  await gavin.page
    .getByRole("button", { name: say("plan.step.addTo", { group: say("plan.size.today"), words }) })
    .click();
  await gavin.page
    .getByRole("textbox", { name: say("plan.step.words") })
    .last()
    .fill(his.what);
  await sunita.page.getByRole("button", { name: say("plan.step.more", { words: his.what }) }).waitFor();
  await sunita.page
    .getByRole("button", { name: say("plan.step.addTo", { group: say("plan.size.this-week"), words }) })
    .click();
  await sunita.page
    .getByRole("textbox", { name: say("plan.step.words") })
    .last()
    .fill(hers.what);
  await sunita.page.getByRole("button", { name: say("plan.step.more", { words: hers.what }) }).click();
  await sunita.page.getByLabel(say("plan.when.date")).fill(hers.date);
  await gavin.page.getByRole("checkbox", { name: say("plan.step.doneNamed", { words: hers.what }) }).waitFor();
  await gavin.board.plan.getByText(/by Thu 26 Nov/).waitFor();

  // Who wrote what is right on each of them.
  await gavin.board.show("list");
  for (const [card, author] of [
    [cards.roast.words, "Sunita R"],
    [early.words, "Gavin"],
  ] as const) {
    await gavin.page.getByRole("button", { name: say("card.menu", { words: card }) }).click();
    await gavin.page.getByRole("button", { name: say("card.who"), exact: true }).click();
    await gavin.page
      .getByRole("dialog")
      .getByText(new RegExp(`^${author} added this card`))
      .waitFor();
    await gavin.page.keyboard.press("Escape");
    await gavin.page.getByRole("button", { name: say("card.menu", { words: card }) }).click();
  }

  // "Not today": he puts the phone away in the middle of it, and everything is there on the tablet and for later.
  await gavin.board.saved();
  await sunita.board.saved();
  await gavin.page.goto("about:blank");
  await sunita.page.reload();
  await sunita.board.saved();
  await sunita.board.plan.getByRole("heading", { name: say("plan.goal.named", { number: 1, words }) }).waitFor();
  await sunita.board.show("list");
  for (const key of ["roast", "van", "early", "weekends", "files"] as const) {
    await sunita.board.cardWith(cards[key].words).waitFor();
  }
  expect(await sunita.board.cardWith("A bigger flat").count()).toBe(0);
  await gavin.page.goto(`${server().url}/b/${invitation.boardId}`);
  await gavin.board.saved();
  await gavin.board.cardWith(early.words).waitFor();
});

test("S1: no case number, score or approval stands anywhere on Gavin's screens", async () => {
  const invitation = await aBoard({ name: "Gavin", language: "en" });
  const { page } = await aDevice({ device: "phone" });
  await page.goto(invitation.ownerLink);
  await page.getByRole("button", { name: say("join.go"), exact: true }).click();
  await page.locator('[data-save="saved"]').waitFor();
  for (const view of ["list", "map", "plan"] as const) {
    await page.getByRole("button", { name: say(`board.view.${view}`), exact: true }).click();
    await page.locator("main h2").first().waitFor();
    expect(await page.locator("body").textContent()).not.toMatch(/case (number|id)|risk|score|approv|manager/i);
  }
});

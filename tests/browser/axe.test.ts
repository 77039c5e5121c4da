import { expect, test } from "vitest";
import { fillBoard, freshLinks } from "../../server/demo/fill-board.ts";
import { stories } from "../../server/demo/stories.ts";
import { axeFindings } from "../support/axe.ts";
import { boardPage } from "../support/board-page.ts";
import { browserTest } from "../support/browser-test.ts";
import { joinInBrowser } from "../support/person.ts";
import { sayIn } from "../support/say.ts";

const { server, aBoard, aDevice } = browserTest();

for (const language of ["en", "ar"] as const) {
  for (const device of ["phone", "desktop"] as const) {
    test(`axe finds nothing on any screen (${language}, ${device})`, { timeout: 240_000 }, async () => {
      const say = sayIn(language);
      const arabic = language === "ar";
      const story = arabic ? stories.amal : stories.gavin;
      const owner = arabic ? stories.amal.people.amal : stories.gavin.people.gavin;
      const empty = await aBoard({ name: owner.name, language });
      const worker = { [arabic ? "fiona" : "sunita"]: empty.workerSession };
      const filled = await fillBoard(server().url, story, {
        boardId: empty.boardId,
        link: empty.ownerLink,
        alreadyOn: worker,
      });
      const link = (await freshLinks(server().url, filled)).find(({ name }) => name === owner.name)?.url ?? "";
      const { page } = await aDevice({ device, language });
      const board = boardPage(page, say);
      const found: Record<string, readonly string[]> = {};
      const look = async (screen: string) => {
        const findings = await axeFindings(page);
        if (findings.length > 0) found[screen] = findings;
      };

      await page.goto(server().url);
      await page.getByRole("button", { name: say("staff.signIn") }).waitFor();
      await look("start");
      await page.goto(server().setupLink);
      await page.getByRole("heading", { name: say("setup.title") }).waitFor();
      await look("set-up");
      await page.goto(`${server().url}/join#wrong-link-of-nobody`);
      await page.getByRole("heading", { name: say("join.wrong") }).waitFor();
      await look("invitation refused");
      await page.goto(`${server().url}/nowhere`);
      await page.getByRole("heading", { name: say("lost.title") }).waitFor();
      await look("nothing here");

      await page.goto(link);
      await page.getByRole("button", { name: say("join.go"), exact: true }).waitFor();
      await look("invitation");
      await joinInBrowser(page, link);
      await board.saved();

      await board.show("map");
      await board.cards.first().waitFor();
      await look("map");
      await page.getByRole("button", { name: say("map.authors") }).click();
      await look("map with authors");
      await board.cards.first().click();
      await page.getByRole("textbox", { name: say("card.words") }).waitFor();
      await look("map, writing");
      await page.keyboard.press("Escape");

      await board.show("list");
      await page.getByRole("region", { name: say("list.name") }).waitFor();
      await look("list");
      const words = Object.values(story.cards)[0]?.words ?? "";
      await page.getByRole("button", { name: say("card.menu", { words }) }).click();
      await look("list, a card's actions");
      for (const [action, screen] of [
        ["card.kind", "kind dialog"],
        ["card.move", "move dialog"],
        ["card.connect", "connect dialog"],
        ["card.story", "story dialog"],
        ["card.who", "who dialog"],
      ] as const) {
        await page.getByRole("button", { name: say(action), exact: true }).click();
        await page.getByRole("dialog").waitFor();
        await look(screen);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }

      if (device === "phone") await board.show("plan");
      await board.plan.getByRole("heading", { name: say("plan.title") }).waitFor();
      await look("plan");
      const step = story.goals[0]?.steps[0]?.what ?? "";
      await page.getByRole("button", { name: say("plan.step.more", { words: step }) }).click();
      await look("plan, a step's details");

      await page.getByRole("button", { name: say("invite.title") }).click();
      await page.getByRole("textbox", { name: say("invite.name") }).fill("Leah");
      await look("invite dialog");
      await page.getByRole("button", { name: say("invite.make") }).click();
      await page.getByText(say("invite.code"), { exact: true }).waitFor();
      await look("invitation made");
      await page.keyboard.press("Escape");
      await page
        .locator("header")
        .getByRole("button", { name: new RegExp(owner.name) })
        .click();
      await page.getByRole("dialog", { name: say("people.title") }).waitFor();
      await look("people dialog");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: say("keys.title") }).waitFor();
      await look("keys dialog");
      await page.keyboard.press("Escape");

      await page.context().setOffline(true);
      await page.getByText(say("line.offline")).waitFor();
      await look("offline");
      await page.context().setOffline(false);
      await board.saved();
      expect(found).toEqual({});
    });
  }
}

test("axe finds nothing on a worker's own pages, empty and with boards", async () => {
  const say = sayIn("en");
  await aBoard({ name: "Ana", language: "en" });
  const signedIn = (await aBoard({ name: "Hine", language: "en" })).worker;
  const { page } = await aDevice({ device: "tablet" });
  await page.goto(server().url);
  await page.getByLabel(say("staff.email")).fill(signedIn.email);
  await page.getByLabel(say("staff.password")).fill(signedIn.password);
  await page.getByRole("button", { name: say("staff.signIn") }).click();
  await page.getByRole("heading", { name: say("home.title") }).waitFor();
  await page.getByText("Hine’s board").waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: say("home.new") }).click();
  await page.getByRole("dialog").waitFor();
  expect(await axeFindings(page)).toEqual([]);
});

import { expect, test } from "vitest";
import { pseudo } from "../../client/messages/pseudo.ts";
import { fillBoard, freshLinks } from "../../server/demo/fill-board.ts";
import { stories } from "../../server/demo/stories.ts";
import { boardPage } from "../support/board-page.ts";
import { browserTest } from "../support/browser-test.ts";
import { say, sayIn } from "../support/say.ts";

const { server, aBoard, aDevice, join } = browserTest();
const arabic = sayIn("ar");

async function amalsBoard() {
  const empty = await aBoard({ name: "أمل", language: "ar" });
  const filled = await fillBoard(server().url, stories.amal, {
    boardId: empty.boardId,
    link: empty.ownerLink,
    alreadyOn: { fiona: empty.workerSession },
  });
  const links = await freshLinks(server().url, filled);
  const linkOf = (name: string) => links.find((link) => link.name === name)?.url ?? "";
  return { amal: linkOf("أمل"), fiona: linkOf("Fiona") };
}

test("S3: one board at one moment, mirrored in Arabic for Amal and left to right in English for Fiona", async () => {
  const links = await amalsBoard();
  const amal = await join(links.amal, { language: "ar", device: "tablet" });
  const fiona = await join(links.fiona, { device: "tablet" });
  const direction = () => document.documentElement.dir;
  expect(await amal.page.evaluate(direction)).toBe("rtl");
  expect(await fiona.page.evaluate(direction)).toBe("ltr");

  // The first column of time is where each of them starts to read.
  for (const [person, isRtl] of [
    [amal, true],
    [fiona, false],
  ] as const) {
    const before = await person.page.locator('[data-cell="home/before"]').boundingBox();
    const hoped = await person.page.locator('[data-cell="home/hoped"]').boundingBox();
    expect((before?.x ?? 0) > (hoped?.x ?? 0)).toBe(isRtl);
  }

  // What either writes is in the other's words on the scaffold and in its own language on the card.
  await fiona.board.addCard("home", "now", "You feed everyone");
  const card = amal.board.cardWith("You feed everyone");
  await card.waitFor();
  const words = card.getByText("You feed everyone", { exact: true });
  expect(await words.getAttribute("lang")).toBe("en");
  expect(await words.evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
  const hers = fiona.board.cardWith("أطبخ لمئة شخص").getByText(/أطبخ/);
  expect(await hers.getAttribute("lang")).toBe("ar");
  expect(await hers.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});

test("S3: a phone number, a time and Latin names read left to right inside Arabic", async () => {
  const links = await amalsBoard();
  const { page } = await join(links.amal, { language: "ar", device: "desktop" });
  for (const text of ["0141 496 0000", "10:30", "Ms Rukhsana Iqbal"]) {
    const order = () =>
      page.evaluate((wanted) => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = node.textContent?.indexOf(wanted) ?? -1;
          const box = node.parentElement?.getBoundingClientRect();
          if (at < 0 || !box || box.width < 2) continue;
          const startOf = (offset: number) => {
            const range = document.createRange();
            range.setStart(node as Node, at + offset);
            range.setEnd(node as Node, at + offset + 1);
            return range.getBoundingClientRect();
          };
          const first = startOf(0);
          const second = startOf(1);
          return first.top === second.top ? Math.sign(second.left - first.left) : 1;
        }
        return 0;
      }, text);
    // The plan may still be on its way.
    await expect.poll(order, { message: text }).toBe(1);
  }
});

test("The language of the screens changes at once, for oneself alone, and stays for the next visit", async () => {
  const board = await aBoard();
  const { page, board: mine } = await join(board.ownerLink);
  await mine.addCard("home", "now", "A quiet street");
  await page.getByLabel(say("app.language")).selectOption("ar");
  await page.getByRole("button", { name: arabic("board.view.list"), exact: true }).waitFor();
  await boardPage(page, arabic).cardWith("A quiet street").waitFor();
  expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl");
  await page.reload();
  await page.getByRole("button", { name: arabic("board.view.list"), exact: true }).waitFor();
});

test("The pseudo-locale leaves no word on the screens that did not come from the catalog", async () => {
  const board = await aBoard({ name: "Ana", language: "en-XA" });
  const { page } = await aDevice();
  await page.goto(board.ownerLink);
  await page.waitForFunction(() => document.documentElement.lang === "en-XA");
  await page.getByRole("button", { name: /^\[/ }).first().click();
  await boardPage(page).saved();
  await page
    .getByRole("button", { name: new RegExp(pseudo(say("plan.goal.addFirst")).slice(0, 8).replace("[", "\\[")) })
    .click();
  for (const view of ["map", "list"] as const) {
    await page
      .locator("nav button")
      .nth(view === "map" ? 0 : 1)
      .click();
    await page.locator("[data-card-id], section button").first().waitFor();
    expect(await plainWordsOf()).toEqual([]);
  }

  /** Words of at least three plain letters outside of what people wrote and what names itself. */
  function plainWordsOf(): Promise<string[]> {
    return page.evaluate(() => {
      const found: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent || parent.closest("script, style, option, h1, [lang]:not(html), bdi, [aria-hidden='true']"))
          continue;
        const text = (node.textContent ?? "").trim();
        if (text && !text.startsWith("[") && /[a-z]{3}/i.test(text)) found.push(text);
      }
      for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
        for (const name of ["aria-label", "placeholder", "title"]) {
          const text = element.getAttribute(name) ?? "";
          if (text && !text.startsWith("[") && /[a-z]{3}/i.test(text)) found.push(`${name}: ${text}`);
        }
      }
      return found;
    });
  }
});

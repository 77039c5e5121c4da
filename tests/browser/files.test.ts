import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillBoard, freshLinks } from "../../server/demo/fill-board.ts";
import { stories } from "../../server/demo/stories.ts";
import { axeFindings } from "../support/axe.ts";
import { boardPage } from "../support/board-page.ts";
import { browserTest } from "../support/browser-test.ts";
import { joinInBrowser, linkFor, type TestBoard } from "../support/person.ts";
import { say, sayIn } from "../support/say.ts";

const { server, aBoard, aDevice, join: joinBoard } = browserTest();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alongside-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const peopleHere = (words: typeof say) => {
  const [start] = words("people.whoIsHere", { count: 1, names: "|" }).split("|");
  return new RegExp(`^${start}`);
};

async function takeHome(page: Page, words = say): Promise<{ readonly path: string; readonly text: string }> {
  const inHeader = page.getByRole("banner").getByRole("button", { name: words("files.take") });
  if (await inHeader.isVisible()) {
    await inHeader.click();
  } else {
    // On a phone it stands among the people.
    await page
      .getByRole("banner")
      .getByRole("button", { name: peopleHere(words) })
      .click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: words("files.take") })
      .click();
  }
  await page.getByText(words("files.takeWho")).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: words("files.save") }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("board.json");
  await page.getByText(words("files.saved", { file: "board.json" })).waitFor();
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await download.saveAs(path);
  return { path, text: await readFile(path, "utf8") };
}

async function workerAtHome(board: TestBoard): Promise<Page> {
  const { page } = await aDevice();
  await page.goto(server().url);
  await page.getByLabel(say("staff.email")).fill(board.worker.email);
  await page.getByLabel(say("staff.password")).fill(board.worker.password);
  await page.getByRole("button", { name: say("staff.signIn") }).click();
  await page.getByRole("button", { name: say("files.open") }).click();
  await page.getByRole("button", { name: say("files.pick") }).waitFor();
  return page;
}

const withoutTime = (text: string) => text.replace(/"exportedAt": "[^"]*"/, "");

test("Gavin takes his board home, and a worker opens it as a new one that reads the same", async () => {
  const { gavin } = stories;
  const empty = await aBoard({ name: "Gavin", language: "en" });
  const filled = await fillBoard(server().url, gavin, {
    boardId: empty.boardId,
    link: empty.ownerLink,
    alreadyOn: { sunita: empty.workerSession },
  });
  const owner = Object.values(gavin.people).find(({ role }) => role === "client")?.name ?? "";
  const links = await freshLinks(server().url, filled);
  const his = await joinBoard(links.find(({ role }) => role === "client")?.url ?? "", { device: "phone" });
  const first = await takeHome(his.page);
  expect(await axeFindings(his.page)).toEqual([]);
  const file = JSON.parse(first.text);
  expect(file.cards).toHaveLength(Object.keys(gavin.cards).length);

  const worker = await workerAtHome(empty);
  await worker.locator("input[type=file]").setInputFiles(first.path);
  const contents = worker.getByRole("region", { name: say("files.inIt") });
  await contents.getByText(owner, { exact: true }).waitFor();
  await contents.getByText(say("files.cards", { count: file.cards.length })).waitFor();
  await contents.getByText("Sunita", { exact: false }).first().waitFor();
  expect(await axeFindings(worker)).toEqual([]);
  await worker.getByRole("button", { name: say("files.make") }).click();
  await worker.getByRole("heading", { name: say("home.madeTitle", { name: owner }) }).waitFor();
  const link = await worker
    .getByText(/\/join#/)
    .first()
    .textContent();
  await worker.getByRole("button", { name: say("home.open") }).click();
  await boardPage(worker).saved();
  expect(await worker.getByRole("button", { name: say("files.take") }).count()).toBe(0);

  const again = await joinBoard(link?.trim() ?? "");
  await again.board.show("map");
  for (const { words } of Object.values(gavin.cards).slice(0, 3)) await again.board.cardWith(words).first().waitFor();
  await again.page.getByRole("button", { name: say("files.take") }).waitFor();
  expect(withoutTime((await takeHome(again.page)).text)).toBe(withoutTime(first.text));
});

test("A copy can be taken home without a connection, and holds what was written since", async () => {
  const board = await aBoard();
  const ana = await joinBoard(board.ownerLink);
  await ana.board.show("map");
  await ana.board.addCard("home", "now", "I bake bread");
  await ana.board.saved();
  // The code for it comes by itself, after the board.
  await ana.page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => name.includes("TakeHomeDialog")),
  );
  await ana.context.setOffline(true);
  await ana.page.getByText(say("line.offline")).waitFor();
  await ana.board.addCard("fun", "hoped", "Swim in the sea");
  const { text } = await takeHome(ana.page);
  expect(text).toContain("I bake bread");
  expect(text).toContain("Swim in the sea");
  await ana.context.setOffline(false);
});

test("A supporter has no copy to take: the board is not theirs", async () => {
  const board = await aBoard();
  const chris = await joinBoard(await linkFor(board, { name: "Chris", role: "supporter" }));
  await chris.page.getByRole("button", { name: say("undo.undo") }).waitFor();
  expect(await chris.page.getByRole("button", { name: say("files.take") }).count()).toBe(0);
});

test("A file that is no copy of a board, or a broken or newer one, gets a sentence, and another can be chosen", async () => {
  const board = await aBoard();
  const ana = await joinBoard(board.ownerLink);
  const { text, path } = await takeHome(ana.page);
  const page = await workerAtHome(board);
  const pick = async (content: string) => {
    const bad = join(folder, "bad.json");
    await writeFile(bad, content);
    await page.locator("input[type=file]").setInputFiles(bad);
  };
  await pick("not a board");
  await page
    .getByRole("alert")
    .filter({ hasText: say("files.notABoard") })
    .waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await pick(text.replace('"version": 1', '"version": 2'));
  await page
    .getByRole("alert")
    .filter({ hasText: say("files.tooNew") })
    .waitFor();
  await pick(text.replace('"role": "client"', '"role": "boss"'));
  await page
    .getByRole("alert")
    .filter({ hasText: say("files.broken") })
    .waitFor();
  await page.getByText("people[0].role").waitFor();
  await pick(" ".repeat(8 * 1024 * 1024 + 1));
  await page
    .getByRole("alert")
    .filter({ hasText: say("files.tooLarge", { most: 8 }) })
    .waitFor();
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByRole("button", { name: say("files.make") }).waitFor();
});

test("Taking a copy home speaks Arabic and leaves nothing for axe, on a phone", async () => {
  const arabic = sayIn("ar");
  const board = await aBoard({ name: "أمل", language: "ar" });
  const { page } = await aDevice({ device: "phone", language: "ar" });
  await joinInBrowser(page, board.ownerLink);
  await boardPage(page, arabic).saved();
  const { text } = await takeHome(page, arabic);
  expect(JSON.parse(text).people[0].name).toBe("أمل");
  expect(await axeFindings(page)).toEqual([]);
});

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { BoardId } from "#shared/board/ids.ts";
import { buildIfChanged } from "../../client/build-if-changed.ts";
import { joinByLink, openRemoteBoard } from "../../server/demo/demo-person.ts";
import { freshLinks } from "../../server/demo/fill-board.ts";
import { prepareDemo } from "../../server/demo/prepare-demo.ts";
import { type Device, openBrowser, viewports } from "../support/browser.ts";
import { aDevice, joinInBrowser } from "../support/person.ts";
import { type Say, sayIn } from "../support/say.ts";
import { type RunningServer, startServer } from "../support/start-server.ts";

/**
 * `npm run screens`: pictures of every main screen, for people to look at: phone, tablet, desktop; English, Arabic; map,
 * plan, list, join, invite, offline, with the demo's boards. Into tests/browser/out/, or the folder given.
 */
const out = process.argv[2] ?? join(import.meta.dirname, "out");
mkdirSync(out, { recursive: true });

const stays = [
  { language: "en", board: "Ngata whānau", owner: "Aroha", others: ["Tāne", "Koro Wiremu"] },
  { language: "ar", board: "لوحة أمل", owner: "أمل", others: ["Nour"] },
] as const;

await buildIfChanged();
const server = await startServer();
const browser = await openBrowser();
try {
  await prepareDemo(server.url, server.dataDir, server.setupLink);
  for (const stay of stays) {
    for (const device of Object.keys(viewports) as Device[]) await takeAll(browser, server, stay, device);
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(`Pictures are in ${out}`);

async function takeAll(browser: Browser, server: RunningServer, stay: (typeof stays)[number], device: Device) {
  const { language } = stay;
  const say = sayIn(language);
  const links = await linksOf(server, stay.board);
  const linkOf = (name: string) => links.find((each) => each.name === name)?.url ?? "";
  const link = linkOf(stay.owner);
  // Somebody else is there too, or the pictures would show a lonely board.
  const others = [];
  for (const name of stay.others) {
    const joined = await joinByLink(server.url, linkOf(name));
    others.push(openRemoteBoard(server.url, { ...joined, language: "en" }));
  }
  await Promise.all(others.map((other) => other.synced()));
  const person = await aDevice(browser, { device, language });
  const { page, context } = person;
  const take = async (name: string) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(out, `${device}-${language}-${name}.png`) });
  };
  try {
    await page.goto(link);
    await page.getByRole("button", { name: say("join.go"), exact: true }).waitFor();
    await take("join");
    await joinInBrowser(page, link);
    await page.getByText(say("save.saved"), { exact: true }).waitFor();
    await page.getByRole("button", { name: new RegExp(stay.others[0]) }).waitFor();
    await view(page, say, "map");
    await take("map");
    await view(page, say, "list");
    await take("list");
    const planTab = page.getByRole("button", { name: say("board.view.plan"), exact: true });
    if (await planTab.isVisible()) {
      await planTab.click();
      await page.getByRole("heading", { name: say("plan.title") }).waitFor();
      await take("plan");
    } else {
      await page.getByRole("region", { name: say("board.view.plan") }).screenshot({
        path: join(out, `${device}-${language}-plan.png`),
      });
    }
    await page.getByRole("button", { name: say("invite.title") }).click();
    await page.getByRole("textbox", { name: say("invite.name") }).fill(language === "ar" ? "ليلى" : "Leah");
    await page.getByRole("button", { name: say("invite.make") }).click();
    await page.getByText(say("invite.code"), { exact: true }).waitFor();
    await take("invite");
    await page.keyboard.press("Escape");
    await context.setOffline(true);
    await page.getByText(say("line.offline")).waitFor();
    await take("offline");
  } catch (error) {
    await take("stopped-here");
    console.error(`${device} ${language}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    process.exitCode = 1;
  } finally {
    for (const trouble of person.trouble) console.error(`${device} ${language}: ${trouble}`);
    for (const other of others) other.close();
    await person.close();
  }
}

async function view(page: Page, say: Say, name: "map" | "list") {
  await page.getByRole("button", { name: say(`board.view.${name}`), exact: true }).click();
  await page.getByRole("region", { name: say(`${name}.name`) }).waitFor();
}

async function linksOf(server: RunningServer, title: string) {
  const kept = JSON.parse(readFileSync(join(server.dataDir, "demo.json"), "utf8")) as {
    boards: { title: string; boardId: BoardId; ownerToken: string }[];
  };
  const board = kept.boards.find((each) => each.title === title);
  if (!board) throw new Error(`The demo has no board called ${title}`);
  return freshLinks(server.url, board);
}

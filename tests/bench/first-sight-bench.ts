import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { areas, times } from "#shared/board/schema.ts";
import type { NewBoardReply } from "#shared/protocol/api.ts";
import { buildIfChanged } from "../../client/build-if-changed.ts";
import { callApi, joinByLink, openRemoteBoard } from "../../server/demo/demo-person.ts";
import { openBrowser, viewports } from "../support/browser.ts";
import { sayIn } from "../support/say.ts";
import { firstWorker, type RunningServer, startServer } from "../support/start-server.ts";
import { printTable, quantile } from "./numbers.ts";

const cards = 200;
const runs = 3;
const cpuSlowDown = 4;
/** 1.6 Mbit/s, 150 ms there and back. */
const slow4g = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };

/**
 * How soon a phone on a slow network shows a board of 200 cards that can be read, and one that can be written on: on a
 * first visit (the page comes with the board as HTML), on a second one (the device has the screens and a copy), and
 * without a network. From the start of the navigation, medians of three, in ms.
 */
export async function benchFirstSight(): Promise<void> {
  await buildIfChanged();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const { headers } = await firstWorker(server);
    const times: Record<string, number[]> = {};
    const note = (name: string, ms: number) => {
      times[name] = [...(times[name] ?? []), ms];
    };
    for (let run = 0; run < runs; run += 1) await measureOnce(browser, server, headers, note);
    printTable(Object.entries(times).map(([what, ms]) => ({ what, ms: Math.round(quantile(ms, 0.5)) })));
    console.log(`  (${cards} cards, 1.6 Mbit/s, 150 ms, ${cpuSlowDown}× CPU slow-down, phone, median of ${runs})`);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function measureOnce(
  browser: Browser,
  server: RunningServer,
  headers: Record<string, string>,
  note: (name: string, ms: number) => void,
): Promise<void> {
  const owner = { name: "Ana", language: "en" };
  const made = await callApi<NewBoardReply>(server.url, "POST", "/api/boards", { title: "Ana", owner }, headers);
  const path = `/api/boards/${made.boardId}/enter`;
  await fill(server, await callApi(server.url, "POST", path, {}, headers));
  const joined = await joinByLink(server.url, made.invitation.url);
  const context = await browser.newContext({ viewport: viewports.phone, hasTouch: true });
  await context.addCookies([
    { name: `alongside-${made.boardId}`, value: joined.sessionToken, url: server.url, sameSite: "Strict" },
  ]);
  try {
    const address = `${server.url}/b/${made.boardId}`;
    const first = await visit(context, address, "first visit", note, { wants: "html" });
    // Until the device has put the screens away, a second visit is no second visit.
    await first.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await first.close();
    await (await visit(context, address, "second visit", note, { wants: "board" })).close();
    await (await visit(context, address, "without a network", note, { wants: "board", offline: true })).close();
  } finally {
    await context.close();
  }
}

async function visit(
  context: BrowserContext,
  address: string,
  name: string,
  note: (name: string, ms: number) => void,
  { wants, offline = false }: { readonly wants: "html" | "board"; readonly offline?: boolean },
): Promise<Page> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await slowDown(cdp, offline);
  const add = sayIn("en")("cell.add");
  const seen = await watchOpening(page, cdp, address);
  if (wants === "html" && seen.readable === undefined) throw new Error("The page came without the board in it.");
  note(`${name}: read`, Math.min(seen.readable ?? Number.POSITIVE_INFINITY, seen.editable));
  note(`${name}: write`, seen.editable);
  // It can be written on, and not just drawn.
  await page
    .getByRole("button", { name: new RegExp(add) })
    .first()
    .waitFor();
  return page;
}

async function slowDown(cdp: CDPSession, offline: boolean): Promise<void> {
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { ...slow4g, offline });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowDown });
}

interface Seen {
  readonly readable?: number;
  readonly editable: number;
}

/**
 * Opens the page and hears from it when it can be written on. Not by asking it: what a test driver puts into a page to ask
 * from there is a tenth of a second of this page's time at this slow-down.
 */
async function watchOpening(page: Page, cdp: CDPSession, address: string): Promise<Seen> {
  const heard = new Promise<Seen>((done, failed) => {
    cdp.on("Runtime.bindingCalled", ({ payload }) => done(JSON.parse(payload)));
    setTimeout(() => failed(new Error("The board could not be written on within a minute.")), 60_000).unref();
  });
  await cdp.send("Runtime.enable");
  await cdp.send("Runtime.addBinding", { name: "tellBench" });
  await page.addInitScript(watch);
  await page.goto(address, { waitUntil: "commit" });
  return heard;
}

declare global {
  interface Window {
    tellBench?: (seen: string) => void;
  }
}

/**
 * Runs in the page: notes when words of a card were first on screen, and when a card that can be written in was. A frame's
 * own callback comes before it is laid out and drawn, which is what costs; a message sent from there comes after.
 */
function watch(): void {
  const seen: { readable?: number; editable?: number } = {};
  const drawn = (what: "readable" | "editable") => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      seen[what] ??= performance.now();
      if (what === "editable") window.tellBench?.(JSON.stringify(seen));
    };
    port2.postMessage(0);
  };
  const look = () => {
    if (seen.readable === undefined && document.querySelector("#page-copy li")) drawn("readable");
    if (document.querySelector("[data-card-id]")) drawn("editable");
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function fill(server: RunningServer, worker: Parameters<typeof openRemoteBoard>[1]): Promise<void> {
  const remote = openRemoteBoard(server.url, { ...worker, language: "en" });
  await remote.synced();
  for (let index = 0; index < cards; index += 1) {
    const area = areas[index % areas.length] ?? "home";
    const time = times[Math.floor(index / areas.length) % times.length] ?? "now";
    remote.board.addCard({ kind: "strength", area, time, words: `Made-up card ${index}, of a usual length` });
  }
  await callUntilStored(remote);
}

/** Everything has been taken when a second connection, opened after it, reads as much. */
async function callUntilStored(remote: ReturnType<typeof openRemoteBoard>): Promise<void> {
  remote.disconnect();
  remote.connect();
  await remote.synced();
  remote.close();
}

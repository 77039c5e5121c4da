import type { Browser, CDPSession, Page } from "playwright-core";
import { areas, cardKinds, times } from "#shared/board/schema.ts";
import type { JoinReply, NewBoardReply } from "#shared/protocol/api.ts";
import { buildIfChanged } from "../../client/build-if-changed.ts";
import { callApi, openRemoteBoard, type RemoteBoard } from "../../server/demo/demo-person.ts";
import { openBrowser, viewports } from "../support/browser.ts";
import { joinInBrowser } from "../support/person.ts";
import { firstWorker, type RunningServer, startServer } from "../support/start-server.ts";
import { printTable, quantile } from "./numbers.ts";

const cpuSlowDown = 4;
const cardCounts = [200, 1_000, 5_000];
const secondsEach = 3;

/** The hooks of the bench build (DESIGN §8). */
interface BoardHooks {
  readonly ready: Promise<void>;
  readonly camera: () => { x: number; y: number; z: number };
  readonly setCamera: (to: { x: number; y: number; z: number }) => void;
  readonly cardPos: (id: string) => { x: number; y: number } | undefined;
  readonly grip: (id: string) => { x: number; y: number } | undefined;
  readonly count: () => number;
}
declare global {
  interface Window {
    __board: BoardHooks;
  }
}

/**
 * Main-thread time a frame at a quarter of this machine's speed, for boards of three sizes: panning, the overview, a drag,
 * others' changes, zooming; and what a guest's browser fetches from a join link until the board can be edited.
 */
export async function benchClient(): Promise<void> {
  await buildIfChanged("bench");
  const server = await startServer({}, { script: "tests/bench/bench-server.ts" });
  const browser = await openBrowser();
  try {
    const { headers } = await firstWorker(server);
    const rows = [];
    for (const count of cardCounts) rows.push(await measureBoard(browser, server, headers, count));
    printTable(rows);
    console.log(
      `  (main-thread ms a frame at ${cpuSlowDown}× CPU slow-down; in brackets: 95th percentile of the time between frames)`,
    );
  } finally {
    await browser.close();
    await server.close();
  }
  await measureJoinPath();
}

interface FilledBench {
  readonly link: string;
  readonly remote: RemoteBoard;
  readonly cardIds: readonly string[];
}

async function boardOf(server: RunningServer, staff: Record<string, string>, count: number): Promise<FilledBench> {
  const made = await callApi<NewBoardReply>(
    server.url,
    "POST",
    "/api/boards",
    { title: `${count} cards`, owner: { name: "Ana", language: "en" } },
    staff,
  );
  const worker = await callApi<JoinReply>(server.url, "POST", `/api/boards/${made.boardId}/enter`, {}, staff);
  const remote = openRemoteBoard(server.url, { ...worker, language: "en" });
  await remote.synced();
  const cardIds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const added = remote.board.addCard({
      kind: cardKinds[at % cardKinds.length] ?? "strength",
      area: areas[at % areas.length] ?? "home",
      time: times[Math.floor(at / areas.length) % times.length] ?? "now",
      words: `Card ${at}: something that somebody said at the table, in about this many words`,
    });
    if (!added.ok) throw new Error(`Bug: a bench card was refused: ${added.error.kind}`);
    cardIds.push(added.value);
    // Lets the sockets write: thousands of updates in one turn would pile up in memory.
    if (at % 50 === 49) await new Promise((done) => setImmediate(done));
  }
  return { link: made.invitation.url, remote, cardIds };
}

async function measureBoard(
  browser: Browser,
  server: RunningServer,
  staff: Record<string, string>,
  count: number,
): Promise<Record<string, string | number>> {
  const { link, remote, cardIds } = await boardOf(server, staff, count);
  const context = await browser.newContext({ viewport: viewports.desktop });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable");
  try {
    await joinInBrowser(page, link);
    await page.waitForFunction((wanted) => window.__board?.count() === wanted, count, { timeout: 60_000 });
    // A second visit, slowed down: from the page's start to every card being there.
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowDown });
    await page.reload();
    await page.waitForFunction((wanted) => window.__board?.count() === wanted, count, { timeout: 120_000 });
    const paintedMs = await page.evaluate(() => performance.now());
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    await cdp.send("HeapProfiler.collectGarbage");
    const heap = await metric(cdp, "JSHeapUsedSize");

    const row: Record<string, string | number> = {
      cards: count,
      "painted ms": Math.round(paintedMs),
      "heap MB": heap / 1e6,
      nodes,
    };
    const home = { x: 0, y: 0, z: 1 };
    row.pan = await framesOf(page, cdp, (page) => panFrames(page, home));
    row.overview = await framesOf(page, cdp, (page) => panFrames(page, { x: 0, y: 0, z: 0.2 }));
    row.zoom = await framesOf(page, cdp, zoomFrames);
    await page.evaluate((to) => window.__board.setCamera(to), home);
    row.drag = await framesOf(page, cdp, (page) => dragFrames(page, cardIds));
    row["60 remote/s"] = await framesOf(page, cdp, (page) => remoteFrames(page, remote, cardIds));
    return row;
  } finally {
    await context.close();
    remote.close();
  }
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find((each) => each.name === name)?.value ?? 0;
}

/** Main-thread milliseconds a frame while `run` goes on, and the 95th percentile of the time between frames. */
async function framesOf(page: Page, cdp: CDPSession, run: (page: Page) => Promise<number[]>): Promise<string> {
  const before = await metric(cdp, "TaskDuration");
  const intervals = await run(page);
  const busyMs = ((await metric(cdp, "TaskDuration")) - before) * 1000;
  return `${(busyMs / Math.max(1, intervals.length)).toFixed(1)} (${quantile(intervals, 0.95).toFixed(0)})`;
}

const panFrames = (page: Page, from: { x: number; y: number; z: number }) =>
  page.evaluate(
    async ({ from, ms }) => {
      const intervals: number[] = [];
      const startedAt = performance.now();
      for (let last = startedAt; last - startedAt < ms; ) {
        const at = await new Promise<number>(requestAnimationFrame);
        intervals.push(at - last);
        last = at;
        const way = (at - startedAt) / ms;
        window.__board.setCamera({ x: from.x + way * 2_000, y: from.y + Math.sin(way * 6) * 300 + 300, z: from.z });
      }
      return intervals.slice(1);
    },
    { from, ms: secondsEach * 1000 },
  );

const zoomFrames = (page: Page) =>
  page.evaluate(async (ms) => {
    const intervals: number[] = [];
    const startedAt = performance.now();
    for (let last = startedAt; last - startedAt < ms; ) {
      const at = await new Promise<number>(requestAnimationFrame);
      intervals.push(at - last);
      last = at;
      const way = (at - startedAt) / ms;
      window.__board.setCamera({ x: 400, y: 300, z: 0.6 + 0.4 * Math.cos(way * 6) });
    }
    return intervals.slice(1);
  }, secondsEach * 1000);

async function dragFrames(page: Page, cardIds: readonly string[]): Promise<number[]> {
  const grip = await page.evaluate((ids) => {
    for (const id of ids) {
      const at = window.__board.grip(id);
      if (at && at.x > 200 && at.y > 200 && at.x < innerWidth - 400 && at.y < innerHeight - 300) return at;
    }
    return undefined;
  }, cardIds);
  if (!grip) throw new Error("No card in view that could be dragged.");
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  const frames = collectFrames(page);
  const startedAt = Date.now();
  for (let step = 0; Date.now() - startedAt < secondsEach * 1000; step += 1) {
    await page.mouse.move(grip.x + 150 * Math.sin(step / 10), grip.y + 100 * Math.cos(step / 10));
  }
  const intervals = await frames;
  await page.mouse.up();
  return intervals;
}

async function remoteFrames(page: Page, remote: RemoteBoard, cardIds: readonly string[]): Promise<number[]> {
  const frames = collectFrames(page);
  let change = 0;
  const timer = setInterval(() => {
    const id = cardIds[(change * 7) % Math.min(cardIds.length, 300)];
    change += 1;
    if (id !== undefined)
      remote.board.writeWords({ of: "card", id: id as never, field: "words" }, `Changed ${change} times`);
  }, 1000 / 60);
  const intervals = await frames;
  clearInterval(timer);
  return intervals;
}

const collectFrames = (page: Page) =>
  page.evaluate(async (ms) => {
    const intervals: number[] = [];
    const startedAt = performance.now();
    for (let last = startedAt; last - startedAt < ms; ) {
      const at = await new Promise<number>(requestAnimationFrame);
      intervals.push(at - last);
      last = at;
    }
    return intervals.slice(1);
  }, secondsEach * 1000);

/** What travels from a join link to an editable board, in the build that people get. */
async function measureJoinPath(): Promise<void> {
  await buildIfChanged();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const { headers } = await firstWorker(server);
    const made = await callApi<NewBoardReply>(
      server.url,
      "POST",
      "/api/boards",
      { title: "Join path", owner: { name: "Ana", language: "en" } },
      headers,
    );
    const context = await browser.newContext({ viewport: viewports.phone, serviceWorkers: "block" });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    const kinds = new Map<string, string>();
    const bytes = new Map<string, { requests: number; bytes: number }>();
    cdp.on("Network.responseReceived", ({ requestId, type }) => void kinds.set(requestId, type));
    cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const kind = kinds.get(requestId) ?? "Other";
      const before = bytes.get(kind) ?? { requests: 0, bytes: 0 };
      bytes.set(kind, { requests: before.requests + 1, bytes: before.bytes + encodedDataLength });
    });
    await joinInBrowser(page, made.invitation.url);
    console.log("  from a join link to an editable board, as sent (compressed, with headers):");
    printTable([...bytes].map(([kind, sum]) => ({ kind, requests: sum.requests, KB: sum.bytes / 1000 })));
  } finally {
    await browser.close();
    await server.close();
  }
}

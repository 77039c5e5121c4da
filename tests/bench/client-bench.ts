import type { Browser, CDPSession, Page } from "playwright-core";
import type { CardId } from "#shared/board/ids.ts";
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
    __bench: { mapAt: number; longestMs: number };
  }
}

/**
 * Main-thread time a frame at a quarter of this machine's speed, for boards of three sizes: panning, the overview, zooming,
 * a drag, others' changes. Told twice: as the slowed-down page has it, which counts whatever else the machine does; and as
 * four times the processor time of the page at full speed, which does not. And what a guest's browser fetches from a join link until the board can be edited.
 */
export async function benchClient(): Promise<void> {
  await buildIfChanged("bench");
  const server = await startServer({}, { script: "tests/bench/bench-server.ts" });
  const browser = await openBrowser();
  try {
    const { headers } = await firstWorker(server);
    const opened: Row[] = [];
    const moving: Row[] = [];
    for (const count of cardCounts) {
      const measured = await measureBoard(browser, server, headers, count);
      opened.push(measured.opened);
      moving.push(...measured.moving);
    }
    console.log(`  opening a board again at ${cpuSlowDown}× CPU slow-down:`);
    printTable(opened);
    console.log("  main-thread ms a frame (in brackets: 95th percentile of the time between frames; longest task):");
    printTable(moving);
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

type Row = Record<string, string | number>;

async function measureBoard(
  browser: Browser,
  server: RunningServer,
  staff: Record<string, string>,
  count: number,
): Promise<{ readonly opened: Row; readonly moving: readonly Row[] }> {
  const { link, remote, cardIds } = await boardOf(server, staff, count);
  const context = await browser.newContext({ viewport: viewports.desktop });
  const page = await context.newPage();
  await page.addInitScript(watchPage);
  const wallClock = await context.newCDPSession(page);
  await wallClock.send("Performance.enable", { timeDomain: "timeTicks" });
  try {
    await joinInBrowser(page, link);
    await page.waitForFunction((wanted) => window.__board?.count() === wanted, count, { timeout: 60_000 });
    await wallClock.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowDown });
    await page.reload();
    await page.waitForFunction((wanted) => window.__bench.mapAt > 0 && window.__board?.count() === wanted, count, {
      timeout: 120_000,
    });
    const { mapAt, firstPaintAt, nodes } = await page.evaluate(() => ({
      mapAt: window.__bench.mapAt,
      firstPaintAt: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      nodes: document.querySelectorAll("*").length,
    }));
    await wallClock.send("HeapProfiler.collectGarbage");
    const heap = await metric(wallClock, "JSHeapUsedSize");
    const opened = {
      cards: count,
      "first paint ms": Math.round(firstPaintAt),
      "cards on the map ms": Math.round(mapAt),
      "heap MB": heap / 1e6,
      nodes,
    };
    const slowed = await measureMoving(page, wallClock, remote, cardIds, 1);
    await wallClock.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    const threadClock = await context.newCDPSession(page);
    await wallClock.send("Performance.disable");
    await threadClock.send("Performance.enable", { timeDomain: "threadTicks" });
    const processor = await measureMoving(page, threadClock, remote, cardIds, cpuSlowDown);
    return {
      opened,
      moving: [
        { cards: count, time: `at ${cpuSlowDown}× slow-down`, ...slowed },
        { cards: count, time: `processor × ${cpuSlowDown}`, ...processor },
      ],
    };
  } finally {
    await context.close();
    remote.close();
  }
}

/** Runs in the page from its first moment: when a card stood on the map, and the longest task since it was last asked. */
function watchPage(): void {
  const seen = { mapAt: 0, longestMs: 0 };
  window.__bench = seen;
  const look = () => {
    if (document.querySelector("[data-map] [data-card-id]")) {
      // Drawn with this frame, so there when the next one begins.
      requestAnimationFrame(() => {
        seen.mapAt = performance.now();
      });
    } else requestAnimationFrame(look);
  };
  look();
  new PerformanceObserver((tasks) => {
    for (const { duration } of tasks.getEntries()) seen.longestMs = Math.max(seen.longestMs, duration);
  }).observe({ type: "longtask" });
}

async function measureMoving(
  page: Page,
  cdp: CDPSession,
  remote: RemoteBoard,
  cardIds: readonly string[],
  times: number,
): Promise<Row> {
  const near = { x: 0, y: 500, z: 1 };
  const measure = async (from: typeof near, run: () => Promise<number[]>) => {
    await page.evaluate((to) => window.__board.setCamera(to), from);
    // Until the zoom has settled and every card that came into view is up.
    await page.waitForTimeout(1_500);
    return framesOf(page, cdp, run, times);
  };
  const seen = () => cardsInView(page, cardIds);
  return {
    still: await measure(near, () => frames(page, "still")),
    pan: await measure(near, () => frames(page, "pan")),
    overview: await measure({ ...near, z: 0.2 }, () => frames(page, "pan")),
    zoom: await measure(near, () => frames(page, "zoom")),
    drag: await measure(near, () => dragFrames(page, cardIds)),
    "60 words/s": await measure(near, async () => remoteFrames(page, await seen(), rewrite(remote))),
    "60 moves/s": await measure(near, async () => remoteFrames(page, await seen(), shift(remote))),
  };
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find((each) => each.name === name)?.value ?? 0;
}

async function framesOf(page: Page, cdp: CDPSession, run: () => Promise<number[]>, times: number): Promise<string> {
  await page.evaluate(() => {
    window.__bench.longestMs = 0;
  });
  const before = await metric(cdp, "TaskDuration");
  const intervals = await run();
  const busyMs = ((await metric(cdp, "TaskDuration")) - before) * 1000 * times;
  const longest = await page.evaluate(() => window.__bench.longestMs);
  const perFrame = (busyMs / Math.max(1, intervals.length)).toFixed(1);
  return `${perFrame} (${quantile(intervals, 0.95).toFixed(0)}; ${longest > 0 ? longest.toFixed(0) : "<50"})`;
}

/**
 * Frames of a few seconds, with the camera as `way` takes it: 1,000 screen pixels a second down, or to and fro in zoom. It
 * goes on by the frame and not by the clock: on a busy machine, fewer frames would each bring more of the board.
 */
const frames = (page: Page, way: "still" | "pan" | "zoom"): Promise<number[]> =>
  page.evaluate(
    async ({ way, ms }) => {
      const from = window.__board.camera();
      const intervals: number[] = [];
      const frameMs = 1000 / 60;
      const startedAt = performance.now();
      // While others do something (still), by the clock: they change so and so much a second.
      const isOver = (now: number) => (way === "still" ? now - startedAt >= ms : intervals.length * frameMs >= ms);
      for (let last = startedAt; !isOver(last); ) {
        const at = await new Promise<number>(requestAnimationFrame);
        intervals.push(at - last);
        last = at;
        const gone = intervals.length * frameMs;
        if (way === "pan") window.__board.setCamera({ ...from, y: from.y + gone / from.z });
        if (way === "zoom") window.__board.setCamera({ x: 200, y: from.y, z: 0.7 + 0.3 * Math.cos((gone / ms) * 9) });
      }
      return intervals.slice(1);
    },
    { way, ms: secondsEach * 1000 },
  );

const cardsInView = (page: Page, cardIds: readonly string[]): Promise<readonly string[]> =>
  page.evaluate((ids) => {
    const { y, z } = window.__board.camera();
    return ids.filter((id) => {
      const at = window.__board.cardPos(id);
      return at !== undefined && at.y > y && at.y < y + 700 / z;
    });
  }, cardIds);

async function dragFrames(page: Page, cardIds: readonly string[]): Promise<number[]> {
  const grip = await page.evaluate((ids) => {
    for (const id of ids) {
      const at = window.__board.grip(id);
      if (at && at.x > 200 && at.y > 250 && at.x < innerWidth - 700 && at.y < innerHeight - 300) return at;
    }
    return undefined;
  }, cardIds);
  if (!grip) throw new Error("No card in view that could be dragged.");
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  const frameTimes = frames(page, "still");
  let isOver = false;
  void frameTimes.then(() => {
    isOver = true;
  });
  for (let step = 0; !isOver; step += 1) {
    await page.mouse.move(grip.x + 150 * Math.sin(step / 15), grip.y + 100 * Math.cos(step / 15));
    // About as often as a mouse tells where it is, and no faster than frames are drawn.
    await new Promise((done) => setTimeout(done, 12));
  }
  await page.keyboard.press("Escape");
  await page.mouse.up();
  return frameTimes;
}

async function remoteFrames(
  page: Page,
  cardIds: readonly string[],
  change: (cardId: CardId, times: number) => void,
): Promise<number[]> {
  const frameTimes = frames(page, "still");
  const startedAt = Date.now();
  let changes = 0;
  // By the clock: a timer alone runs late, and would change less often than it says.
  const timer = setInterval(() => {
    for (; changes < ((Date.now() - startedAt) * 60) / 1000; changes += 1) {
      const id = cardIds[(changes * 7) % cardIds.length];
      if (id !== undefined) change(id as CardId, changes);
    }
  }, 5);
  const intervals = await frameTimes;
  clearInterval(timer);
  return intervals;
}

const rewrite = (remote: RemoteBoard) => (id: CardId, times: number) => {
  remote.board.writeWords({ of: "card", id, field: "words" }, `Changed ${times} times by somebody at the table`);
};

/** To and fro by a few units, so that the board is at the end as it was. */
const shift =
  (remote: RemoteBoard) =>
  (id: CardId, times: number): void => {
    const card = remote.board.card(id);
    if (!card) return;
    const { at } = card.place;
    const by = times % 2 === 0 ? 5 : -5;
    remote.board.placeCard(id, { ...card.place, at: { x: at.x + by, y: at.y + by } });
  };

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

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { BoardView } from "#shared/protocol/api.ts";
import { callApi } from "../../server/demo/demo-person.ts";
import { axeFindings } from "../support/axe.ts";
import { browserTest } from "../support/browser-test.ts";
import { linkFor } from "../support/person.ts";
import { say } from "../support/say.ts";

const { server, aBoard, join: joinBoard } = browserTest();

async function anaAndBo() {
  const board = await aBoard({ name: "Ana", language: "en" });
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await joinBoard(board.ownerLink, { device: "phone" });
  const bo = await joinBoard(link, { device: "phone" });
  return { ana, bo, lanes: board.workerSession.lanes };
}

test("Without a network both go on writing, are told so, and both parts are there when it is back", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("home", "now", "Before the gap");
  await bo.board.cardWith("Before the gap").waitFor();

  await ana.context.setOffline(true);
  await ana.page.getByText(say("line.offline")).waitFor();
  await ana.board.addCard("home", "now", "Written in flight mode");
  await ana.board.rewrite("Before the gap", "Before the gap, and after");
  await expect.poll(() => ana.board.saveWords.getAttribute("data-save")).toBe("not-saved");
  expect(await ana.board.saveWords.textContent()).toMatch(/^Not saved \(\d+\)/);
  await bo.board.addCard("home", "now", "Written meanwhile");

  await ana.context.setOffline(false);
  await ana.board.cardWith("Written meanwhile").waitFor();
  await bo.board.cardWith("Written in flight mode").waitFor();
  await bo.board.cardWith("Before the gap, and after").waitFor();
  await ana.board.saved();
  await bo.board.saved();
});

test("What was written offline outlives a reload of the page while still offline", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("people", "now", "Here before");
  await ana.board.saved();
  // The screens themselves are kept by the service worker, which a first visit has to have installed.
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.page.reload();
  await ana.board.saved();

  await ana.context.setOffline(true);
  await ana.board.addCard("people", "now", "Only on this device yet");
  await ana.page.reload();
  await ana.board.cardWith("Only on this device yet").waitFor();
  await ana.board.cardWith("Here before").waitFor();
  await ana.page.getByText(say("line.offline")).waitFor();
  await ana.board.addCard("people", "now", "And one more");

  await ana.context.setOffline(false);
  await bo.board.cardWith("Only on this device yet").waitFor();
  await bo.board.cardWith("And one more").waitFor();
  await ana.board.saved();
});

test("A server that is killed loses nothing that anybody saw, and people write on while it is away", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("money", "now", "Seen by Bo");
  await bo.board.cardWith("Seen by Bo").waitFor();
  await server().kill();
  await ana.page.getByText(say("line.offline")).waitFor();
  await bo.page.getByText(say("line.offline")).waitFor();
  await ana.board.addCard("money", "now", "Ana, while it was away");
  await bo.board.addCard("money", "now", "Bo, while it was away");

  await server().restart();
  await bo.board.cardWith("Ana, while it was away").waitFor({ timeout: 60_000 });
  await ana.board.cardWith("Bo, while it was away").waitFor({ timeout: 60_000 });
  for (const { board } of [ana, bo]) {
    await board.saved();
    expect(await board.cardWith("Seen by Bo").count()).toBe(1);
  }
});

test("A board that cannot be reached and was never opened here is not drawn as an empty one", async () => {
  const { ana } = await anaAndBo();
  await ana.board.addCard("home", "now", "Something");
  await ana.board.saved();
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const address = ana.page.url();
  await ana.page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    localStorage.clear();
  });
  await ana.context.setOffline(true);
  await ana.page.goto(address);
  await ana.page.getByText(say("wait.unreachable")).waitFor();
  expect(await ana.page.getByRole("button", { name: say("cell.add") }).count()).toBe(0);
  await ana.context.setOffline(false);
  await ana.board.cardWith("Something").waitFor({ timeout: 60_000 });
});

test("A device that is long in giving its copy shows it when it comes, and does not go on saying that it has none", async () => {
  const { ana } = await anaAndBo();
  await ana.board.addCard("home", "now", "Kept here");
  await ana.board.saved();
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.context.setOffline(true);
  const slow = await ana.context.newPage();
  // As a cheap phone whose storage is busy: the database opens, seconds after anybody waits for it.
  await slow.addInitScript(() => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...call) {
      return new Proxy(open.apply(this, call), {
        get: (request, key) => Reflect.get(request, key, request),
        set: (request, key, value) => {
          const later = (event: Event) => setTimeout(() => value(event), 6_000);
          return Reflect.set(request, key, key === "onsuccess" ? later : value, request);
        },
      });
    };
  });
  await slow.goto(ana.page.url());
  await slow.getByText(say("wait.unreachable")).waitFor();
  await slow.locator("[data-card-id]").filter({ hasText: "Kept here" }).waitFor();
  expect(await slow.getByText(say("wait.unreachable")).count()).toBe(0);
  await slow.close();
});

test("The device keeps the screens for a return, and no word of a board among them", async () => {
  const { ana } = await anaAndBo();
  await ana.board.addCard("home", "now", "Nobody else's business");
  await ana.board.saved();
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.page.reload();
  await ana.board.cardWith("Nobody else's business").waitFor();
  const kept = await ana.page.evaluate(async () => {
    const found: { path: string; text: string }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const text = (await (await cache.match(request))?.text()) ?? "";
        found.push({ path: new URL(request.url).pathname, text });
      }
    }
    return found;
  });
  const paths = kept.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["/board.html", "/index.html"]));
  expect(paths.filter((path) => !/^\/(assets\/[^/]+|board\.html|index\.html|icon\.svg)$/.test(path))).toEqual([]);
  expect(kept.filter(({ text }) => text.includes("Nobody else's business"))).toEqual([]);
  const boardPage = kept.find(({ path }) => path === "/board.html")?.text;
  expect(boardPage).not.toContain("board-view");
  // The same screens come without a network, from there.
  await ana.context.setOffline(true);
  await ana.page.reload();
  await ana.board.cardWith("Nobody else's business").waitFor();
});

test("Two who write in one card while apart keep both their words", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("work", "now", "teacher");
  await bo.board.cardWith("teacher").waitFor();
  await ana.context.setOffline(true);
  await ana.board.rewrite("teacher", "maths teacher");
  await bo.board.rewrite("teacher", "teacher for 11 years");
  await ana.context.setOffline(false);
  await ana.board.cardWith("maths teacher for 11 years").waitFor();
  await bo.board.cardWith("maths teacher for 11 years").waitFor();
});

/** What this page's browser keeps of its lanes, row by row. */
const rowsOf = (page: Page): Promise<readonly number[]> =>
  page.evaluate(async () => {
    const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.match(/^alongside:.+:.+:/) ? [name] : []));
    const rows = names.map(
      (name) =>
        new Promise<number>((resolve) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => {
            const count = request.result.transaction("updates").objectStore("updates").count();
            count.onsuccess = () => {
              request.result.close();
              resolve(count.result);
            };
          };
        }),
    );
    return Promise.all(rows);
  });

test("What somebody wrote who may only read by then is shown to them, kept until they close it, and in nobody's way", async () => {
  const board = await aBoard({ name: "Ana", language: "en" });
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await joinBoard(board.ownerLink, { device: "phone" });
  const bo = await joinBoard(link, { device: "phone" });
  await bo.board.addCard("home", "now", "Cooks for everybody");
  await ana.board.cardWith("Cooks for everybody").waitFor();
  await bo.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await bo.context.setOffline(true);
  await bo.page.getByText(say("line.offline")).waitFor();
  await bo.board.rewrite("Cooks for everybody", "Cooks and bakes for everybody");
  await bo.board.addCard("home", "now", "Written without a network");
  // Meanwhile the worker lets Bo only read, and Ana writes on.
  const path = `/api/boards/${board.boardId}`;
  const headers = board.worker.headers;
  const view = await callApi<BoardView>(server().url, "GET", path, undefined, headers);
  const person = view.people.find(({ name }) => name === "Bo");
  const lanes = view.lanes.map(({ laneId }) => ({ laneId, access: "read" }));
  await callApi(server().url, "PATCH", `${path}/people/${person?.personId}`, { lanes }, headers);
  await ana.board.addCard("home", "now", "Ana, meanwhile");

  await bo.context.setOffline(false);
  await bo.page.getByText(say("notTaken.line")).waitFor();
  await bo.board.cardWith("Ana, meanwhile").waitFor();
  await bo.board.saved();
  expect(await bo.board.cardWith("Cooks for everybody").count()).toBe(1);
  expect(await bo.board.cardWith("Written without a network").count()).toBe(0);
  expect(await ana.board.cardWith("Written without a network").count()).toBe(0);

  // It outlives the page, and Escape puts it away without letting it go.
  await bo.page.reload();
  await bo.board.saved();
  await bo.page.getByRole("button", { name: say("notTaken.show") }).click();
  const dialog = bo.page.getByRole("dialog", { name: say("notTaken.title") });
  await dialog.getByText(say("notTaken.why.read-only")).waitFor();
  await dialog.getByText("Cooks and bakes for everybody").waitFor();
  await dialog.getByText("Written without a network").waitFor();
  expect(await axeFindings(bo.page)).toEqual([]);
  await bo.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await bo.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await bo.page.getByRole("button", { name: say("notTaken.show") }).click();
  await dialog.getByRole("button", { name: say("notTaken.copy") }).click();
  await dialog.getByRole("button", { name: say("notTaken.copied") }).waitFor();
  const copied = await bo.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("Cooks and bakes for everybody");
  expect(copied).toContain("Written without a network");

  await dialog.getByRole("button", { name: say("notTaken.letGo") }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await bo.page.getByText(say("notTaken.line")).count()).toBe(0);
  await bo.page.reload();
  await bo.board.saved();
  await bo.board.cardWith("Ana, meanwhile").waitFor();
  expect(await bo.page.getByText(say("notTaken.line")).count()).toBe(0);
});

test("A damaged board stays readable on a device that has it, and its owner brings it back with what that device holds", async () => {
  const { ana, bo, lanes } = await anaAndBo();
  await ana.board.addCard("home", "now", "Whole");
  await bo.board.cardWith("Whole").waitFor();
  await ana.board.addCard("home", "now", "Harmed on the server");
  await bo.board.cardWith("Harmed on the server").waitFor();
  await Promise.all([ana.board.saved(), bo.board.saved()]);
  await server().kill();
  const file = (await readdir(server().dataDir)).find((name) => name.endsWith(".sqlite") || name.endsWith(".db"));
  const db = new DatabaseSync(join(server().dataDir, file ?? ""));
  const laneId = lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
  const { seq = 0 } =
    db.prepare("SELECT max(seq) AS seq FROM updates WHERE lane_id = ? AND seq < 1000").get(laneId) ?? {};
  db.prepare("UPDATE updates SET sealed = zeroblob(length(sealed)) WHERE lane_id = ? AND seq = ?").run(laneId, seq);
  db.prepare("DELETE FROM snapshots WHERE lane_id = ?").run(laneId);
  db.close();
  await server().restart();

  for (const { page, board } of [ana, bo]) {
    await page.getByText(say("trouble.damaged")).waitFor({ timeout: 60_000 });
    await board.cardWith("Harmed on the server").waitFor();
  }
  await bo.page.getByText(say("trouble.askForIt")).waitFor();
  expect(await bo.page.getByRole("button", { name: /^Go back/ }).count()).toBe(0);
  expect(await axeFindings(ana.page)).toEqual([]);
  await ana.board.addCard("home", "now", "Written on the copy");
  await ana.page.getByRole("button", { name: /^Go back to how it was on/ }).click();
  for (const { page, board } of [ana, bo]) {
    await page.getByText(say("trouble.damaged")).waitFor({ state: "detached", timeout: 60_000 });
    await board.saved();
    for (const words of ["Whole", "Harmed on the server", "Written on the copy"]) await board.cardWith(words).waitFor();
  }
});

test("What another writes costs few rows of the offline copy, what one writes oneself is there at once, and many become one", async () => {
  const { ana, bo } = await anaAndBo();
  await ana.board.addCard("home", "now", "First");
  await bo.board.cardWith("First").waitFor();
  const sumOf = async (page: Page) => (await rowsOf(page)).reduce((sum, rows) => sum + rows, 0);

  const before = await sumOf(bo.page);
  await ana.board.cardWith("First").click();
  const field = ana.page.getByRole("textbox", { name: say("card.words") });
  await field.pressSequentially(" and then many letters one after another, as people write");
  await field.press("Enter");
  await bo.board.cardWith("as people write").waitFor();
  // One a quarter of a second at most; there were 57 letters.
  await expect.poll(() => sumOf(bo.page)).toBeGreaterThan(before);
  expect((await sumOf(bo.page)) - before).toBeLessThan(30);

  // 600 rows by hand: the next own change makes one of them.
  await bo.page.evaluate(async () => {
    const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.match(/^alongside:.+:.+:/) ? [name] : []));
    for (const name of names)
      await new Promise<void>((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          const transaction = request.result.transaction("updates", "readwrite");
          for (let row = 0; row < 600; row += 1) transaction.objectStore("updates").add(new Uint8Array([0, 0]));
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      });
  });
  await bo.page.reload();
  await bo.board.saved();
  await bo.board.addCard("home", "now", "Mine");
  await expect.poll(async () => Math.min(...(await rowsOf(bo.page))), { timeout: 30_000 }).toBeLessThan(20);
  await bo.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await bo.context.setOffline(true);
  await bo.board.addCard("home", "now", "Offline at once");
  await bo.page.reload();
  await bo.board.cardWith("Offline at once").waitFor();
  await bo.board.cardWith("as people write").waitFor();
  await bo.board.cardWith("Mine").waitFor();
});

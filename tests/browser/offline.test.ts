import { expect, test } from "vitest";
import { browserTest } from "../support/browser-test.ts";
import { linkFor } from "../support/person.ts";
import { say } from "../support/say.ts";

const { server, aBoard, join } = browserTest();

async function anaAndBo() {
  const board = await aBoard({ name: "Ana", language: "en" });
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await join(board.ownerLink, { device: "phone" });
  const bo = await join(link, { device: "phone" });
  return { ana, bo };
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

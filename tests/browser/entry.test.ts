import { expect, onTestFinished, test } from "vitest";
import { callApi } from "../../server/demo/demo-person.ts";
import { boardPage } from "../support/board-page.ts";
import { browserTest } from "../support/browser-test.ts";
import { joinInBrowser, linkFor } from "../support/person.ts";
import { say, sayIn } from "../support/say.ts";
import { startServer } from "../support/start-server.ts";

const { server, aBoard, aDevice: device } = browserTest();

test("From the set-up link to a board with its client on it: account, board, invitation, joined by one tap", async () => {
  // The set-up link works once, and the other tests' worker needs this server's.
  const fresh = await startServer();
  onTestFinished(fresh.close);
  const worker = (await device()).page;
  await worker.goto(fresh.setupLink);
  await worker.getByLabel(say("setup.name")).fill("Sunita");
  await worker.getByLabel(say("staff.email")).fill("sunita@example.org");
  await worker.getByLabel(say("staff.password")).fill("river stone window");
  await worker.getByRole("button", { name: say("setup.go") }).click();
  await worker.getByRole("heading", { name: say("home.emptyTitle", { name: "Sunita" }) }).waitFor();

  await worker.getByRole("button", { name: say("home.new") }).click();
  await worker.getByLabel(say("home.clientName")).fill("Gavin");
  await worker.getByRole("button", { name: say("home.make") }).click();
  await worker.getByRole("img", { name: say("invite.qr", { name: "Gavin" }) }).waitFor();
  const link = await worker
    .getByText(/\/join#/)
    .first()
    .textContent();
  await worker.getByRole("button", { name: say("home.open") }).click();
  await boardPage(worker).saved();

  const phone = (await device({ device: "phone" })).page;
  await phone.goto(link?.trim() ?? "");
  await phone.getByRole("button", { name: say("join.go"), exact: true }).click();
  await boardPage(phone).saved();
  // The board is seen before anybody is asked for a name; the question stands beside it.
  await phone.getByRole("region", { name: say("list.name") }).waitFor();
  await phone.getByRole("heading", { name: say("name.title") }).waitFor();

  const address = new URL(phone.url());
  expect(address.pathname).toMatch(/^\/b\/[\w-]+$/);
  expect(address.hash).toBe("");
  expect(await phone.title()).not.toMatch(/Gavin|Sunita/);
  await phone.goBack();
  expect(phone.url()).not.toContain("#");
});

test("A six-character code said aloud joins too, in small letters and with a blank in it", async () => {
  const board = await aBoard();
  const reply = await callApi<{ code: string }>(
    server().url,
    "POST",
    `/api/boards/${board.boardId}/invitations`,
    { name: "Beryl", role: "supporter", language: "en" },
    { authorization: `Bearer ${board.workerSession.sessionToken}` },
  );
  const phone = (await device({ device: "phone" })).page;
  await phone.goto(server().url);
  const typed = `${reply.code.slice(0, 3)} ${reply.code.slice(3)}`.toLowerCase();
  await phone.getByLabel(say("start.code"), { exact: true }).fill(typed);
  await phone.getByRole("button", { name: say("start.codeGo") }).click();
  await phone.getByRole("button", { name: say("join.go"), exact: true }).click();
  await boardPage(phone).saved();
});

test("A name can be typed, or a picture and a colour picked, and the others see it", async () => {
  const board = await aBoard();
  const guest = await linkFor(board, { name: "Bo", role: "supporter" });
  const ana = (await device({ device: "tablet" })).page;
  await joinInBrowser(ana, board.ownerLink);
  await ana.getByRole("button", { name: say("name.other") }).click();
  await ana.getByLabel(say("name.label")).fill("Ana Lucía");
  await ana.getByRole("button", { name: say("name.save") }).click();
  await ana.getByRole("heading", { name: say("name.title") }).waitFor({ state: "detached" });

  const bo = (await device({ device: "phone" })).page;
  await joinInBrowser(bo, guest);
  await bo.getByRole("button", { name: say("name.symbol") }).click();
  await bo.getByRole("radio", { name: say("symbol.boat") }).check({ force: true });
  await bo.getByRole("radio", { name: say("colour.moss") }).check({ force: true });
  await bo.getByRole("button", { name: say("name.save") }).click();
  await bo.getByRole("heading", { name: say("name.title") }).waitFor({ state: "detached" });

  await bo.getByRole("button", { name: /Ana Lucía/ }).waitFor();
  await ana.getByRole("button", { name: /Bo/ }).waitFor();
});

test("An invitation in Arabic opens in Arabic, whatever the browser's own language is", async () => {
  const arabic = sayIn("ar");
  const board = await aBoard({ name: "أمل", language: "ar" });
  const { page } = await device({ device: "phone", language: "en" });
  await page.goto(board.ownerLink);
  await page.getByRole("button", { name: arabic("join.go"), exact: true }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
    "ar",
    "rtl",
  ]);
});

test("What the owner has to agree to waits for their yes, and comes in then", async () => {
  const board = await aBoard();
  const ana = (await device({ device: "tablet" })).page;
  await joinInBrowser(ana, board.ownerLink);
  await boardPage(ana).saved();
  const asked = await callApi<{ pending?: true }>(
    server().url,
    "POST",
    `/api/boards/${board.boardId}/invitations`,
    { name: "Chris", role: "supporter", language: "en" },
    { authorization: `Bearer ${board.workerSession.sessionToken}` },
  );
  expect(asked.pending).toBe(true);
  await ana.getByRole("button", { name: new RegExp(say("people.waiting", { count: 1 })) }).click();
  await ana.getByRole("button", { name: say("people.yes", { name: "Chris" }) }).click();
  const link = await ana
    .getByText(/\/join#/)
    .first()
    .textContent();
  const chris = (await device({ device: "phone" })).page;
  await joinInBrowser(chris, link?.trim() ?? "");
  await boardPage(chris).saved();
});

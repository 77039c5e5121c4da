import { expect, test } from "vitest";
import type { BoardView, SessionView } from "#shared/protocol/api.ts";
import { bearer, callApi } from "../../server/demo/demo-person.ts";
import { axeFindings } from "../support/axe.ts";
import { browserTest } from "../support/browser-test.ts";
import { linkFor } from "../support/person.ts";
import { say, sayIn } from "../support/say.ts";

const { aBoard, join, server } = browserTest();
const slowMs = 120_000;
const asks = { timeout: 30_000 };

test("A minute before the board closes itself it asks, and one tap keeps it open", { timeout: slowMs }, async () => {
  const board = await aBoard({ name: "Ana", language: "ar" });
  const inArabic = sayIn("ar");
  const ana = await join(board.ownerLink, { device: "phone", language: "ar" });
  await ana.board.addCard("home", "now", "خبز");
  // As if nobody had touched it for 14 minutes and a half; the tap itself goes to the server.
  await ana.page.route(/\/session$/, (route) =>
    route.fulfill({ json: { quietLeftMs: 30_000, leftMs: 3_600_000, ends: "session" } satisfies SessionView }),
  );
  await ana.page.reload();
  const dialog = ana.page.getByRole("dialog", { name: inArabic("stay.title") });
  await dialog.waitFor(asks);
  expect(await axeFindings(ana.page)).toEqual([]);
  const renewed = ana.page.waitForResponse(/\/session\/renew$/);
  await dialog.getByRole("button", { name: inArabic("stay.yes") }).click();
  expect((await (await renewed).json()).quietLeftMs).toBeGreaterThan(14 * 60_000);
  await dialog.waitFor({ state: "detached" });
  await ana.board.cardWith("خبز").waitFor();
});

test("When somebody's time is over they are told calmly, and what they wrote is on the board", {
  timeout: slowMs,
}, async () => {
  const board = await aBoard();
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await join(board.ownerLink, { device: "desktop" });
  const bo = await join(link, { device: "tablet" });
  await bo.board.addCard("work", "now", "Keeps bees");
  await bo.board.saved();
  const asWorker = bearer(board.workerSession.sessionToken);
  const path = `/api/boards/${board.boardId}`;
  const { people } = await callApi<BoardView>(server().url, "GET", path, undefined, asWorker);
  const personId = people.find(({ name }) => name === "Bo")?.personId;
  const until = new Date(Date.now() + 2_000).toISOString();
  await callApi(server().url, "PATCH", `${path}/people/${personId}`, { until }, asWorker);

  await bo.page.getByText(say("closed.accessEnded")).waitFor(asks);
  expect(await axeFindings(bo.page)).toEqual([]);
  await ana.board.cardWith("Keeps bees").waitFor();
  await ana.page.getByRole("button", { name: /is here|are here/ }).click();
  await ana.page.getByText(say("access.ended")).waitFor(asks);
});

test("The owner changes who may do what among the people, and it counts at once", { timeout: slowMs }, async () => {
  const board = await aBoard();
  const link = await linkFor(board, { name: "Bo", role: "supporter", writesShared: true });
  const ana = await join(board.ownerLink, { device: "phone" });
  const bo = await join(link, { device: "desktop" });
  await bo.board.addCard("work", "now", "Keeps bees");
  await ana.board.cardWith("Keeps bees").waitFor();

  await ana.page.getByRole("button", { name: /are here/ }).click();
  await ana.page
    .getByRole("listitem")
    .filter({ hasText: "Bo" })
    .getByRole("button", { name: say("access.change") })
    .click(asks);
  const dialog = ana.page.getByRole("dialog", { name: say("access.title", { name: "Bo" }) });
  await dialog.getByLabel(say("invite.role")).selectOption("interpreter");
  await dialog.getByLabel(say("access.until")).selectOption("hour");
  expect(await axeFindings(ana.page)).toEqual([]);
  await dialog.getByRole("button", { name: say("access.save") }).click();
  await ana.page.getByText(say("role.interpreter")).waitFor(asks);
  const view = await callApi<BoardView>(
    server().url,
    "GET",
    `/api/boards/${board.boardId}`,
    undefined,
    bearer(board.workerSession.sessionToken),
  );
  expect(view.people.find(({ name }) => name === "Bo")).toMatchObject({ role: "interpreter", canWriteShared: false });
  // Bo's page opens the board again by itself, to be read.
  await expect.poll(() => bo.page.getByRole("button", { name: /^Add a card to/ }).count(), asks).toBe(0);
  await bo.board.cardWith("Keeps bees").waitFor();
});

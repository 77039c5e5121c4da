import { expect, test } from "vitest";
import type { InvitationView } from "#shared/protocol/api.ts";
import { bearer, callApi, joinByLink } from "../../server/demo/demo-person.ts";
import { browserTest } from "../support/browser-test.ts";
import { linkFor, type TestBoard } from "../support/person.ts";
import { say } from "../support/say.ts";

const { server, aBoard, aDevice, join } = browserTest();

async function seesEnding(link: string, title: string, hint: string): Promise<void> {
  const { page } = await aDevice({ device: "phone" });
  await page.goto(link);
  await page.getByRole("heading", { name: title, exact: true }).waitFor();
  await page.getByText(hint, { exact: true }).waitFor();
  // There is always a way on.
  await page.getByRole("button", { name: say("join.toCode") }).click();
  await page.getByLabel(say("start.code"), { exact: true }).waitFor();
}

const asWorker = (board: TestBoard) => bearer(board.workerSession.sessionToken);

test("A link that was used says so, and what to do", async () => {
  const board = await aBoard();
  await joinByLink(server().url, board.ownerLink);
  await seesEnding(board.ownerLink, say("join.used"), say("join.usedHint"));
});

test("A link that is too old says so, and what to do", async () => {
  const board = await aBoard();
  const made = await callApi<InvitationView>(
    server().url,
    "POST",
    `/api/boards/${board.boardId}/invitations`,
    { name: "Bo", role: "supporter", language: "en", expiresAt: new Date(Date.now() + 1_000).toISOString() },
    asWorker(board),
  );
  await expect.poll(() => fetchLook(made.url), { timeout: 10_000 }).toBe(410);
  await seesEnding(made.url, say("join.expired"), say("join.expiredHint"));
});

test("A link that was taken back says so, and what to do", async () => {
  const board = await aBoard();
  const made = await callApi<InvitationView & { personId: string }>(
    server().url,
    "POST",
    `/api/boards/${board.boardId}/invitations`,
    { name: "Bo", role: "supporter", language: "en" },
    asWorker(board),
  );
  const path = `/api/boards/${board.boardId}/invitations/${made.personId}/revoke`;
  await callApi(server().url, "POST", path, {}, asWorker(board));
  await seesEnding(made.url, say("join.revoked"), say("join.revokedHint"));
});

test("A link with a wrong letter, and one that lost its end, say so", async () => {
  const board = await aBoard();
  const wrong = board.ownerLink.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  await seesEnding(wrong, say("join.wrong"), say("join.wrongHint"));
  await seesEnding(`${server().url}/join`, say("join.wrong"), say("join.wrongHint"));
});

test("An address that names nothing leads to the start page", async () => {
  const { page } = await aDevice();
  await page.goto(`${server().url}/somewhere/else`);
  await page.getByRole("heading", { name: say("lost.title") }).waitFor();
  await page.getByRole("button", { name: say("app.toStart") }).click();
  await page.getByRole("heading", { name: say("start.title") }).waitFor();
});

test("A board that is not theirs looks like one that does not exist, and shows nothing of it", async () => {
  const board = await aBoard({ name: "Ana", language: "en" });
  const { page } = await aDevice();
  await page.goto(`${server().url}/b/${board.boardId}`);
  await page.getByRole("button", { name: say("app.toStart") }).waitFor();
  expect(await page.locator("body").textContent()).not.toContain("Ana");
});

test("A wrong password is told calmly, and the right one still works", async () => {
  const board = await aBoard();
  const { page } = await aDevice();
  await page.goto(server().url);
  await page.getByLabel(say("staff.email")).fill(board.worker.email);
  await page.getByLabel(say("staff.password")).fill("not the password");
  await page.getByRole("button", { name: say("staff.signIn") }).click();
  await page.getByText(say("error.wrong-password")).waitFor();
  await page.getByLabel(say("staff.password")).fill(board.worker.password);
  await page.getByRole("button", { name: say("staff.signIn") }).click();
  await page.getByRole("heading", { name: say("home.title") }).waitFor();
});

test("Somebody who is taken off the board is told so at once, and sees it no more", async () => {
  const board = await aBoard();
  const link = await linkFor(board, { name: "Bo", role: "supporter" });
  const ana = await join(board.ownerLink, { device: "tablet" });
  await ana.board.addCard("home", "now", "A quiet street");
  const bo = await join(link, { device: "phone" });
  await bo.board.cardWith("A quiet street").waitFor();

  await ana.page.getByRole("button", { name: /Bo/ }).first().click();
  await ana.page
    .getByRole("listitem")
    .filter({ hasText: "Bo" })
    .getByRole("button", { name: say("people.remove") })
    .click();
  await ana.page.getByRole("button", { name: say("people.removeYes") }).click();
  await bo.page.getByText(say("closed.removed")).waitFor();
  expect(await bo.page.getByText("A quiet street").count()).toBe(0);
  await bo.page.reload();
  await bo.page.getByRole("button", { name: say("app.toStart") }).waitFor();
  expect(await bo.page.getByText("A quiet street").count()).toBe(0);
});

test("A supporter's words go to the offers, and the shared cards are theirs to read only", async () => {
  const board = await aBoard();
  const link = await linkFor(board, { name: "Bo", role: "supporter" });
  const ana = await join(board.ownerLink, { device: "tablet" });
  await ana.board.addCard("people", "now", "My sister");
  const bo = await join(link, { device: "phone" });
  await bo.board.cardWith("My sister").waitFor();
  expect(await bo.board.cardWith("My sister").getByRole("button").first().isDisabled()).toBe(true);
  await bo.board.addCard("people", "now", "You make everyone laugh");
  await ana.board.cardWith("You make everyone laugh").waitFor();
});

async function fetchLook(link: string): Promise<number> {
  const response = await fetch(`${server().url}/api/join/look`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server().url },
    body: JSON.stringify({ secret: new URL(link).hash.slice(1) }),
  });
  return response.status;
}

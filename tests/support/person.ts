import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Role } from "#shared/access/roles.ts";
import type { BoardId } from "#shared/board/ids.ts";
import type { JoinReply, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { bearer, callApi, joinByLink } from "../../server/demo/demo-person.ts";
import { type Device, troubleOf, viewports } from "./browser.ts";
import { sayIn } from "./say.ts";
import { firstWorker, type RunningServer, type StaffSignIn } from "./start-server.ts";

/** A board to test on: made by a signed-in worker, its owner not yet joined. */
export interface TestBoard {
  readonly server: RunningServer;
  readonly boardId: BoardId;
  readonly ownerLink: string;
  readonly worker: StaffSignIn;
  /** The worker's own session, as a program has it. */
  readonly workerSession: JoinReply;
}

const workers = new WeakMap<RunningServer, Promise<StaffSignIn>>();

export async function aBoard(server: RunningServer, owner = { name: "Ana", language: "en" }): Promise<TestBoard> {
  const signedIn = workers.get(server) ?? firstWorker(server);
  workers.set(server, signedIn);
  const worker = await signedIn;
  const body = { title: `${owner.name}’s board`, owner };
  const made = await callApi<NewBoardReply>(server.url, "POST", "/api/boards", body, worker.headers);
  const path = `/api/boards/${made.boardId}/enter`;
  const workerSession = await callApi<JoinReply>(server.url, "POST", path, {}, worker.headers);
  return { server, boardId: made.boardId, ownerLink: made.invitation.url, worker, workerSession };
}

export interface Guest {
  readonly name: string;
  readonly role: Exclude<Role, "client">;
  readonly language?: string;
  readonly writesShared?: boolean;
}

/** A link for somebody, asked for by the worker before the owner has joined, so that nobody has to say yes to it. */
export async function linkFor(board: TestBoard, guest: Guest): Promise<string> {
  const { name, role, language = "en", writesShared } = guest;
  const lanes = writesShared
    ? { lanes: board.workerSession.lanes.map(({ laneId }) => ({ laneId, access: "write" })) }
    : {};
  const reply = await callApi<NewInvitationReply>(
    board.server.url,
    "POST",
    `/api/boards/${board.boardId}/invitations`,
    { name, role, language, ...lanes },
    bearer(board.workerSession.sessionToken),
  );
  if ("pending" in reply) throw new Error("The owner has joined already: this invitation waits for their yes.");
  return reply.url;
}

/** A person at a device of their own. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page, for the test to hold against nothing. */
  readonly trouble: readonly string[];
  readonly close: () => Promise<void>;
}

export interface DeviceOptions {
  readonly device?: Device;
  /** What the browser says it likes; the invitation's language goes first. */
  readonly language?: string;
  readonly touch?: boolean;
}

export async function aDevice(browser: Browser, options: DeviceOptions = {}): Promise<Person> {
  const { device = "desktop", language = "en", touch = device !== "desktop" } = options;
  const context = await browser.newContext({ viewport: viewports[device], locale: language, hasTouch: touch });
  const page = await context.newPage();
  const trouble = troubleOf(page);
  return { page, context, trouble, close: () => context.close() };
}

/** Follows a join link as a person does, to the board. */
export async function joinInBrowser(page: Page, link: string): Promise<void> {
  await page.goto(link);
  const go = (["en", "ar"] as const).map((language) => sayIn(language)("join.go"));
  await page.getByRole("button", { name: new RegExp(`^(${go.join("|")})$`) }).click();
  await page.waitForURL(/\/b\//);
}

export async function aPerson(browser: Browser, link: string, options: DeviceOptions = {}): Promise<Person> {
  const person = await aDevice(browser, options);
  await joinInBrowser(person.page, link);
  return person;
}

/** Somebody without a browser, on the same wire. */
export const joinAsProgram = (server: RunningServer, link: string) => joinByLink(server.url, link);

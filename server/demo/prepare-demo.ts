import { randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardId } from "#shared/board/ids.ts";
import type { JoinReply, NewBoardReply, SetupBody } from "#shared/protocol/api.ts";
import { callApi } from "./demo-person.ts";
import { fillBoard, freshLinks } from "./fill-board.ts";
import { stories } from "./stories.ts";
import type { Story } from "./story.ts";

export interface DemoBoard {
  readonly title: string;
  /** Fresh ones, single use: everybody on the board but its worker, who signs in. */
  readonly links: readonly { readonly name: string; readonly role: string; readonly url: string }[];
}

export interface Demo {
  readonly worker: { readonly email: string; readonly password: string };
  readonly boards: readonly DemoBoard[];
}

/** What has to be kept between two starts of one demo. Secrets of made-up people, beside their made-up boards. */
interface Kept {
  readonly worker: Demo["worker"];
  readonly boards: readonly { readonly title: string; readonly boardId: BoardId; readonly ownerToken: string }[];
}

/**
 * The demo on a running server: plays the stories on it the first time, and hands out fresh links each time. `setupLink`
 * is what the server gave at its start; a data folder that has staff, but was not filled by us, is refused.
 */
export async function prepareDemo(baseUrl: string, dataDir: string, setupLink: string | undefined): Promise<Demo> {
  const file = join(dataDir, "demo.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : await fill(baseUrl, setupLink);
  writeFileSync(file, JSON.stringify(kept), { mode: 0o600 });
  const boards = [];
  for (const board of kept.boards) {
    const links = await freshLinks(baseUrl, board);
    boards.push({ title: board.title, links: links.filter(({ role }) => role !== "worker") });
  }
  return { worker: kept.worker, boards };
}

async function fill(baseUrl: string, setupLink: string | undefined): Promise<Kept> {
  if (setupLink === undefined) {
    throw new Error("This data folder has boards of its own, so the demo leaves it alone. Choose another DATA_DIR.");
  }
  const worker = { email: "worker@example.org", password: newPassword() };
  const body: SetupBody = { token: new URL(setupLink).hash.slice(1), name: "Sunita", ...worker };
  const staff = await signUp(baseUrl, body);
  const boards = [];
  for (const story of Object.values<Story>(stories)) {
    const owner = Object.values(story.people).find(({ role }) => role === "client");
    const workerKey = Object.keys(story.people).find((key) => story.people[key]?.role === "worker");
    if (!owner || workerKey === undefined) throw new Error(`Bug: story ${story.key} lacks its owner or its worker`);
    const made = await callApi<NewBoardReply>(
      baseUrl,
      "POST",
      "/api/boards",
      { title: story.title, owner: { name: owner.name, language: owner.language } },
      staff,
    );
    const entered = await callApi<JoinReply>(baseUrl, "POST", `/api/boards/${made.boardId}/enter`, {}, staff);
    const filled = await fillBoard(baseUrl, story, {
      boardId: made.boardId,
      link: made.invitation.url,
      alreadyOn: { [workerKey]: entered },
    });
    boards.push({ title: story.title, boardId: filled.boardId, ownerToken: filled.ownerToken });
  }
  return { worker, boards };
}

async function signUp(baseUrl: string, body: SetupBody): Promise<Record<string, string>> {
  const response = await fetch(new URL("/api/setup", baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json", origin: new URL(baseUrl).origin },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`Setting up the demo's worker answered ${response.status}: ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { cookie: cookies.join("; ") };
}

const syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "za", "do", "fe", "gi", "hu", "pa", "wo"];

/** Easy to type, and different on each machine: a demo may be opened to a network. */
function newPassword(): string {
  const word = () => Array.from({ length: 3 }, () => syllables[randomInt(syllables.length)]).join("");
  return `${word()}-${word()}-${word()}`;
}

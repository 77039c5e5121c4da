import { setTimeout as pause } from "node:timers/promises";
import * as Y from "yjs";
import type { Board, CommandError, Doer, LongWordsRef } from "#shared/board/board.ts";
import type { BoardId, CardId, PersonId, RandomBytes } from "#shared/board/ids.ts";
import { origins } from "#shared/board/origins.ts";
import { runAttribute } from "#shared/board/schema.ts";
import type { BoardView, InvitationView, JoinReply, NewInvitationReply } from "#shared/protocol/api.ts";
import type { Result } from "#shared/result.ts";
import { bearer, callApi, joinByLink, openRemoteBoard, type RemoteBoard } from "./demo-person.ts";
import type { Story, Writing } from "./story.ts";

/** A board that exists, with nobody on it but perhaps its worker. */
export interface EmptyBoard {
  readonly boardId: BoardId;
  /** The owner's. */
  readonly link: string;
  /** Somebody who is on it already (a worker who is signed in made it): how they get a session. */
  readonly alreadyOn?: Readonly<Record<string, JoinReply>>;
}

export interface FilledBoard {
  readonly boardId: BoardId;
  /** By which fresh links for anybody on the board can be asked for. */
  readonly ownerToken: string;
  readonly people: Readonly<Record<string, JoinReply>>;
}

/** Where the clock of the demo starts: each change is a minute after the last, so that the order can be seen. */
const minuteMs = 60_000;

/**
 * Plays a story on an empty board of a running server: everybody joins by their own link and writes their own part over
 * their own sockets, so that authors, lanes and rights are what they would be. Resolves when the server has all of it.
 * With a seeded `random`, cards, goals and steps have the same ids in each run.
 */
export async function fillBoard(
  baseUrl: string,
  story: Story,
  empty: EmptyBoard,
  random?: RandomBytes,
): Promise<FilledBoard> {
  const people = await joinEverybody(baseUrl, story, empty);
  let clock = Date.now() - 40 * minuteMs;
  const now = () => (clock += minuteMs / 2);
  const boards = new Map<string, RemoteBoard>();
  for (const [key, joined] of Object.entries(people)) {
    const language = story.people[key]?.language ?? "en";
    boards.set(key, openRemoteBoard(baseUrl, { ...joined, language }, now, random));
  }
  try {
    await Promise.all([...boards.values()].map((each) => each.synced()));
    await play(story, people, boards);
    await everywhereTheSame([...boards.values()]);
  } finally {
    for (const each of boards.values()) each.close();
  }
  const owner = Object.entries(story.people).find(([, person]) => person.role === "client")?.[0];
  const ownerToken = people[owner ?? ""]?.sessionToken;
  if (ownerToken === undefined) throw new Error(`Bug: story ${story.key} has no owner`);
  return { boardId: empty.boardId, ownerToken, people };
}

/** A fresh link for everybody on the board, by their name. Links made before stop working. */
export async function freshLinks(
  baseUrl: string,
  { boardId, ownerToken }: Pick<FilledBoard, "boardId" | "ownerToken">,
): Promise<readonly { readonly name: string; readonly role: string; readonly url: string }[]> {
  const auth = bearer(ownerToken);
  const view = await callApi<BoardView>(baseUrl, "GET", `/api/boards/${boardId}`, undefined, auth);
  const links = [];
  for (const person of view.people.filter(({ standing }) => standing === "joined" || standing === "invited")) {
    const path = `/api/boards/${boardId}/invitations/${person.personId}/again`;
    const { url } = await callApi<InvitationView>(baseUrl, "POST", path, {}, auth);
    links.push({ name: person.name, role: person.role, url });
  }
  return links;
}

async function joinEverybody(baseUrl: string, story: Story, empty: EmptyBoard): Promise<Record<string, JoinReply>> {
  const people: Record<string, JoinReply> = { ...empty.alreadyOn };
  const ownerKey = Object.keys(story.people).find((key) => story.people[key]?.role === "client") ?? "";
  const owner = await joinByLink(baseUrl, empty.link);
  people[ownerKey] = owner;
  for (const [key, { name, role, language, writesShared }] of Object.entries(story.people)) {
    if (people[key]) continue;
    const lanes = writesShared
      ? { lanes: owner.lanes.map(({ laneId }) => ({ laneId, access: "write" as const })) }
      : {};
    const path = `/api/boards/${empty.boardId}/invitations`;
    const body = { name, role, language, ...lanes };
    const invited = await callApi<NewInvitationReply>(baseUrl, "POST", path, body, bearer(owner.sessionToken));
    if ("pending" in invited) throw new Error(`Bug: the owner's own invitation waits for the owner (${key})`);
    people[key] = await joinByLink(baseUrl, invited.url);
  }
  for (const [key, { name, colour, symbol, language }] of Object.entries(story.people)) {
    const me = { name, colour, language, ...(symbol ? { symbol } : {}) };
    const joined = people[key] as JoinReply;
    await callApi(baseUrl, "PATCH", `/api/boards/${empty.boardId}/me`, me, bearer(joined.sessionToken));
  }
  return people;
}

async function play(
  story: Story,
  people: Readonly<Record<string, JoinReply>>,
  boards: ReadonlyMap<string, RemoteBoard>,
): Promise<void> {
  const idOf = (key: string): PersonId => (people[key] as JoinReply).personId;
  const boardOf = ({ by }: Writing): Board => (boards.get(by) as RemoteBoard).board;
  const writing = ({ by, said, how }: Writing) => ({
    language: story.people[said ?? by]?.language ?? "en",
    how: how ?? ("typed" as const),
    ...(said === undefined ? {} : { said: idOf(said) }),
  });
  const doer = (who: string): Doer => (people[who] ? { person: idOf(who) } : { name: who });

  const cardIds = new Map<string, CardId>();
  for (const [key, card] of Object.entries(story.cards)) {
    const { kind, area, time, words } = card;
    const id = done(boardOf(card).addCard({ kind, area, time, words, ...writing(card) }));
    cardIds.set(key, id);
    if (card.story !== undefined) writeLong(boardOf(card), { of: "card", id, field: "story" }, card.story, card, idOf);
    // A free spot is chosen among the cards that a writer sees.
    await everywhereTheSame([...boards.values()]);
  }
  for (const goal of story.goals) {
    const board = boardOf(goal);
    const { words, whose } = goal;
    const id = done(board.addGoal({ words, whose, ...writing(goal) }));
    for (const field of ["zero", "ten", "signs"] as const) {
      const text = goal[field];
      if (text === undefined) continue;
      const { how, said } = { said: undefined, ...writing(goal) };
      done(board.writeWords({ of: "goal", id, field }, text, said === undefined ? { how } : { how, said }));
    }
    if (goal.why !== undefined) writeLong(board, { of: "goal", id, field: "why" }, goal.why, goal, idOf);
    if (goal.goodEnough !== undefined) done(board.setGoodEnough(id, goal.goodEnough));
    if (goal.review !== undefined) done(board.setReview(id, goal.review));
    if (goal.state !== "idea") done(board.setGoalState(id, goal.state));
    await everywhereTheSame([...boards.values()]);

    for (const key of goal.strengths) done(board.linkStrength(cardIds.get(key) as CardId, id));
    for (const [who, number] of Object.entries(goal.readings)) {
      done((boards.get(who) as RemoteBoard).board.setReading(id, number));
    }
    for (const step of goal.steps) {
      const byWhen =
        step.date !== undefined ? { date: step.date } : step.when !== undefined ? { when: step.when } : undefined;
      const stepId = done(
        boardOf(step).addStep({
          goalId: id,
          what: step.what,
          size: step.size,
          who: step.who.map(doer),
          ...(byWhen ? { byWhen } : {}),
          ...writing(step),
        }),
      );
      if (step.state !== undefined) done(boardOf(step).setStepState(stepId, step.state));
      // Ranks are chosen after the last one that a writer sees: each waits for the one before.
      await everywhereTheSame([...boards.values()]);
    }
  }
}

function writeLong(board: Board, ref: LongWordsRef, text: string, by: Writing, idOf: (key: string) => PersonId): void {
  const fragment = board.longWords(ref);
  if (!fragment?.doc) throw new Error(`Bug: no long words at ${JSON.stringify(ref)}`);
  const run = { said: idOf(by.said ?? by.by), typed: idOf(by.by), how: by.how ?? "typed" };
  fragment.doc.transact(() => {
    const paragraph = new Y.XmlElement("paragraph");
    const words = new Y.XmlText();
    words.insert(0, text, { [runAttribute]: run });
    paragraph.insert(0, [words]);
    fragment.delete(0, fragment.length);
    fragment.insert(0, [paragraph]);
  }, origins.edit);
}

function done<T>(result: Result<T, CommandError>): T {
  if (!result.ok) throw new Error(`A demo board refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Until every lane reads the same for everybody who has it: the server passes on only what it has written. */
async function everywhereTheSame(boards: readonly RemoteBoard[], deadline = Date.now() + 20_000): Promise<void> {
  const summary = ({ board }: RemoteBoard) =>
    JSON.stringify([
      board.cardCount(),
      board.goalIds().map((id) => [board.goal(id), board.stepIdsOf(id).map(board.step)]),
    ]);
  for (;;) {
    if (new Set(boards.map(summary)).size === 1) return;
    if (Date.now() > deadline) throw new Error("The demo boards did not become the same in 20 seconds.");
    await pause(10);
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import type { CardId } from "#shared/board/ids.ts";
import { areas, cardKinds, stepStates, times } from "#shared/board/schema.ts";
import { openRemoteBoard, type RemoteBoard } from "../../../server/demo/demo-person.ts";
import { fillBoard } from "../../../server/demo/fill-board.ts";
import { stories } from "../../../server/demo/stories.ts";
import { aBoard } from "../../support/person.ts";
import { createSeeded, type Seeded } from "../../support/seeded.ts";
import { type RunningServer, startServer } from "../../support/start-server.ts";

/**
 * S6: the Ngata whānau, five devices, half an hour. A simulated second is a few real milliseconds; the sockets, the server
 * and its disk are real, the people's choices and their bad network come from the seed.
 */
const seed = Number(process.env.SEED ?? 20_261_123);
const simulatedSeconds = 30 * 60;
const family = ["aroha", "hine", "wiremu", "tane", "mere"] as const;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.close();
});

test(`S6: five devices with random drop-outs end with the same board, and no card is lost (seed ${seed})`, async () => {
  const random = createSeeded(seed);
  const empty = await aBoard(server, { name: "Aroha", language: "en" });
  const filled = await fillBoard(server.url, stories.ngata, {
    boardId: empty.boardId,
    link: empty.ownerLink,
    alreadyOn: { sarah: empty.workerSession },
  });
  let clock = Date.UTC(2026, 10, 23, 17);
  const devices = family.map((name) => {
    const joined = filled.people[name];
    if (!joined) throw new Error(`${name} did not join`);
    return {
      name,
      remote: openRemoteBoard(server.url, { ...joined, language: "en" }, () => clock, random.bytes),
      backAt: 0,
    };
  });
  try {
    await Promise.all(devices.map(({ remote }) => remote.synced()));
    const added = new Set<CardId>(cardsOf(devices[0]?.remote.board as Board));
    const before = added.size;
    let dropOuts = 0;

    for (let second = 0; second < simulatedSeconds; second += 1) {
      clock += 1000;
      for (const device of devices) {
        if (device.backAt > second) {
          // Without a network people go on all the same.
        } else if (device.backAt !== 0) {
          device.backAt = 0;
          device.remote.connect();
        } else if (random.chance(1 / 120)) {
          device.backAt = second + 5 + random.whole(90);
          device.remote.disconnect();
          dropOuts += 1;
        }
        if (random.chance(0.3)) doSomething(device.remote.board, device.name, random, added);
      }
      // The middle of the meeting: the server goes off without a word, and comes back.
      if (second === simulatedSeconds / 2) await server.restart();
      await pause(2);
    }
    for (const { remote } of devices) remote.connect();

    await untilTheSame(devices.map(({ remote }) => remote));
    expect(dropOuts).toBeGreaterThan(20);
    expect(added.size).toBeGreaterThan(before + 100);
    for (const { name, remote } of devices) {
      const there = new Set(cardsOf(remote.board));
      expect(
        [...added].filter((id) => !there.has(id)),
        `cards that ${name} lost`,
      ).toEqual([]);
      expect(remote.board.unreadableCount(), name).toBe(0);
    }

    // Somebody who was not there all along has the same board from the server alone.
    const late = openRemoteBoard(server.url, { ...empty.workerSession, language: "en" });
    await late.synced();
    await untilTheSame([...devices.map(({ remote }) => remote), late]);
    late.close();
  } finally {
    for (const { remote } of devices) remote.close();
  }
});

/** All cards of a board: on the map, and put away. */
function cardsOf(board: Board): CardId[] {
  const onMap = areas.flatMap((area) => times.flatMap((time) => board.cardIdsIn(`${area}/${time}`)));
  return [...onMap, ...board.removedCardIds()];
}

function doSomething(board: Board, name: string, random: Seeded, added: Set<CardId>): void {
  const cards = areas.flatMap((area) => times.flatMap((time) => board.cardIdsIn(`${area}/${time}`)));
  const anyOf = <T>(from: readonly T[]): T | undefined => (from.length > 0 ? random.pick(from) : undefined);
  const card = anyOf(cards);
  const goal = anyOf(board.goalIds());
  const step = goal && anyOf(board.stepIdsOf(goal));
  const place = () => ({
    area: random.pick(areas),
    time: random.pick(times),
    at: { x: random.whole(300), y: random.whole(600) },
  });
  switch (random.whole(12)) {
    case 0:
    case 1: {
      const done = board.addCard({
        kind: random.pick(cardKinds),
        ...place(),
        words: `${name}: ā ē ī ō ū`,
      });
      if (done.ok) added.add(done.value);
      return;
    }
    case 2:
    case 3:
    case 4: {
      if (!card) return;
      const text = board.card(card)?.words.text ?? "";
      const at = random.whole(text.length + 1);
      const cut = random.chance(0.3) ? random.whole(8) : 0;
      board.writeWords(
        { of: "card", id: card, field: "words" },
        `${text.slice(0, at)}${name[0]}${text.slice(at + cut)}`.slice(0, 300),
      );
      return;
    }
    case 5:
    case 6:
      if (card) board.placeCard(card, place());
      return;
    case 7:
      if (card && random.chance(0.3)) board.removeCard(card);
      else {
        const away = anyOf(board.removedCardIds());
        if (away) board.bringBackCard(away);
      }
      return;
    case 8:
      if (goal) board.setReading(goal, random.whole(11));
      return;
    case 9:
      if (goal && board.stepIdsOf(goal).length < 40)
        board.addStep({ goalId: goal, what: `${name} will`, size: "later" });
      return;
    case 10:
      if (!step || !goal) return;
      if (random.chance(0.5)) board.setStepState(step, random.pick(stepStates));
      else board.moveStep(step, goal, "end");
      return;
    default:
      if (card && goal && random.chance(0.5)) board.linkStrength(card, goal);
      else if (goal) board.moveGoal(goal, "end");
  }
}

/** Content, state vector and delete set of every lane that they share. */
async function untilTheSame(boards: readonly RemoteBoard[]): Promise<void> {
  const contents = ({ board }: RemoteBoard) => ({
    cards: cardsOf(board).map((id) => board.card(id)),
    goals: board.goalIds().map((id) => ({
      goal: board.goal(id),
      steps: board.stepIdsOf(id).map((stepId) => board.step(stepId)),
      readings: board.readingsOf(id),
      links: board.linksOfGoal(id),
    })),
  });
  await expect
    .poll(() => boards.every((each) => each.docs.every((doc, lane) => sameDocument(doc, boards[0]?.docs[lane]))), {
      timeout: 30_000,
      interval: 50,
    })
    .toBe(true);
  for (const each of boards) expect(contents(each)).toEqual(contents(boards[0] as RemoteBoard));
}

function sameDocument(one: Y.Doc, other: Y.Doc | undefined): boolean {
  return other !== undefined && Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other));
}

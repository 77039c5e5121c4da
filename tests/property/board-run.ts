import { expect } from "vitest";
import * as Y from "yjs";
import type { Board, WordsRef } from "#shared/board/board.ts";
import type { CardId, GoalId, PersonId, StepId } from "#shared/board/ids.ts";
import { areas, cardKinds, goalStates, stepStates, times } from "#shared/board/schema.ts";
import { aDevice, type OpenDevice } from "../support/builders.ts";
import { createLaneNetwork, type LaneNetwork, type LanePeer } from "../support/lane-network.ts";
import type { Seeded } from "../support/seeded.ts";

/**
 * A run of several people on one board. Actions are plain data (numbers are taken modulo what is there), so that a failing
 * run can be shortened and kept.
 *
 * Every letter typed is used once in the whole run and belongs to its typist's own stretch of Unicode, so that
 * the checks can tell of each letter who typed it and whether it was meant to go.
 */
export interface Action {
  readonly who: number;
  readonly do: (typeof actionNames)[number];
  readonly n: readonly [number, number, number];
}
export interface Run {
  readonly people: number;
  readonly seed: number;
  readonly actions: readonly Action[];
}

const actionNames = [
  "add-card",
  "place",
  "kind",
  "remove",
  "bring-back",
  "type",
  "type",
  "type",
  "erase",
  "replace",
  "add-goal",
  "move-goal",
  "state",
  "good-enough",
  "reading",
  "link",
  "unlink",
  "add-step",
  "move-step",
  "step-state",
  "remove-step",
  "bring-back-step",
  "write-story",
  "undo",
  "undo",
  "undo",
  "redo",
  "redo",
  "end-step",
  "pause",
  "frame",
  "deliver",
  "deliver",
  "deliver",
  "deliver",
  "deliver-again",
  "drop-out",
  "come-back",
] as const;

export function randomRun(seeded: Seeded, seed: number, length: number): Run {
  const number = () => seeded.whole(2 ** 20);
  const people = 3 + seeded.whole(3);
  return {
    people,
    seed,
    actions: Array.from({ length }, () => ({
      who: seeded.whole(people),
      do: seeded.pick(actionNames),
      n: [number(), number(), number()] as const,
    })),
  };
}

const lettersEach = 3_000;
const firstLetter = 0x4e00;
const personAt = (index: number) => `person-${index}` as PersonId;
const typistOf = (letter: string) => personAt(Math.floor(((letter.codePointAt(0) ?? 0) - firstLetter) / lettersEach));

const editorOrigin = { name: "the editor's plugin" };

class Someone {
  readonly device: OpenDevice;
  readonly peers: readonly LanePeer[];
  letters = 0;
  readonly index: number;

  constructor(index: number, seed: number, people: number, networks: readonly LaneNetwork[]) {
    this.index = index;
    // The last of four or more may only offer.
    const mayWriteShared = people < 4 || index < people - 1;
    this.device = aDevice({
      me: personAt(index),
      seed: seed * 10 + index,
      lanes: [
        { kind: "shared", access: mayWriteShared ? "write" : "read" },
        { kind: "offers", access: "write" },
      ],
    });
    this.device.board.trackUndoOrigin(editorOrigin);
    this.peers = this.device.lanes.map((lane, at) => (networks[at] as LaneNetwork).join(lane.doc));
  }

  newLetters(count: number): string {
    let letters = "";
    for (let made = 0; made < count; made += 1) {
      letters += String.fromCodePoint(firstLetter + this.index * lettersEach + this.letters);
      this.letters += 1;
    }
    return letters;
  }
}

/** Plays a run and checks it; throws at the first thing that is wrong. `look` sees the devices at the end. */
export function playRun(run: Run, look: (devices: readonly OpenDevice[]) => void = () => {}): void {
  const networks = [createLaneNetwork(), createLaneNetwork()];
  const everyone = Array.from({ length: run.people }, (_, index) => new Someone(index, run.seed, run.people, networks));
  const seen: Seen = { cards: new Set(), putAway: new Set(), typed: new Set(), meantToGo: new Set(), long: new Set() };
  try {
    for (const action of run.actions) act(everyone[action.who % everyone.length] as Someone, action, seen);
    for (const network of networks) network.heal();
    // Telling the others of what healing brought may itself bring nothing new.
    for (const network of networks) network.heal();
    check(everyone, networks, seen);
    look(everyone.map(({ device }) => device));
  } finally {
    for (const someone of everyone) {
      someone.device.board.close();
      for (const lane of someone.device.lanes) lane.doc.destroy();
    }
  }
}

interface Seen {
  readonly cards: Set<CardId>;
  readonly putAway: Set<CardId>;
  readonly typed: Set<string>;
  /** Letters that somebody took away on purpose. */
  readonly meantToGo: Set<string>;
  /** Letters of long words: a paragraph that goes takes along what somebody offline wrote in it (RULES B26). */
  readonly long: Set<string>;
}

function act(someone: Someone, action: Action, seen: Seen): void {
  const { board, clock } = someone.device;
  const [a, b, c] = action.n;
  const at = <T>(from: readonly T[], number: number): T | undefined => from[number % Math.max(1, from.length)];
  const cardIds = allCards(board);
  const card = at(cardIds, a);
  const goal = at(board.goalIds(), a);
  const allSteps = board.goalIds().flatMap((id) => board.stepIdsOf(id));
  const step = at(allSteps, a);
  const area = areas[b % areas.length] ?? "home";
  const time = times[c % times.length] ?? "now";
  const type = (count: number): string => {
    const letters = someone.newLetters(count);
    for (const letter of letters) seen.typed.add(letter);
    return letters;
  };
  switch (action.do) {
    case "add-card": {
      const added = board.addCard({ kind: "strength", area, time, words: type(a % 4) });
      if (added.ok) seen.cards.add(added.value);
      return;
    }
    case "place":
      if (card) board.placeCard(card, { area, time, at: { x: b % 300, y: c % 900 } });
      return;
    case "kind":
      if (card) board.setCardKind(card, cardKinds[b % cardKinds.length] ?? "hope");
      return;
    case "remove":
      if (card && board.removeCard(card).ok) seen.putAway.add(card);
      return;
    case "bring-back": {
      const away = at(board.removedCardIds(), a);
      if (away) board.bringBackCard(away);
      return;
    }
    case "type":
    case "erase":
    case "replace": {
      const ref = at(allRefs(board), a);
      if (!ref) return;
      const text = wordsOf(board, ref);
      const from = b % (text.length + 1);
      const dropped = action.do === "type" ? 0 : Math.min(text.length - from, 1 + (c % 4));
      const typed = action.do === "erase" ? "" : type(1 + (c % 3));
      const written = board.writeWords(ref, text.slice(0, from) + typed + text.slice(from + dropped));
      if (written.ok) for (const letter of text.slice(from, from + dropped)) seen.meantToGo.add(letter);
      else for (const letter of typed) seen.meantToGo.add(letter);
      return;
    }
    case "add-goal":
      board.addGoal({ words: type(a % 3) });
      return;
    case "move-goal": {
      const before = at(board.goalIds(), b);
      if (goal) board.moveGoal(goal, before && c % 4 > 0 ? { before } : "end");
      return;
    }
    case "state":
      if (goal) board.setGoalState(goal, goalStates[b % goalStates.length] ?? "idea", c % 2 ? "since" : undefined);
      return;
    case "good-enough":
      if (goal) board.setGoodEnough(goal, c % 3 ? b % 11 : undefined);
      return;
    case "reading":
      if (c % 3 === 0) clock.today = `2026-03-${String(1 + (c % 28)).padStart(2, "0")}`;
      if (goal) board.setReading(goal, b % 11);
      return;
    case "link": {
      const other = at(cardIds, b);
      if (goal && other) board.linkStrength(other, goal);
      return;
    }
    case "unlink": {
      const link = goal && at(board.linksOfGoal(goal), b);
      if (link) board.unlink(link.id);
      return;
    }
    case "add-step":
      if (goal) board.addStep({ goalId: goal, what: type(b % 3) });
      return;
    case "move-step": {
      const target = at(board.goalIds(), b);
      const before = target && at(board.stepIdsOf(target), c);
      if (step && target) board.moveStep(step, target, before && c % 3 > 0 ? { before } : "end");
      return;
    }
    case "step-state":
      if (step) board.setStepState(step, stepStates[b % stepStates.length] ?? "done");
      return;
    case "remove-step":
      if (step) board.removeStep(step);
      return;
    case "bring-back-step": {
      const away = goal && at(board.removedStepIdsOf(goal), b);
      if (away) board.bringBackStep(away);
      return;
    }
    case "write-story": {
      const writable = cardIds.filter((id) => board.canWrite(board.card(id)?.laneId ?? ("" as never)));
      const target = at(writable, a);
      if (target) writeStory(someone, target, b, c, type, seen);
      return;
    }
    case "undo":
    case "redo":
      travel(someone, action.do, seen);
      return;
    case "end-step":
      board.endUndoStep();
      return;
    case "pause":
      clock.now += a % 2_000;
      return;
    case "frame":
      someone.device.frame();
      return;
    case "deliver":
    case "deliver-again":
      for (let times = 0; times <= c % 4; times += 1) {
        someone.peers[b % someone.peers.length]?.deliver(a + times, action.do === "deliver-again");
      }
      return;
    case "drop-out":
      for (const peer of someone.peers) peer.dropOut();
      return;
    case "come-back":
      for (const peer of someone.peers) peer.comeBack();
      return;
  }
}

/** As the editor's binding does it: a paragraph is an element with a text in it, under the binding's own origin. */
function writeStory(
  someone: Someone,
  cardId: CardId,
  b: number,
  c: number,
  type: (count: number) => string,
  seen: Seen,
): void {
  const fragment = someone.device.board.longWords({ of: "card", id: cardId, field: "story" });
  if (!fragment?.doc) return;
  const letters = type(1 + (c % 3));
  for (const letter of letters) seen.long.add(letter);
  const run = { run: { said: someone.device.me, typed: someone.device.me, how: "typed" } };
  fragment.doc.transact(() => {
    const paragraphs = fragment.toArray().filter((child) => child instanceof Y.XmlElement);
    const text = paragraphs[b % Math.max(1, paragraphs.length)]?.get(0);
    if (text instanceof Y.XmlText && c % 2 === 0) {
      text.insert(b % (text.length + 1), letters, run);
      return;
    }
    const paragraph = new Y.XmlElement("paragraph");
    const fresh = new Y.XmlText();
    fresh.insert(0, letters, run);
    paragraph.insert(0, [fresh]);
    fragment.insert(b % (fragment.length + 1), [paragraph]);
  }, editorOrigin);
}

function travel(someone: Someone, direction: "undo" | "redo", seen: Seen): void {
  const { board } = someone.device;
  const onMap = new Set(allCards(board));
  const [shown, stored] = [lettersOn(board), lettersStored(someone.device)];
  if (direction === "undo") board.undo();
  else board.redo();
  expectKept(someone, direction, shown, lettersOn(board), seen);
  // A record whose newest value came before the one it replaces is not shown until the gap is closed.
  expectKept(someone, direction, stored, lettersStored(someone.device), seen);
  const still = new Set(allCards(board));
  for (const id of onMap) if (!still.has(id)) seen.putAway.add(id);
}

function expectKept(
  someone: Someone,
  direction: "undo" | "redo",
  before: readonly string[],
  after: readonly string[],
  seen: Seen,
): void {
  const { me } = someone.device;
  const left = new Set(after);
  for (const letter of before) {
    if (left.has(letter)) continue;
    if (direction === "undo" || !seen.meantToGo.has(letter)) {
      expect(typistOf(letter), `whose letter is taken away when ${me} does ${direction}`).toBe(me);
    }
    seen.meantToGo.add(letter);
  }
}

function check(everyone: readonly Someone[], networks: readonly LaneNetwork[], seen: Seen): void {
  networks.forEach((network, lane) => {
    for (const { device } of everyone) {
      const doc = device.lanes[lane]?.doc as Y.Doc;
      expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(network.hub)), "state vector and delete set").toBe(true);
      expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(network.hub));
      expect(doc.store.pendingStructs).toBeNull();
    }
  });
  const [first] = everyone;
  const expected = first && everythingOn(first.device.board);
  for (const { device } of everyone) {
    const { board } = device;
    expect(board.unreadableCount(), "unreadable records").toBe(0);
    const seenHere = everythingOn(board);
    const fresh = device.reopen();
    expect(seenHere, "what is kept in memory is what is stored").toEqual(everythingOn(fresh));
    fresh.close();
    expect(withoutHoles(seenHere), "everybody sees the same").toEqual(withoutHoles(expected));
    const onMap = new Set(allCards(board));
    for (const id of seen.cards) {
      expect(board.card(id), "an added card").toBeDefined();
      if (!seen.putAway.has(id)) expect(onMap.has(id), "a card that nobody put away is on the map").toBe(true);
    }
    // What is on no list any more was undone by the one who added it, and holds nobody else's letters.
    for (const id of seen.cards) {
      const { removed, words } = board.card(id) ?? {};
      if (!removed || board.removedCardIds().includes(id)) continue;
      for (const letter of words?.text ?? "") expect(typistOf(letter), "a letter out of sight").toBe(removed.by);
    }
    const stored = new Set(lettersStored(device));
    for (const letter of seen.typed) {
      if (seen.meantToGo.has(letter) || seen.long.has(letter)) continue;
      expect(stored.has(letter), `a letter of ${typistOf(letter)} that nobody took away`).toBe(true);
    }
    for (const { text, typed } of runsStored(device)) {
      for (const letter of text) expect(typed, "whose letter it is").toBe(typistOf(letter));
    }
  }
  const readers = everyone.filter(({ device }) => device.lanes[0]?.access === "read");
  for (const { device } of readers) {
    expect(Y.getState(device.doc.store, device.doc.clientID), "a reader's own changes").toBe(0);
  }
}

const withoutHoles = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function allCards(board: Board): CardId[] {
  return areas.flatMap((area) => times.flatMap((time) => [...board.cardIdsIn(`${area}/${time}`)]));
}

function allRefs(board: Board): WordsRef[] {
  return [
    ...allCards(board).map((id): WordsRef => ({ of: "card", id, field: "words" })),
    ...board
      .goalIds()
      .flatMap((id): WordsRef[] =>
        (["words", "zero", "ten", "signs"] as const).map((field) => ({ of: "goal", id, field })),
      ),
    ...board
      .goalIds()
      .flatMap((id) => board.stepIdsOf(id))
      .map((id): WordsRef => ({ of: "step", id, field: "what" })),
  ];
}

function wordsOf(board: Board, ref: WordsRef): string {
  if (ref.of === "card") return board.card(ref.id)?.words.text ?? "";
  if (ref.of === "goal") return board.goal(ref.id)?.[ref.field].text ?? "";
  return board.step(ref.id)?.what.text ?? "";
}

/** Letters of all texts that the board shows, and of those put away. */
function lettersOn(board: Board): string[] {
  const cards = [...allCards(board), ...board.removedCardIds()];
  const steps = board.goalIds().flatMap((id) => [...board.stepIdsOf(id), ...board.removedStepIdsOf(id)]);
  const texts = [
    ...allRefs(board).map((ref) => wordsOf(board, ref)),
    ...board.removedCardIds().map((id) => board.card(id)?.words.text ?? ""),
    ...steps.map((id: StepId) => board.step(id)?.what.text ?? ""),
    ...cards.flatMap((id) => board.story(id).paragraphs.flatMap((runs) => runs.map((run) => run.text))),
  ];
  return [...texts.join("")];
}

/** Runs of all texts in the documents, whatever the board makes of their records. */
function runsStored(device: OpenDevice): { readonly text: string; readonly typed: unknown }[] {
  const runs: { text: string; typed: unknown }[] = [];
  const collect = (type: unknown): void => {
    if (type instanceof Y.Text) {
      for (const { insert, attributes } of type.toDelta()) runs.push({ text: insert, typed: attributes?.run?.typed });
    } else if (type instanceof Y.XmlFragment) {
      for (const child of type.toArray()) collect(child);
    }
  };
  for (const { doc } of device.lanes) {
    for (const root of ["cards", "goals", "steps"]) {
      for (const record of doc.getMap(root).values()) {
        if (record instanceof Y.Map) for (const field of record.values()) collect(field);
      }
    }
  }
  return runs;
}

const lettersStored = (device: OpenDevice) => runsStored(device).flatMap(({ text }) => [...text]);

/** Everything that a board's readers say. */
function everythingOn(board: Board): unknown {
  const goals: readonly GoalId[] = board.goalIds();
  const cells = areas.flatMap((area) => times.map((time) => [area, time, board.cardIdsIn(`${area}/${time}`)] as const));
  const cards = [...cells.flatMap(([, , ids]) => ids), ...board.removedCardIds()];
  return {
    cells,
    away: board.removedCardIds(),
    count: board.cardCount(),
    cards: cards.map((id) => [board.card(id), board.story(id), board.linksOfCard(id)]),
    goals: goals.map((id) => ({
      goal: board.goal(id),
      steps: board.stepIdsOf(id).map(board.step),
      awaySteps: board.removedStepIdsOf(id).map(board.step),
      readings: board.readingsOf(id),
      links: board.linksOfGoal(id),
    })),
  };
}

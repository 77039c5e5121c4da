import * as Y from "yjs";
import type { LaneKind } from "#shared/access/roles.ts";
import type { Board, Done, NewCard, NewGoal, NewStep } from "#shared/board/board.ts";
import type { CardId, GoalId, LaneId, PersonId, StepId } from "#shared/board/ids.ts";
import { type BoardContext, type LaneDoc, openBoard } from "#shared/board/open-board.ts";
import { createSeeded } from "./seeded.ts";

export const ana = "ana" as PersonId;
export const bo = "bo" as PersonId;

/** A board open on one device, with the frame and the clock in the test's hands. */
export interface OpenDevice {
  readonly board: Board;
  readonly me: PersonId;
  readonly docs: Readonly<Record<string, Y.Doc>>;
  readonly doc: Y.Doc;
  readonly lanes: readonly LaneDoc[];
  readonly context: BoardContext;
  /** Runs what waits for the next frame. */
  readonly frame: () => void;
  readonly clock: { now: number; today: string };
  /** The same lanes seen afresh. */
  readonly reopen: () => Board;
}

export interface DeviceOptions {
  readonly me?: PersonId;
  readonly seed?: number;
  readonly lanes?: readonly { readonly kind: LaneKind; readonly access: "read" | "write"; readonly doc?: Y.Doc }[];
}

/** A device with one shared lane that it may write, unless told otherwise. */
export function aDevice(options: DeviceOptions = {}): OpenDevice {
  const { me = ana, seed = 1 } = options;
  const random = createSeeded(seed * 7919 + me.length * 31 + me.charCodeAt(0));
  const clock = { now: 1_760_000_000_000, today: "2026-03-02" };
  const waiting: (() => void)[] = [];
  const lanes: LaneDoc[] = (options.lanes ?? [{ kind: "shared", access: "write" }]).map((lane, index) => {
    const doc = lane.doc ?? new Y.Doc();
    // Fixed, so that a seed repeats exactly: Yjs settles races by it.
    if (!lane.doc) doc.clientID = 1 + random.whole(2 ** 31);
    return { laneId: `${lane.kind}-${index}` as LaneId, kind: lane.kind, access: lane.access, doc };
  });
  const context: BoardContext = {
    me,
    language: () => "en",
    now: () => clock.now,
    today: () => clock.today,
    random: random.bytes,
    schedule: (run) => waiting.push(run),
  };
  const first = lanes[0];
  if (!first) throw new Error("Bug: a device has a lane");
  return {
    board: openBoard(lanes, context),
    me,
    docs: Object.fromEntries(lanes.map((lane) => [lane.kind, lane.doc])),
    doc: first.doc,
    lanes,
    context,
    frame: () => {
      for (const run of waiting.splice(0)) run();
    },
    clock,
    reopen: () => openBoard(lanes, context),
  };
}

/** Ana's and Bo's devices on one shared lane. */
export function twoDevices(): { readonly a: OpenDevice; readonly b: OpenDevice } {
  return { a: aDevice({ me: ana, seed: 1 }), b: aDevice({ me: bo, seed: 2 }) };
}

/** Brings lanes to the same state, both ways. */
export function sync(...devices: readonly OpenDevice[]): void {
  for (let round = 0; round < 2; round += 1) {
    for (const from of devices) {
      for (const to of devices) {
        if (from === to) continue;
        for (const kind of Object.keys(from.docs)) {
          const [source, target] = [from.docs[kind], to.docs[kind]];
          if (source && target)
            Y.applyUpdate(target, Y.encodeStateAsUpdate(source, Y.encodeStateVector(target)), "sync");
        }
      }
    }
  }
}

/** The value of something that has to succeed. */
export function must<T>(result: Done<T>): T {
  if (!result.ok) throw new Error(`expected success, got ${JSON.stringify(result.error)}`);
  return result.value;
}

export function aCard(board: Board, card: Partial<NewCard> = {}): CardId {
  return must(board.addCard({ kind: "strength", area: "home", time: "now", words: "I cook well", ...card }));
}
export function aGoal(board: Board, goal: Partial<NewGoal> = {}): GoalId {
  return must(board.addGoal({ words: "A room of my own", ...goal }));
}
export function aStep(board: Board, goalId: GoalId, step: Partial<NewStep> = {}): StepId {
  return must(board.addStep({ goalId, what: "Call the office", ...step }));
}

import type { Connection } from "./connection.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Clock } from "./ports.ts";

/**
 * Answers sync steps 1. An answer may cost a thousand times what asking does, so each connection gets one at once and then
 * one a second, to the last that it asked, and none while the last is still on its way. Clients ask once, when they connect.
 */
export interface Answers {
  readonly asked: (connection: Connection, stateVector: Uint8Array) => void;
}

export interface AnswersDeps {
  readonly content: LaneContent;
  readonly work: LaneWork;
  readonly clock: Clock;
  readonly count: (what: "diffs" | "work-failed") => void;
  /** What it asked with is no state vector. */
  readonly reject: (connection: Connection) => void;
}

const answerEveryMs = 1_000;

export function createAnswers({ content, work, clock, count, reject }: AnswersDeps): Answers {
  /** State vectors that wait for their answer, and when the last answer went out. */
  const waiting = new WeakMap<Connection, Uint8Array>();
  const answeredAt = new WeakMap<Connection, number>();

  const answerWhenDue = (connection: Connection) => {
    const waitMs = (answeredAt.get(connection) ?? Number.NEGATIVE_INFINITY) + answerEveryMs - clock.now();
    const isBusy = connection.delivery.isBusy();
    if (waitMs > 0 || isBusy) {
      clock.setTimer(Math.max(waitMs, isBusy ? answerEveryMs : 0), () => answerWhenDue(connection));
      return;
    }
    const stateVector = waiting.get(connection);
    waiting.delete(connection);
    if (!stateVector || !connection.isOpen()) return;
    answeredAt.set(connection, clock.now());
    void answer(connection, stateVector);
  };

  const answer = async (connection: Connection, stateVector: Uint8Array) => {
    const found = content.answer(stateVector);
    if (!found) return reject(connection);
    connection.delivery.hold();
    if (found.kind === "updates") return connection.delivery.reply(found.updates);
    count("diffs");
    const updates = await work.diff(found.lane, stateVector).catch(() => undefined);
    if (!updates) count("work-failed");
    // Too much is no harm: everything is in what the lane is made of.
    connection.delivery.reply(updates ?? [...found.lane.pieces, ...found.lane.rows]);
  };

  return {
    asked: (connection, stateVector) => {
      const isWaiting = waiting.has(connection);
      waiting.set(connection, stateVector);
      if (!isWaiting) answerWhenDue(connection);
    },
  };
}

import type { Connection } from "./connection.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Clock } from "./ports.ts";

/**
 * Answers sync steps 1. An answer may cost a thousand times what asking does, so each connection gets one at once and then
 * one a second, to the last that it asked, and none while the last is still on its way. Clients ask once, when they connect.
 */
export class Answers {
  readonly #deps: AnswersDeps;

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
  }

  asked(connection: Connection, stateVector: Uint8Array): void {
    const isWaiting = connection.asks.waiting !== undefined;
    connection.asks.waiting = stateVector;
    if (!isWaiting) this.#answerWhenDue(connection);
  }

  #answerWhenDue(connection: Connection): void {
    const { clock } = this.#deps;
    const { asks, delivery } = connection;
    const waitMs = asks.answeredAt + answerEveryMs - clock.now();
    const isBusy = delivery.isBusy();
    if (waitMs > 0 || isBusy) {
      clock.setTimer(Math.max(waitMs, isBusy ? answerEveryMs : 0), () => this.#answerWhenDue(connection));
      return;
    }
    const stateVector = asks.waiting;
    asks.waiting = undefined;
    if (!stateVector || !connection.isOpen()) return;
    asks.answeredAt = clock.now();
    void this.#answer(connection, stateVector);
  }

  async #answer(connection: Connection, stateVector: Uint8Array): Promise<void> {
    const { content, work, count, reject } = this.#deps;
    const found = content.answer(stateVector);
    if (!found) return reject(connection);
    connection.delivery.hold();
    if (found.kind === "updates") return connection.delivery.reply(found.updates);
    count("diffs");
    const updates = await work.diff(found.lane, stateVector).catch(() => undefined);
    if (!updates) count("work-failed");
    // Too much is no harm: everything is in what the lane is made of.
    connection.delivery.reply(updates ?? [...found.lane.pieces, ...found.lane.rows]);
  }
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

import type { LaneId } from "#shared/board/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { RefusedKind, UpdateCount } from "#shared/protocol/messages.ts";
import type { Seq } from "../store/board-store.ts";
import type { Claims } from "./claims.ts";
import type { Connection } from "./connection.ts";
import { type ClientFrame, permissionDeniedFrame, updateFrame } from "./frames.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneLog } from "./lane-log.ts";
import type { Clock, RelayLog } from "./ports.ts";
import { type ReadBounds, type ReadUpdate, readUpdate } from "./update-reader.ts";

export type IntakeCount =
  | "updates"
  | "refused"
  | `refused-${RefusedKind}`
  | "forged-presence"
  | "dropped"
  | "acks"
  | "gaps"
  | "returned";

export interface IntakeDeps {
  readonly laneId: LaneId;
  readonly clock: Clock;
  readonly log: RelayLog;
  readonly laneLog: LaneLog;
  readonly content: LaneContent;
  readonly claims: Claims;
  /** Unix ms: until then clients may bring back what the log lost, whoever wrote it. */
  readonly returningUntil: number;
  readonly count: (what: IntakeCount) => void;
  readonly passOn: (from: Connection, frame: Uint8Array) => void;
  /** Asks by a sync step 1 for all that the lane lacks. */
  readonly ask: (connection: Connection) => void;
  readonly onWritten: (connection: Connection, seq: Seq) => void;
  /** Settles when the lane knows all that documents delete by themselves. */
  readonly learnDeletions: () => Promise<void>;
}

const liveBounds: ReadBounds = {
  bytes: limits.updateBytes,
  structs: limits.updateStructs,
  deletions: limits.updateDeletions,
};
const step2Bounds: ReadBounds = {
  bytes: limits.frameBytes,
  structs: limits.step2Structs,
  deletions: limits.step2Deletions,
};

/** More than anybody writes while the relay's question is on its way to them and the answer back. */
const mostExcused = 256;

type Message = Extract<ClientFrame, { type: "update" }>;

/** Refused for what nobody honest sends. */
const offences: ReadonlySet<RefusedKind> = new Set(["malformed", "harmful", "not-yours", "gap"]);

interface Arrived {
  readonly number: UpdateCount;
  readonly answersStep1: boolean;
  readonly brings: UpdateCount | undefined;
  readonly mayReturn: boolean;
  readonly isSecondLook?: boolean;
  readonly update: ReadUpdate;
  readonly frame: Uint8Array;
}

/** One update's way into a lane [R1, R3, R4]: read, judged, whose it is, kept, passed on, acked. */
export class Intake {
  readonly #deps: IntakeDeps;
  /** Connections whose acks are to be looked at when this turn is over, so that one frame says it for all of a group. */
  #ackDue: Set<Connection> | undefined;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  #ackSoon(connection: Connection) {
    if (!this.#ackDue) queueMicrotask(() => this.sendAcks());
    this.#ackDue ??= new Set();
    this.#ackDue.add(connection);
  }

  /** Says to those concerned how far their updates are settled. At once, and not at the end of this turn. */
  sendAcks(): void {
    const { count } = this.#deps;
    for (const connection of this.#ackDue ?? []) if (connection.sendAck()) count("acks");
    this.#ackDue = undefined;
  }

  /** `brings`: how many of the updates before it a sync step 2 stands in for; `undefined` for what is none. */
  #settle(connection: Connection, number: UpdateCount, brings: UpdateCount | undefined) {
    const { laneLog, ask } = this.#deps;
    if (brings !== undefined) {
      connection.ledger.settleStep2(number, brings);
      if (!connection.ledger.hasLost()) {
        connection.asked.refused = false;
        connection.asked.excused = 0;
      } else if (connection.asked.steps === 0 && !laneLog.failing()) {
        // Lost since that was asked, and so perhaps a piece of this very answer.
        ask(connection);
      }
    } else connection.ledger.settle(number);
    this.#ackSoon(connection);
  }

  #refuse(connection: Connection, number: UpdateCount, kind: RefusedKind) {
    const { count } = this.#deps;
    count("refused");
    count(`refused-${kind}`);
    connection.asked.refused = true;
    if (connection.asksAcks) connection.tell({ type: "refused", count: number, kind });
    else connection.send(permissionDeniedFrame(kind));
    connection.ledger.settle(number);
    this.#ackSoon(connection);
    if (offences.has(kind) && connection.noteOffence()) connection.close("refused");
  }

  #lose(connection: Connection, number: UpdateCount) {
    const { count } = this.#deps;
    count("dropped");
    connection.ledger.lose(number);
  }

  /**
   * It hangs on what is not here. Where that may be nobody's fault (something was lost or refused before, a step 1 is still
   * to be answered, two messages crossed), its sender is asked for all of it; the answer settles this one too.
   */
  #takeGap(connection: Connection, arrived: Arrived, why: "lacking" | "straddling") {
    const { laneLog, content, claims, count, ask } = this.#deps;
    const { number, answersStep1, mayReturn, update } = arrived;
    const { ledger, asked } = connection;
    const grown = update.runs.flatMap(({ client, to }) => (to > content.clockOf(client) ? [client] : []));
    const owned = claims.judge(grown, connection.person().personId, true);
    if (owned.kind === "others" && !mayReturn) return this.#refuse(connection, number, "not-yours");
    const isExcused = why === "straddling" || asked.steps > 0 || (!answersStep1 && (ledger.hasLost() || asked.refused));
    if (!isExcused || ++asked.excused > mostExcused) return this.#refuse(connection, number, "gap");
    count("gaps");
    ledger.lose(number);
    // Asked when all that is on its way is here, or the answer would straddle again.
    if (asked.steps > 0) return;
    laneLog.whenForced(() => {
      if (asked.steps === 0) ask(connection);
    });
  }

  /** `frame`: as it came; passed on as it is. */
  take(connection: Connection, message: Message, frame: Uint8Array) {
    const { clock } = this.#deps;
    const number = connection.ledger.take();
    const { answersStep1 } = message;
    const mayReturn = (answersStep1 || connection.asked.steps > 0) && clock.now() < this.#deps.returningUntil;
    const brings = answersStep1 ? connection.ledger.answered() : undefined;
    if (answersStep1 && connection.asked.steps > 0) connection.asked.steps--;
    const read = readUpdate(message.update, answersStep1 ? step2Bounds : liveBounds);
    if (!read.ok) return this.#refuse(connection, number, read.error.kind);
    this.#judge(connection, { number, answersStep1, brings, mayReturn, update: read.value, frame });
  }

  #judge(connection: Connection, arrived: Arrived) {
    const { laneLog, content } = this.#deps;
    const { number, answersStep1, update } = arrived;
    const verdict = content.judge(update);
    if (verdict.kind === "harmful") return this.#refuse(connection, number, "harmful");
    if (verdict.kind === "nothing-new") {
      // The lane may have it from somebody else and not be forced yet, so even this ack waits; and what was lost since was
      // not there after all.
      const losses = content.losses();
      return laneLog.whenForced(() => {
        if (content.losses() === losses) this.#settle(connection, number, arrived.brings);
        else connection.ledger.lose(number);
      });
    }
    if (connection.admission.access !== "write") {
      if (answersStep1 && verdict.kind === "news" && verdict.grows.length === 0)
        return this.#forgive(connection, arrived);
      return this.#refuse(connection, number, "read-only");
    }
    if (laneLog.failing()) return this.#lose(connection, number);
    if (verdict.kind === "gap") return this.#takeGap(connection, arrived, verdict.why);
    if (verdict.newDeletions > limits.newDeletions) return this.#refuse(connection, number, "too-large");
    this.#append(
      connection,
      arrived,
      verdict.grows.map(({ client }) => client),
    );
  }

  /** A reader's copy has deleted by itself what the lane has not learned yet: that is no write. */
  #forgive(connection: Connection, arrived: Arrived) {
    if (arrived.isSecondLook) return this.#refuse(connection, arrived.number, "read-only");
    void this.#deps.learnDeletions().then(() => this.#judge(connection, { ...arrived, isSecondLook: true }));
  }

  #append(connection: Connection, arrived: Arrived, grown: readonly number[]) {
    const { laneLog, content, claims, count, ask } = this.#deps;
    const { number, answersStep1, mayReturn, update, frame } = arrived;
    const { personId } = connection.person();
    const owned = claims.judge(grown, personId, !mayReturn);
    const returned = owned.kind === "others" && mayReturn;
    if (owned.kind === "others" && !returned) return this.#refuse(connection, number, "not-yours");
    const claimed = owned.kind === "own" ? owned.claims : [];
    if (claimed.length > limits.newClientIds) return this.#refuse(connection, number, "too-large");
    count("updates");
    if (returned) count("returned");
    claims.take(claimed, personId);
    content.accept(update);
    let isTaken = true;
    laneLog.append(
      { personId, bytes: update.bytes, claims: claimed, returned },
      {
        written: (seq, again) => {
          if (again) return content.passed(seq);
          claims.kept(claimed, personId);
          isTaken = content.written(update, seq);
          if (isTaken) this.#deps.passOn(connection, answersStep1 ? updateFrame(update.bytes) : frame);
          // While the store fails there is no use; when it heals everybody is asked.
          else if (!laneLog.failing()) ask(connection);
          this.#deps.onWritten(connection, seq);
        },
        lost: () => {
          content.lost(update);
          this.#lose(connection, number);
        },
        // What was left out is not saved. What its sender brings when asked settles this too.
        forced: () => (isTaken ? this.#settle(connection, number, arrived.brings) : connection.ledger.lose(number)),
      },
    );
  }

  /** Counts something that is no update as an offence [R3]. */
  offend(connection: Connection, what: "forged-presence"): void {
    this.#deps.count(what);
    if (connection.noteOffence()) connection.close("refused");
  }
}

import { unreachable } from "#shared/assert.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { NoticeKind, RefusedKind, UpdateCount } from "#shared/protocol/messages.ts";
import type { Seq } from "../store/board-store.ts";
import type { Connection } from "./connection.ts";
import {
  type ClientFrame,
  parseFrame,
  permissionDeniedFrame,
  presenceFrame,
  step1Frame,
  step2Frame,
  updateFrame,
} from "./frames.ts";
import { openLaneLog } from "./lane-log.ts";
import type { LaneState, OpenLaneState } from "./lane-state.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";
import { createPresenceTable } from "./presence.ts";

/** One lane while somebody is on it: check, write, pass on, force, ack. */
export interface Room {
  readonly laneId: LaneId;
  readonly boardId: BoardId;
  readonly connections: ReadonlySet<Connection>;
  readonly join: (connection: Connection) => void;
  readonly receive: (connection: Connection, frame: Uint8Array) => void;
  /** The connection has closed, whoever closed it. */
  readonly leave: (connection: Connection) => void;
  /** The store failed for another lane of this board. */
  readonly storeFailing: () => void;
  readonly restamp: (personId: PersonId) => void;
  readonly notify: (kind: NoticeKind) => void;
  /**
   * Takes no more frames; settles when all that was received is answered by the store and acked, the snapshot is
   * written, and every connection is told to come back.
   */
  readonly drain: () => Promise<void>;
  /**
   * The lane is gone from the store: takes nothing more, keeps nothing more and ends. Settles when the store has answered
   * for what was under way, so that what it still wrote can be taken away too. The connections are the relay's to close.
   */
  readonly discard: () => Promise<void>;
}

export interface RoomDeps {
  readonly store: LaneStore;
  readonly clock: Clock;
  readonly log: RelayLog;
  readonly openLaneState: OpenLaneState;
  readonly settings: RoomSettings;
  readonly count: (what: RoomCount) => void;
  readonly onFailing: () => void;
  /** Nothing of it is needed any more; the next person to come opens a new one. */
  readonly onClosed: () => void;
}

export type RoomCount = "updates" | "refused" | "dropped" | "bad-presence" | "bad-frame" | "snapshots";

export interface RoomSettings {
  /** How long a room outlives its last person, so that a page reload finds it still loaded. */
  readonly graceMs: number;
  /** Presence is passed on at most this often. */
  readonly tickMs: number;
  /** Updates since the snapshot after which a new one is written. */
  readonly tailBeforeSnapshot: number;
}

export const roomDefaults: RoomSettings = { graceMs: 30_000, tickMs: 50, tailBeforeSnapshot: 64 };

/** What one connection may send before the lane is loaded. Past it, it starts again. */
const queuedBytesWhileLoading = 1024 * 1024;
const longestLoadPauseMs = 1_000;
const answerEveryMs = 1_000;

export function openRoom(laneId: LaneId, boardId: BoardId, deps: RoomDeps): Room {
  const { store, clock, log, settings, count } = deps;
  const connections = new Set<Connection>();
  const presence = createPresenceTable();
  const early = new Map<Connection, { frames: Uint8Array[]; bytes: number }>();
  /** Connections whose acks are to be looked at when this turn is over, so that one frame says it for all of a group. */
  const ackDue = new Set<Connection>();
  /** State vectors that wait for their answer, and when the last answer went out. */
  const askedAgain = new WeakMap<Connection, Uint8Array>();
  const answeredAt = new WeakMap<Connection, number>();
  let state: LaneState | undefined;
  let status: "open" | "draining" | "closed" = "open";
  let appliedUpTo: Seq = 0;
  const appliedAhead = new Set<Seq>();
  let loadFailing = false;
  let tailLength = 0;
  let snapshotting: Promise<void> | undefined;
  let cancelGrace = () => {};
  let cancelTick: (() => void) | undefined;

  const laneLog = openLaneLog(laneId, deps, {
    failing: () => {
      notify("not-storing");
      deps.onFailing();
    },
    healed: () => {
      notify("storing-again");
      // Stock clients too answer this with all that the lane lacks, and so what was dropped comes back.
      if (state) sendToAll(step1Frame(state.stateVector()));
    },
  });

  const sendToAll = (frame: Uint8Array) => {
    for (const connection of connections) connection.send(frame);
  };
  const notify = (kind: NoticeKind) => {
    for (const connection of connections) connection.tell({ type: "notice", kind });
  };

  // — loading

  const isClosed = () => status === "closed";
  const load = async () => {
    for (let pauseMs = 100; status !== "closed"; pauseMs = Math.min(pauseMs * 2, longestLoadPauseMs)) {
      const loaded = await store.loadLane(laneId).catch(() => undefined);
      if (loaded?.ok) {
        // Asked by a function: the type checker takes the loop's word for it, which is older than the wait.
        if (isClosed()) return;
        const opened = deps.openLaneState(loaded.value);
        tailLength = loaded.value.tail.length;
        appliedUpTo = loaded.value.tail.at(-1)?.seq ?? loaded.value.snapshot?.upTo ?? 0;
        becomeLive(opened.state);
        if (opened.skipped > 0) {
          log.warn({ laneId, skipped: opened.skipped }, "stored updates that cannot be applied");
          // Each of them makes the loading start again: the next one goes from a snapshot that is past them.
          void writeSnapshot();
        }
        return;
      }
      if (!loadFailing) {
        loadFailing = true;
        log.warn({ laneId }, "lane could not be loaded; trying again");
        notify("not-storing");
      }
      if (status === "draining") return;
      await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve));
    }
  };

  const becomeLive = (loaded: LaneState) => {
    state = loaded;
    if (loadFailing) notify("storing-again");
    loadFailing = false;
    for (const connection of connections) greet(connection, loaded);
    for (const [connection, { frames }] of early) for (const frame of frames) take(connection, frame, loaded);
    early.clear();
  };

  const greet = (connection: Connection, loaded: LaneState) => {
    connection.send(step1Frame(loaded.stateVector()));
    sendCurrentPresence(connection);
    if (laneLog.failing()) connection.tell({ type: "notice", kind: "not-storing" });
  };

  const holdUntilLoaded = (connection: Connection, frame: Uint8Array) => {
    const held = early.get(connection) ?? { frames: [], bytes: 0 };
    early.set(connection, held);
    held.frames.push(frame);
    held.bytes += frame.length;
    if (held.bytes > queuedBytesWhileLoading) connection.close("resync");
  };

  // — frames

  const take = (connection: Connection, frame: Uint8Array, live: LaneState) => {
    if (!connection.isOpen()) return;
    const parsed = parseFrame(frame);
    if (!parsed) return rejectFrame(connection);
    switch (parsed.type) {
      case "step1":
        return answerStep1(connection, parsed.stateVector);
      case "update":
        return takeUpdate(connection, parsed, frame, live);
      case "presence":
        return takePresence(connection, parsed.entries);
      case "ask-presence":
        return sendCurrentPresence(connection);
      default:
        return unreachable(parsed);
    }
  };

  /**
   * An answer may cost a thousand times what asking does, so each connection gets one at once and then one a second, to
   * the last that it asked. Clients ask once, when they connect.
   */
  const answerStep1 = (connection: Connection, stateVector: Uint8Array) => {
    const isWaiting = askedAgain.has(connection);
    askedAgain.set(connection, stateVector);
    if (isWaiting) return;
    const answer = () => {
      const asked = askedAgain.get(connection);
      askedAgain.delete(connection);
      if (!asked || !connection.isOpen() || !state) return;
      const missing = state.diff(asked);
      if (!missing) return rejectFrame(connection);
      answeredAt.set(connection, clock.now());
      connection.send(step2Frame(missing));
    };
    const waitMs = (answeredAt.get(connection) ?? Number.NEGATIVE_INFINITY) + answerEveryMs - clock.now();
    if (waitMs <= 0) answer();
    else clock.setTimer(waitMs, answer);
  };

  const rejectFrame = (connection: Connection) => {
    count("bad-frame");
    connection.close("protocol");
  };

  // — updates

  const takeUpdate = (
    connection: Connection,
    { update, answersStep1 }: Extract<ClientFrame, { type: "update" }>,
    frame: Uint8Array,
    live: LaneState,
  ) => {
    const number = connection.ledger.take();
    const settle = () => {
      if (answersStep1) connection.ledger.settleStep2(number);
      else connection.ledger.settle(number);
      ackSoon(connection);
    };
    if (!answersStep1 && update.length > limits.updateBytes) return refuse(connection, number, "too-large");
    const weight = live.weigh(update);
    if (weight === "malformed" || weight === "too-large") return refuse(connection, number, weight);
    // The lane may have it from somebody else and not be forced yet, so even this ack waits.
    if (weight === "nothing-new") return laneLog.whenForced(settle);
    if (connection.admission.access !== "write") return refuse(connection, number, "read-only");
    if (laneLog.failing()) {
      count("dropped");
      return connection.ledger.lose(number);
    }
    count("updates");
    const passOn = answersStep1 ? updateFrame(update) : frame;
    let isWhole = true;
    laneLog.append(connection.person().personId, update, {
      written: (seq, again) => {
        if (!again) isWhole = apply(connection, update, passOn, live);
        // A step 2 is all that its sender has in order; to ask for more would go round and round.
        if (answersStep1) isWhole = true;
        if (!isWhole) connection.send(step1Frame(live.stateVector()));
        noteWritten(seq);
      },
      lost: () => {
        count("dropped");
        connection.ledger.lose(number);
      },
      // What the lane could not take whole is not saved. What its sender brings when asked settles this too.
      forced: () => (isWhole ? settle() : connection.ledger.lose(number)),
    });
  };

  /** Whether all of it is in the lane now. */
  const apply = (from: Connection, update: Uint8Array, frame: Uint8Array, live: LaneState): boolean => {
    if (status === "closed") return false;
    const result = live.applyUpdate(update);
    if (result.kind === "failed") {
      breakDown(from);
      return false;
    }
    const passOn = result.kind === "part" ? result.taken && updateFrame(result.taken) : frame;
    for (const connection of connections) if (passOn && connection !== from) connection.send(passOn);
    return result.kind === "whole";
  };

  const noteWritten = (seq: Seq) => {
    appliedAhead.add(seq);
    while (appliedAhead.delete(appliedUpTo + 1)) appliedUpTo++;
    tailLength++;
    if (tailLength >= settings.tailBeforeSnapshot) void writeSnapshot();
  };

  const refuse = (connection: Connection, number: UpdateCount, kind: RefusedKind) => {
    count("refused");
    if (connection.asksAcks) connection.tell({ type: "refused", count: number, kind });
    else if (kind === "read-only") connection.send(permissionDeniedFrame(kind));
    connection.ledger.settle(number);
    ackSoon(connection);
  };

  const ackSoon = (connection: Connection) => {
    if (ackDue.size === 0) queueMicrotask(sendAcks);
    ackDue.add(connection);
  };
  const sendAcks = () => {
    for (const connection of ackDue) connection.sendAck();
    ackDue.clear();
  };

  /** An update that decodes but cannot be applied has left the state half changed: everyone starts again from the store. */
  const breakDown = (culprit: Connection) => {
    log.warn({ laneId }, "an update could not be applied; the lane is loaded again without it");
    culprit.close("protocol");
    for (const connection of connections) connection.close("resync");
    finish();
  };

  // — presence

  const takePresence = (connection: Connection, entries: Uint8Array) => {
    const verdict = presence.receive(connection, entries);
    if (verdict === "undecodable") return rejectFrame(connection);
    if (verdict === "bad") {
      count("bad-presence");
      if (connection.noteOffence()) return rejectFrame(connection);
    }
    tickSoon();
  };

  const tickSoon = () => {
    if (!presence.hasChanges()) return;
    cancelTick ??= clock.setTimer(settings.tickMs, () => {
      cancelTick = undefined;
      passOnPresence();
    });
  };

  const passOnPresence = () => {
    const changes = presence.takeChanges();
    const toBystanders = presenceFrame(changes.map((change) => change.entry));
    for (const connection of connections) {
      if (!changes.some((change) => change.by === connection)) connection.sendPresence(toBystanders);
      else sendOthers(connection, changes);
    }
  };

  const sendCurrentPresence = (connection: Connection) => sendOthers(connection, presence.current());

  const sendOthers = (connection: Connection, changes: ReturnType<typeof presence.current>) => {
    const others = changes.filter((change) => change.by !== connection);
    if (others.length > 0) connection.sendPresence(presenceFrame(others.map((change) => change.entry)));
  };

  // — rest and end

  /** Writes what has been applied, and never two at once. */
  const writeSnapshot = async (): Promise<void> => {
    if (snapshotting || !state || tailLength === 0) return snapshotting;
    const snapshot = { upTo: appliedUpTo, bytes: state.encode() };
    tailLength = 0;
    snapshotting = (async () => {
      const written = await store.writeSnapshot(laneId, snapshot).catch(() => undefined);
      if (written?.ok) count("snapshots");
      else log.warn({ laneId }, "snapshot could not be written; the log still holds everything");
      snapshotting = undefined;
    })();
    return snapshotting;
  };

  const restSoon = () => {
    cancelGrace();
    if (connections.size === 0 && status === "open") cancelGrace = clock.setTimer(settings.graceMs, () => void rest());
  };

  const rest = async () => {
    if (!state || !laneLog.isEmpty()) return restSoon();
    await snapshotting;
    await writeSnapshot();
    if (connections.size === 0 && laneLog.isEmpty() && status === "open") finish();
  };

  const finish = () => {
    if (status === "closed") return;
    status = "closed";
    cancelGrace();
    cancelTick?.();
    laneLog.close();
    state?.close();
    state = undefined;
    deps.onClosed();
  };

  const loading = load();

  return {
    laneId,
    boardId,
    connections,
    join: (connection) => {
      cancelGrace();
      connections.add(connection);
      if (state) greet(connection, state);
      else if (loadFailing) connection.tell({ type: "notice", kind: "not-storing" });
    },
    receive: (connection, frame) => {
      if (status !== "open" || !connection.isOpen()) return;
      if (state) take(connection, frame, state);
      else holdUntilLoaded(connection, frame);
    },
    leave: (connection) => {
      if (!connections.delete(connection)) return;
      early.delete(connection);
      presence.leave(connection);
      tickSoon();
      restSoon();
    },
    storeFailing: () => laneLog.fail(),
    restamp: (personId) => {
      presence.restamp(personId);
      tickSoon();
    },
    notify,
    drain: async () => {
      if (status !== "open") return;
      status = "draining";
      cancelGrace();
      await loading;
      await laneLog.answered();
      sendAcks();
      await snapshotting;
      await writeSnapshot();
      for (const connection of connections) connection.close("restarting");
      finish();
    },
    discard: async () => {
      finish();
      await Promise.all([loading, laneLog.answered(), snapshotting]);
    },
  };
}

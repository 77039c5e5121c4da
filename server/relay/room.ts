import { unreachable } from "#shared/assert.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { NoticeKind } from "#shared/protocol/messages.ts";
import type { NewAuditEntry } from "../store/board-store.ts";
import { Answers } from "./answers.ts";
import { Claims } from "./claims.ts";
import type { Connection } from "./connection.ts";
import { Folding, type FoldingSettings } from "./folding.ts";
import { parseFrame, step1Frame } from "./frames.ts";
import { Intake, type IntakeCount } from "./intake.ts";
import { type LaneContent, openLaneContent } from "./lane-content.ts";
import { type CommitLatency, LaneLog } from "./lane-log.ts";
import type { LaneWork } from "./lane-work.ts";
import type { Clock, LaneStore, RelayLog } from "./ports.ts";
import { PresenceTable } from "./presence.ts";
import { createPresenceFrames } from "./presence-frames.ts";
import { Traces } from "./traces.ts";

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
  /** Updates that wait for the disk. */
  readonly depth: () => number;
  /**
   * Takes no more frames; settles when all that was received is answered by the store and acked, every connection is told
   * to come back, and the snapshot is written.
   */
  readonly drain: () => Promise<void>;
  /**
   * What the store has of this lane is gone, or is no longer what was loaded: takes nothing more, keeps nothing more and
   * ends. Settles when the store has answered for what was under way, so that what it still wrote can be taken away too.
   * The connections are the relay's to close.
   */
  readonly discard: () => Promise<void>;
}

export interface RoomDeps {
  readonly store: LaneStore;
  readonly clock: Clock;
  readonly log: RelayLog;
  readonly work: LaneWork;
  readonly settings: RoomSettings;
  readonly count: (what: RoomCount) => void;
  readonly audit?: ((entry: NewAuditEntry) => void) | undefined;
  readonly onEdit?: ((sessionTokenHash: string) => void) | undefined;
  readonly onCommit?: ((latency: CommitLatency) => void) | undefined;
  readonly onFailing: () => void;
  /** Nothing of it is needed any more; the next person to come opens a new one. */
  readonly onClosed: () => void;
}

export type RoomCount =
  | IntakeCount
  | "bad-presence"
  | "bad-frame"
  | "snapshots"
  | "loads"
  | "diffs"
  | "work-failed"
  | "damaged"
  | "presence";

export interface RoomSettings extends FoldingSettings {
  /** How long a room outlives its last person, so that a page reload finds it still loaded. */
  readonly graceMs: number;
  /** Presence is passed on at most this often. */
  readonly tickMs: number;
}

export const roomDefaults: RoomSettings = {
  graceMs: 30_000,
  tickMs: 100,
  tailBeforeSnapshot: 64,
  tailBytesBeforeSnapshot: 256 * 1024,
};

/** What one connection may send before the lane is loaded. Past it, it starts again. */
const queuedBytesWhileLoading = 1024 * 1024;
const longestLoadPauseMs = 1_000;

export function openRoom(laneId: LaneId, boardId: BoardId, deps: RoomDeps): Room {
  const { store, clock, log, work, settings, count } = deps;
  const connections = new Set<Connection>();
  /** What came before the lane was loaded. */
  let early: Map<Connection, { readonly frames: Uint8Array[]; bytes: number }> | undefined;
  /** What is there once the lane is loaded. */
  let lane: Loaded | undefined;
  let status: "open" | "damaged" | "draining" | "closed" = "open";
  let loadFailing = false;
  let cancelGrace = () => {};
  let cancelTick: (() => void) | undefined;
  let claims = new Claims([]);

  const presence = new PresenceTable({
    ownerOf: (clientId) => claims.ownerOf(clientId),
    show: (clientId, personId) => {
      const sight = claims.show(clientId, personId);
      if (sight === "new") void keepClaim(clientId, personId);
      return sight !== "others";
    },
  });
  const traces = new Traces({ laneId, boardId, clock, audit: deps.audit });

  const laneLog = new LaneLog(
    laneId,
    { store, clock, log },
    {
      failing: () => {
        notify("not-storing");
        deps.onFailing();
      },
      healed: () => {
        notify("storing-again");
        // Stock clients too answer this with all that the lane lacks, and so what was dropped comes back.
        for (const connection of connections) ask(connection);
      },
      committed: deps.onCommit,
    },
  );

  const notify = (kind: NoticeKind) => {
    for (const connection of connections) connection.tell({ type: "notice", kind });
  };
  const ask = (connection: Connection) => {
    if (!lane || !connection.isOpen()) return;
    connection.asked.steps++;
    connection.ledger.asked();
    connection.send(step1Frame(lane.content.stateVector()));
  };
  const passOn = (from: Connection, frame: Uint8Array) => {
    if (status === "closed") return;
    for (const connection of connections) if (connection !== from) connection.delivery.pass(frame);
  };

  // — loading

  const isClosed = () => status === "closed";
  const load = async () => {
    for (let pauseMs = 100; status !== "closed"; pauseMs = Math.min(pauseMs * 2, longestLoadPauseMs)) {
      const loaded = await store.loadLane(laneId).catch(() => undefined);
      // Asked by a function: the type checker takes the loop's word for it, which is older than the wait.
      if (isClosed()) return;
      if (loaded?.ok) {
        count("loads");
        const opened = loaded.value.damage ? undefined : openLaneContent(loaded.value);
        if (!opened) return becomeDamaged({ damage: loaded.value.damage?.what ?? "snapshot" });
        claims = new Claims(loaded.value.clientIds);
        becomeLive(opened.content, loaded.value.returningUntil ?? 0);
        const { dangling, unreadable } = opened;
        if (dangling + unreadable > 0) {
          log.warn({ laneId, dangling, unreadable }, "stored updates that cannot be used");
          // Else they would be read and left out at every loading; a snapshot is past them.
          void lane?.folding.now();
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

  /** Nothing of it is shown or taken until somebody has chosen its last good state [R9]. */
  const becomeDamaged = (facts: Readonly<Record<string, unknown>>) => {
    log.warn({ laneId, ...facts }, "lane is damaged and not served");
    count("damaged");
    if (status === "open") status = "damaged";
    for (const connection of connections) connection.close("damaged");
    restSoon();
  };

  const becomeLive = (content: LaneContent, returningUntil: number) => {
    const folding = new Folding({ laneId, content, work, store, clock, log, settings, count });
    const answers = new Answers({ content, work, clock, count, reject: rejectFrame });
    const intake = new Intake({
      ...{ laneId, clock, log, laneLog, content, claims, returningUntil, count, passOn, ask },
      onWritten: (connection, seq) => {
        traces.wrote(connection, seq);
        deps.onEdit?.(connection.admission.sessionTokenHash);
        folding.wrote();
      },
      learnDeletions: async () => {
        await folding.settled();
        await folding.now();
      },
    });
    const loaded: Loaded = { content, intake, answers, folding };
    lane = loaded;
    if (loadFailing) notify("storing-again");
    loadFailing = false;
    for (const connection of connections) greet(connection, loaded);
    const held = early;
    early = undefined;
    for (const [connection, { frames }] of held ?? []) for (const frame of frames) take(connection, frame, loaded);
  };

  const greet = (connection: Connection, { content }: Loaded) => {
    traces.opened(connection, content.upTo());
    ask(connection);
    sendCurrentPresence(connection);
    if (laneLog.failing()) connection.tell({ type: "notice", kind: "not-storing" });
  };

  const holdUntilLoaded = (connection: Connection, frame: Uint8Array) => {
    early ??= new Map();
    const held = early.get(connection) ?? { frames: [], bytes: 0 };
    early.set(connection, held);
    held.frames.push(frame);
    held.bytes += frame.length;
    if (held.bytes > queuedBytesWhileLoading) connection.close("resync");
  };

  const keepClaim = async (clientId: number, personId: PersonId) => {
    const kept = await store.claimClientId?.(laneId, personId, clientId).catch(() => undefined);
    // What could not be kept goes with the first update of that id.
    if (kept?.ok) claims.kept([clientId], kept.value);
  };

  // — frames

  const take = (connection: Connection, frame: Uint8Array, { intake, answers }: Loaded) => {
    if (!connection.isOpen()) return;
    const parsed = parseFrame(frame);
    if (!parsed) return rejectFrame(connection);
    switch (parsed.type) {
      case "step1":
        return answers.asked(connection, parsed.stateVector);
      case "update":
        return intake.take(connection, parsed, frame);
      case "presence":
        return takePresence(connection, parsed.entries, intake);
      case "ask-presence":
        return sendCurrentPresence(connection);
      default:
        return unreachable(parsed);
    }
  };

  const rejectFrame = (connection: Connection) => {
    count("bad-frame");
    connection.close("protocol");
  };

  // — presence

  const takePresence = (connection: Connection, entries: Uint8Array, intake: Intake) => {
    count("presence");
    const verdict = presence.receive(connection, entries);
    if (verdict === "undecodable") return rejectFrame(connection);
    if (verdict === "forged") intake.offend(connection, "forged-presence");
    if (verdict === "bad") {
      count("bad-presence");
      if (connection.noteBadPresence()) return rejectFrame(connection);
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
    const frames = createPresenceFrames(changes);
    for (const connection of connections) {
      for (const frame of frames.for(connection, connection.asksAcks)) connection.sendPresence(frame);
    }
  };

  const sendCurrentPresence = (connection: Connection) => {
    for (const frame of createPresenceFrames(presence.current()).for(connection, false)) connection.sendPresence(frame);
  };

  // — rest and end

  const restSoon = () => {
    cancelGrace();
    if (connections.size > 0 || status === "draining" || status === "closed") return;
    cancelGrace = clock.setTimer(settings.graceMs, () => void rest());
  };

  const rest = async () => {
    if (status === "damaged") return finish();
    if (!lane || laneLog.depth() > 0) return restSoon();
    await lane.folding.settled();
    await lane?.folding.now();
    if (connections.size === 0 && laneLog.depth() === 0 && status === "open") finish();
  };

  const finish = () => {
    if (status === "closed") return;
    status = "closed";
    cancelGrace();
    cancelTick?.();
    laneLog.close();
    lane?.folding.close();
    lane = undefined;
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
      if (lane) greet(connection, lane);
      else if (status === "damaged") connection.close("damaged");
      else if (loadFailing) connection.tell({ type: "notice", kind: "not-storing" });
    },
    receive: (connection, frame) => {
      if (status !== "open" || !connection.isOpen()) return;
      if (lane) take(connection, frame, lane);
      else holdUntilLoaded(connection, frame);
    },
    leave: (connection) => {
      if (!connections.delete(connection)) return;
      early?.delete(connection);
      presence.leave(connection);
      traces.left(connection);
      tickSoon();
      restSoon();
    },
    storeFailing: () => laneLog.fail(),
    restamp: (personId) => {
      presence.restamp(personId);
      tickSoon();
    },
    notify,
    depth: () => laneLog.depth(),
    drain: async () => {
      if (status !== "open") return;
      status = "draining";
      cancelGrace();
      await loading;
      await laneLog.answered();
      lane?.intake.sendAcks();
      for (const connection of [...connections]) connection.close("restarting");
      await lane?.folding.settled();
      await lane?.folding.now();
      finish();
    },
    discard: async () => {
      const folded = lane?.folding.settled();
      finish();
      await Promise.all([loading, laneLog.answered(), folded]);
    },
  };
}

interface Loaded {
  readonly content: LaneContent;
  readonly intake: Intake;
  readonly answers: Answers;
  readonly folding: Folding;
}

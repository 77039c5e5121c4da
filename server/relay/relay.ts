import type { LaneAccess } from "#shared/access/roles.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { CloseReason } from "#shared/protocol/close-codes.ts";
import type { Admission } from "../access/admission.ts";
import type { NewAuditEntry, PersonRecord } from "../store/board-store.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { CommitLatency } from "./lane-log.ts";
import { createLaneWork, type LaneWork } from "./lane-work.ts";
import type { Clock, LaneStore, RelayLog, SocketPort } from "./ports.ts";
import { openRoom, type Room, type RoomCount, type RoomSettings, roomDefaults } from "./room.ts";

/** Passes changes between the people on each lane, and keeps each before anybody sees it. */
export interface Relay {
  /** A point in time, to be taken before somebody is let in and given to `connect`. */
  readonly moment: () => number;
  /**
   * Takes a socket that is open. If its person, session or access has changed since `since`, it is closed at once. What
   * the socket does from now on is to be told to the handlers that come back.
   */
  readonly connect: (arrival: Arrival) => SocketHandlers;
  /** Sockets of this session that are open now. */
  readonly socketsOf: (sessionTokenHash: string) => number;

  /** Their name, language, colour or the like: re-stamps their presence and tells everyone on the board. */
  readonly personChanged: (person: PersonRecord) => void;
  /** Somebody was invited, approved or removed: everyone on the board asks for its people again. */
  readonly boardChanged: (boardId: BoardId) => void;
  readonly closePerson: (personId: PersonId, reason: CloseReason) => void;
  readonly closeSession: (sessionTokenHash: string, reason: CloseReason) => void;
  /**
   * The board is gone from the store: closes its sockets (4404), those being let in included, and forgets its rooms.
   * Settles when nothing of it is on its way to the store any more.
   */
  readonly boardErased: (boardId: BoardId) => Promise<void>;
  /** What a person may do on a lane has changed: their sockets there are closed, and opened again as the gate now sees it. */
  readonly setAccess: (personId: PersonId, laneId: LaneId, access: LaneAccess | undefined) => void;

  /**
   * What the store has of this lane is no longer what was loaded (its last good state was taken): its room is forgotten,
   * and its sockets are closed to come back.
   */
  readonly laneRecovered: (laneId: LaneId) => Promise<void>;

  readonly isDraining: () => boolean;
  /**
   * For a graceful stop: from now on nothing is accepted; settles when everything received is forced and acked (or the
   * store has refused it, or `drainMs` is over), snapshots are written and everyone is told to come back (1012).
   */
  readonly drain: () => Promise<void>;
  /** For metrics: what is open now, and what has happened since the start. */
  readonly counts: () => RelayCounts;
}

export interface Arrival {
  readonly admission: Admission;
  readonly socket: SocketPort;
  readonly asksAcks: boolean;
  readonly since: number;
}

export interface SocketHandlers {
  readonly onFrame: (frame: Uint8Array) => void;
  /** It spoke text, which nothing of ours does. */
  readonly onText: () => void;
  readonly onPong: () => void;
  readonly onClosed: () => void;
}

export type RelayCounts = Readonly<
  Record<RoomCount | "rooms" | "connections" | "bytes-in" | "bytes-out" | "waiting-for-disk", number>
> & {
  /** Sockets closed from this side, by reason; `dead` did not answer any more. */
  readonly closed: Readonly<Partial<Record<CloseReason | "dead", number>>>;
};

export interface RelayDeps {
  readonly store: LaneStore;
  readonly clock: Clock;
  readonly log: RelayLog;
  /** Where documents are built and taken apart; in this thread by default, which holds everybody up. */
  readonly work?: LaneWork;
  /** Who opened a lane and who wrote what of it, for the board's audit. */
  readonly audit?: (entry: NewAuditEntry) => void;
  /** Somebody wrote, so their session is in use. */
  readonly onEdit?: (sessionTokenHash: string) => void;
  /** How long each update took to be written and to be forced, for metrics. */
  readonly onCommit?: (latency: CommitLatency) => void;
  readonly rooms?: Partial<RoomSettings>;
  readonly drainMs?: number;
}

/** Often enough that a stock client, which hangs up after 30 s of silence, hears something 20 to 25 s after the last. */
const keepAliveEveryMs = 5_000;
/** Longer than any gate takes to let somebody in. */
const changesKeptMs = 120_000;

const nothingYet: Readonly<Record<RoomCount, number>> = {
  updates: 0,
  refused: 0,
  "refused-read-only": 0,
  "refused-too-large": 0,
  "refused-malformed": 0,
  "refused-harmful": 0,
  "refused-not-yours": 0,
  "refused-gap": 0,
  "forged-presence": 0,
  dropped: 0,
  gaps: 0,
  returned: 0,
  acks: 0,
  presence: 0,
  "bad-presence": 0,
  "bad-frame": 0,
  loads: 0,
  diffs: 0,
  snapshots: 0,
  "work-failed": 0,
  damaged: 0,
};

interface Change {
  readonly moment: number;
  readonly at: number;
  readonly reason: CloseReason;
  readonly concerns: (admission: Admission) => boolean;
}

export function createRelay(deps: RelayDeps): Relay {
  const { store, clock, log, drainMs = 10_000 } = deps;
  const settings = { ...roomDefaults, ...deps.rooms };
  const rooms = new Map<LaneId, Room>();
  const connections = new Map<Connection, Room>();
  const work = deps.work ?? createLaneWork();
  const tally = { ...nothingYet };
  const traffic = { in: 0, out: 0 };
  const closed: Partial<Record<CloseReason | "dead", number>> = {};
  let moment = 0;
  let changes: readonly Change[] = [];
  let draining: Promise<void> | undefined;
  let cancelKeepAlive: (() => void) | undefined;

  const count = (what: RoomCount) => void tally[what]++;
  const roomFor = (laneId: LaneId, boardId: BoardId): Room => {
    const known = rooms.get(laneId);
    if (known) return known;
    const room: Room = openRoom(laneId, boardId, {
      store,
      clock,
      log,
      settings,
      work,
      audit: deps.audit,
      onCommit: deps.onCommit,
      onEdit: deps.onEdit,
      count,
      onFailing: () => {
        for (const other of rooms.values()) if (other.boardId === boardId && other !== room) other.storeFailing();
      },
      onClosed: () => {
        if (rooms.get(laneId) === room) rooms.delete(laneId);
      },
    });
    rooms.set(laneId, room);
    return room;
  };

  const forget = (connection: Connection) => {
    const room = connections.get(connection);
    connections.delete(connection);
    room?.leave(connection);
  };

  /** Closes those it concerns now, and those that are just being let in. */
  const closeAll = (reason: CloseReason, concerns: Change["concerns"]) => {
    const at = clock.now();
    changes = [
      ...changes.filter((change) => at - change.at < changesKeptMs),
      { moment: ++moment, at, reason, concerns },
    ];
    for (const connection of [...connections.keys()]) if (concerns(connection.admission)) connection.close(reason);
  };

  const keepAlive = () => {
    for (const connection of [...connections.keys()]) connection.keepAlive();
    cancelKeepAlive = connections.size > 0 ? clock.setTimer(keepAliveEveryMs, keepAlive) : undefined;
  };

  const roomsOf = (boardId: BoardId) => [...rooms.values()].filter((room) => room.boardId === boardId);

  return {
    moment: () => moment,
    connect: ({ admission, socket, asksAcks, since }) => {
      const connection: Connection = createConnection({
        admission,
        asksAcks,
        socket,
        clock,
        onClosing: (reason) => {
          closed[reason] = (closed[reason] ?? 0) + 1;
          forget(connection);
        },
        onSent: (bytes) => {
          traffic.out += bytes;
        },
      });
      const change = changes.find((one) => one.moment > since && one.concerns(admission));
      if (draining) connection.close("restarting");
      else if (change) connection.close(change.reason);
      else {
        const room = roomFor(admission.laneId, admission.person.boardId);
        connections.set(connection, room);
        room.join(connection);
        cancelKeepAlive ??= clock.setTimer(keepAliveEveryMs, keepAlive);
      }
      return {
        onFrame: (frame) => {
          connection.heard();
          traffic.in += frame.length;
          connections.get(connection)?.receive(connection, frame);
        },
        onText: () => connection.close("notBinary"),
        onPong: connection.heard,
        onClosed: () => {
          connection.ended();
          forget(connection);
        },
      };
    },
    socketsOf: (sessionTokenHash) => {
      let count = 0;
      for (const { admission } of connections.keys()) if (admission.sessionTokenHash === sessionTokenHash) count++;
      return count;
    },
    personChanged: (person) => {
      for (const connection of connections.keys()) {
        if (connection.admission.person.personId === person.personId) connection.setPerson(person);
      }
      for (const room of roomsOf(person.boardId)) {
        room.restamp(person.personId);
        room.notify("people-changed");
      }
    },
    boardChanged: (boardId) => {
      for (const room of roomsOf(boardId)) room.notify("people-changed");
    },
    closePerson: (personId, reason) => closeAll(reason, ({ person }) => person.personId === personId),
    closeSession: (hash, reason) => closeAll(reason, ({ sessionTokenHash }) => sessionTokenHash === hash),
    boardErased: async (boardId) => {
      closeAll("gone", ({ person }) => person.boardId === boardId);
      await Promise.all(roomsOf(boardId).map((room) => room.discard()));
    },
    setAccess: (personId, laneId, access) =>
      closeAll(
        "accessChanged",
        (admission) =>
          admission.person.personId === personId && admission.laneId === laneId && admission.access !== access,
      ),
    laneRecovered: async (laneId) => {
      const room = rooms.get(laneId);
      for (const connection of [...(room?.connections ?? [])]) connection.close("resync");
      await room?.discard();
    },
    isDraining: () => draining !== undefined,
    drain: () => {
      draining ??= Promise.race([
        Promise.all([...rooms.values()].map((room) => room.drain())).then(() => {}),
        new Promise<void>((resolve) => clock.setTimer(drainMs, resolve)),
      ]).then(() => {
        cancelKeepAlive?.();
        for (const connection of [...connections.keys()]) connection.close("restarting");
      });
      return draining;
    },
    counts: () => ({
      ...tally,
      rooms: rooms.size,
      connections: connections.size,
      "bytes-in": traffic.in,
      "bytes-out": traffic.out,
      "waiting-for-disk": [...rooms.values()].reduce((sum, room) => sum + room.depth(), 0),
      closed: { ...closed },
    }),
  };
}

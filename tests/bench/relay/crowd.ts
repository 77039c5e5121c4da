import * as Y from "yjs";
import { type BoardScript, type PersonScript, readStart } from "./board-script.ts";
import { type CoreUse, watchCores } from "./cores.ts";
import { openRawSocket, type RawSocket } from "./raw-socket.ts";
import type { Seat, Side } from "./sides.ts";
import {
  addressed,
  createPresenceWriter,
  emptyUpdate,
  emptyVector,
  type PresenceWriter,
  readMessage,
  step1Message,
  step2Message,
  updateMessage,
} from "./wire.ts";

export const editsPerSecond = 2;
export const presencePerSecond = 20;
const presenceEveryMs = 1000 / presencePerSecond;
const editEveryMs = 1000 / editsPerSecond;

/** People who write, move their pointer and look on, as many as the boards have seats; all in this process. */
export interface Crowd {
  /** Sits down at boards whose content stands already, and stays quiet until `start`. */
  readonly join: (boards: readonly (readonly Seat[])[]) => Promise<void>;
  readonly start: () => void;
  readonly pause: () => void;
  readonly measure: (ms: number) => Promise<CrowdMeasure>;
  readonly people: () => number;
  readonly leave: () => void;
}

export interface CrowdMeasure {
  readonly cores: CoreUse;
  readonly people: number;
  readonly editsSent: number;
  /** Edits that came to somebody else's screen. */
  readonly editsDelivered: number;
  /** How many that should have been. */
  readonly editsDue: number;
  /** ms from an edit's leaving to its coming to another, for each. */
  readonly seenMs: readonly number[];
  readonly ackedMs: readonly number[];
  readonly bytesPerPersonSecond: number;
  /** ms by which the generator itself was late: its p99. */
  readonly lagMs: readonly number[];
  readonly troubles: readonly string[];
}

interface Sitting {
  readonly person: PersonScript;
  readonly socket: RawSocket;
  readonly address: Uint8Array;
  readonly presence: PresenceWriter;
  readonly board: { readonly sentAt: readonly Float64Array[] };
  readonly index: number;
  nextEdit: number;
  sentCount: number;
  /** Number and time of updates whose ack is awaited, oldest first. */
  readonly unacked: { readonly count: number; readonly at: number }[];
}

export function createCrowd(side: Side, script: BoardScript): Crowd {
  const sittings: Sitting[] = [];
  const presenceRing: Sitting[][] = Array.from({ length: presenceEveryMs }, () => []);
  const editRing: Sitting[][] = Array.from({ length: editEveryMs }, () => []);
  let measuring = false;
  let seenMs: number[] = [];
  let ackedMs: number[] = [];
  let lagMs: number[] = [];
  let editsSent = 0;
  const troubles = new Map<string, number>();
  const trouble = (what: string) => void troubles.set(what, (troubles.get(what) ?? 0) + 1);
  let ticking: NodeJS.Timeout | undefined;
  let leaving = false;

  const hearUpdate = (sitting: Sitting, update: Uint8Array, now: number) => {
    const start = readStart(update);
    const at = script.personByClientId.get(start.clientId);
    const edit = at === undefined ? undefined : script.people[at]?.editByClock.get(start.clock);
    if (at === undefined || edit === undefined) return;
    if (start.clients === 1 && script.people[at]?.edits[edit]?.length === update.length) {
      if (at !== sitting.index) noteSeen(sitting, at, edit, now);
      return;
    }
    // A server that is behind may pass on several at once.
    const { from, to } = Y.parseUpdateMeta(update);
    for (const [clientId, first] of from) {
      const who = script.personByClientId.get(clientId);
      if (who === undefined || who === sitting.index) continue;
      for (let clock = first; clock < (to.get(clientId) ?? 0); clock += 1) {
        const each = script.people[who]?.editByClock.get(clock);
        if (each !== undefined) noteSeen(sitting, who, each, now);
      }
    }
  };
  const noteSeen = (sitting: Sitting, who: number, edit: number, now: number) => {
    const at = sitting.board.sentAt[who]?.[edit];
    if (at && measuring) seenMs.push(now - at);
  };

  const sitDown = async (seat: Seat, index: number, board: Sitting["board"]): Promise<void> => {
    const person = script.people[index];
    if (!person) throw new Error("Bug: more seats than the script has people");
    const sitting: { it: Sitting | undefined } = { it: undefined };
    let synced = () => {};
    const inSync = new Promise<void>((done) => {
      synced = done;
    });
    let answered = 0;
    const answer = addressed(seat.address, step2Message(emptyUpdate));
    const socket = await openRawSocket({
      port: side.server.port(),
      path: seat.path,
      headers: seat.headers,
      onMessage: (message, from) => {
        const heard = readMessage(message, seat.address.length);
        switch (heard.kind) {
          case "step1":
            from.send(answer);
            if (sitting.it) sitting.it.sentCount += 1;
            else answered += 1;
            return;
          case "step2":
            return synced();
          case "update":
            return sitting.it && hearUpdate(sitting.it, heard.update, performance.now());
          case "ack":
            return sitting.it && hearAck(sitting.it, heard.count);
          case "refused":
            return trouble(`refused: ${heard.why}`);
          default:
            return;
        }
      },
      onClosed: (code) => {
        if (!leaving) trouble(`closed: ${code}`);
      },
    });
    for (const message of seat.hello) socket.send(addressed(seat.address, message));
    socket.send(addressed(seat.address, step1Message(emptyVector)));
    const presence = createPresenceWriter(seat.address, person.clientId);
    socket.send(presence.next(index, index));
    const { address } = seat;
    sitting.it = { person, socket, address, presence, board, index, nextEdit: 0, sentCount: answered, unacked: [] };
    await inSync;
    const number = sittings.push(sitting.it);
    // Spread over the period, as people are.
    presenceRing[(number * 7) % presenceEveryMs]?.push(sitting.it);
    editRing[(number * 37) % editEveryMs]?.push(sitting.it);
  };

  const hearAck = (sitting: Sitting, count: number) => {
    const now = performance.now();
    while (sitting.unacked.length > 0 && (sitting.unacked[0]?.count ?? 0) <= count) {
      const acked = sitting.unacked.shift();
      if (acked && measuring) ackedMs.push(now - acked.at);
    }
  };

  const writeNext = (sitting: Sitting) => {
    const edit = sitting.nextEdit++;
    const update = sitting.person.edits[edit];
    if (!update) return trouble("the script has no more edits");
    const at = performance.now();
    const sentAt = sitting.board.sentAt[sitting.index];
    if (sentAt) sentAt[edit] = at;
    sitting.socket.send(addressed(sitting.address, updateMessage(update)));
    sitting.sentCount += 1;
    if (sitting.unacked.length < 1_000) sitting.unacked.push({ count: sitting.sentCount, at });
    if (measuring) editsSent += 1;
  };

  let nextMs = 0;
  const tick = () => {
    const now = performance.now();
    if (measuring) lagMs.push(now - nextMs);
    for (; nextMs <= now; nextMs += 1) {
      for (const sitting of presenceRing[nextMs % presenceEveryMs] ?? []) {
        sitting.socket.send(sitting.presence.next(nextMs >> 3, sitting.index * 40 + (nextMs >> 5)));
      }
      for (const sitting of editRing[nextMs % editEveryMs] ?? []) writeNext(sitting);
    }
  };

  return {
    join: async (boards) => {
      const waiting = boards.map((seats) => ({
        seats,
        board: { sentAt: script.people.map(({ edits }) => new Float64Array(edits.length)) },
      }));
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let next = waiting.shift(); next; next = waiting.shift()) {
            for (const [index, seat] of next.seats.entries()) await sitDown(seat, index, next.board);
          }
        }),
      );
    },
    start: () => {
      if (ticking) return;
      nextMs = Math.ceil(performance.now());
      ticking = setInterval(tick, 1);
    },
    pause: () => {
      clearInterval(ticking);
      ticking = undefined;
    },
    measure: async (ms) => {
      [seenMs, ackedMs, lagMs, editsSent] = [[], [], [], 0];
      troubles.clear();
      const bytesBefore = sum(sittings.map(({ socket }) => socket.received()));
      const cores = watchCores(side.server.pid());
      measuring = true;
      await new Promise((done) => setTimeout(done, ms));
      measuring = false;
      const use = cores();
      const bytes = sum(sittings.map(({ socket }) => socket.received())) - bytesBefore;
      return {
        cores: use,
        people: sittings.length,
        editsSent,
        editsDelivered: seenMs.length,
        editsDue: editsSent * (script.people.length - 1),
        seenMs,
        ackedMs,
        bytesPerPersonSecond: bytes / sittings.length / use.seconds,
        lagMs,
        troubles: [...troubles].map(([what, times]) => `${times} × ${what}`),
      };
    },
    people: () => sittings.length,
    leave: () => {
      leaving = true;
      clearInterval(ticking);
      for (const { socket } of sittings) socket.close();
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

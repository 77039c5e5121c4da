import type { Server } from "node:http";
import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { BoardId, RandomBytes } from "#shared/board/ids.ts";
import type { Result } from "#shared/result.ts";
import { ok } from "#shared/result.ts";
import type { Admit } from "./access/admission.ts";
import { createAdmit } from "./access/admit.ts";
import { createAskers } from "./access/asker.ts";
import { createAudit } from "./access/audit.ts";
import { createBoardFiles } from "./access/board-files.ts";
import { createBoards } from "./access/boards.ts";
import { createInvitations } from "./access/invitations.ts";
import { createJoining } from "./access/join.ts";
import { deriveKeys } from "./access/keys.ts";
import { createLaneDamages } from "./access/lane-damage.ts";
import type { LiveBoards } from "./access/live-boards.ts";
import { openStaffAccounts } from "./access/open-staff.ts";
import type { EntryParts } from "./access/parts.ts";
import { createOriginRules } from "./access/request-origin.ts";
import { createSessionUse } from "./access/session-use.ts";
import { createSessionWatch } from "./access/session-watch.ts";
import { createSessions } from "./access/sessions.ts";
import { createSetup } from "./access/setup.ts";
import { limitStaff } from "./access/staff-limits.ts";
import { type ThrottleLimits, usualLimits } from "./access/throttle.ts";
import { createTurns } from "./access/turns.ts";
import type { Answered } from "./admin/door.ts";
import { eraseBoardLive } from "./admin/erase-live.ts";
import { type CannotStart, type Config, cannotStart } from "./config.ts";
import { createLaneHistory } from "./history/history.ts";
import { createHistoryThread } from "./history/history-thread.ts";
import { writeAs } from "./history/write-as.ts";
import { createApp } from "./http/app.ts";
import { boardPage } from "./http/board-page.ts";
import { clientFiles } from "./http/client-files.ts";
import type { LiveCounts, Metrics } from "./http/health.ts";
import { laneBytes } from "./http/lane-bytes.ts";
import { attachGate } from "./relay/gate.ts";
import { readBoard } from "./relay/read-board.ts";
import { createRelay } from "./relay/relay.ts";
import { systemClock } from "./relay/system-clock.ts";
import { startWorkerLaneWork } from "./relay/worker-lane-work.ts";
import type { BoardStore } from "./store/board-store.ts";
import type { OpenStore } from "./store/open-store.ts";

/**
 * Everything of a server that stands on its data: store, relay, gate and the calls. It can be closed and another one
 * opened behind the same port, which is how a restored backup comes into use while people wait.
 */
export interface Inside {
  readonly app: Express;
  readonly store: BoardStore;
  /** For the first worker's set-up link, while no staff account exists. */
  readonly setupToken: string | undefined;
  readonly counts: () => LiveCounts;
  readonly erase: (boardId: BoardId) => Promise<Answered>;
  /** Takes nothing new, keeps what it has got and says when people are to come back, then lets go of the data. */
  readonly close: () => Promise<void>;
}

export interface InsideParts {
  readonly config: Config;
  readonly server: Server;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly random: RandomBytes;
  readonly limits: Partial<ThrottleLimits> | undefined;
  /** Where the built client lies. */
  readonly clientFolder: string;
  /** Instead of the built client; for development. Turns the content policy off. */
  readonly pages: RequestHandler | undefined;
}

/** Stored bytes past which a board is not built up here for a copy: everybody would wait. Its owner's device still can. */
const mostTakenHomeBytes = 64 * 1024 * 1024;

/** When what is not needed at once is made ready. First everybody comes back to their boards. */
const warmUpMs = { lanes: 200, staff: 3_000 } as const;

/** Builds it over data that are open. When it cannot, the data are closed, and a sentence says why. */
export async function openInside(
  { store, accounts, master }: OpenStore & { readonly master: Uint8Array },
  { config, server, log, metrics, now, random, ...parts }: InsideParts,
): Promise<Result<Inside, CannotStart>> {
  const limits = { ...usualLimits, ...parts.limits };
  const keys = deriveKeys(master);
  const origins = createOriginRules(config.publicUrl);
  try {
    const audit = createAudit({
      store,
      now,
      onTrouble: (action) => log.error({ action }, "a deed could not be written down"),
    });
    const use = createSessionUse({ store, now });
    // The relay tells the watch of edits, and the watch has the relay close sockets.
    const live: LiveBoards = {
      personChanged: (person) => relay.personChanged(person),
      boardChanged: (boardId) => relay.boardChanged(boardId),
      closePerson: (personId, reason) => relay.closePerson(personId, reason),
      closeSession: (hash, reason) => relay.closeSession(hash, reason),
      socketsOf: (hash) => relay.socketsOf(hash),
      setAccess: (personId, laneId, access) => relay.setAccess(personId, laneId, access),
    };
    const watch = createSessionWatch({ store, live, use, audit, now, setTimer: systemClock.setTimer });
    const work = startWorkerLaneWork();
    const damages = createLaneDamages(store);
    const relay = createRelay({
      ...{ store: { ...store, loadLane: damages.loadLane }, clock: systemClock, log, work },
      onEdit: watch.edited,
      audit: audit.note,
      onCommit: metrics.committed,
    });
    const staffAccounts = openStaffAccounts({
      accounts,
      secret: keys.staffSecret,
      baseUrl: config.publicUrl?.origin ?? `http://localhost:${config.port}`,
      secure: origins.secure,
      onTrouble: (what) => log.error({ what }, "the accounts could not be reached"),
    });
    const staff = limitStaff(staffAccounts, { use, now });
    const inTurn = createTurns();
    const entry: EntryParts = { store, staff, keys, live, inTurn, audit, damages, use, watch, now, random };
    const askers = createAskers(entry);
    const setup = createSetup(entry, limits);
    const boards = createBoards(entry);
    const boardFiles = createBoardFiles({
      ...entry,
      boards,
      readBoard: (person, lanes) => readBoard(store, person, lanes, mostTakenHomeBytes),
    });
    const thread = createHistoryThread();
    const history = createLaneHistory({
      ...{ store, audit, boards, thread, now, random },
      write: (admission, pieces) => writeAs(relay, admission, pieces),
      laneRecovered: async ({ laneId, boardId }) => {
        damages.forget(laneId);
        await relay.laneRecovered(laneId);
        relay.boardChanged(boardId);
      },
    });
    const builtPages = express.Router();
    builtPages.use(
      laneBytes({ store, askers, boards }),
      boardPage(parts.clientFolder, { store, askers, boards }),
      clientFiles(parts.clientFolder),
    );
    const app = createApp({
      ...{ askers, setup, staff, origins, store, metrics, log, now, boards, boardFiles, history, entry },
      invitations: createInvitations(entry),
      joining: createJoining(entry, limits),
      sessions: createSessions(entry),
      pages: parts.pages ?? builtPages,
      contentPolicy: parts.pages === undefined,
    });
    const refusedSockets = new Map<string, number>();
    const admit = countingRefusals(createAdmit(entry, askers, origins), refusedSockets);
    const gate = attachGate(server, { relay, admit, log, leaveOthers: parts.pages !== undefined });
    const later = [
      setTimeout(work.warmUp, warmUpMs.lanes).unref(),
      setTimeout(staffAccounts.warmUp, warmUpMs.staff).unref(),
    ];
    const close = async () => {
      for (const timer of later) clearTimeout(timer);
      watch.stop();
      await relay.drain();
      await gate.close();
      await work.close();
      await thread.close();
      await staffAccounts.close();
      await store.close();
    };

    const setupToken = await setup.firstToken();
    if (!setupToken.ok) {
      await close();
      return cannotStart(`The data folder ${config.dataDir} cannot be written. Check the space and the rights there.`);
    }
    return ok({
      app,
      store,
      setupToken: setupToken.value,
      counts: () => {
        const { connections, rooms, closed, ...totals } = relay.counts();
        return {
          ...{ sockets: connections, rooms, closed, totals },
          waitingForDisk: totals["waiting-for-disk"],
          waitingWork: thread.waiting(),
          refused: { ...refusedEdits(totals), ...Object.fromEntries(refusedSockets) },
        };
      },
      erase: (boardId) => eraseBoardLive({ store, boardErased: relay.boardErased, inTurn }, boardId),
      close,
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

function countingRefusals(admit: Admit, counts: Map<string, number>): Admit {
  return async (request, laneId) => {
    const admitted = await admit(request, laneId);
    if (!admitted.ok) counts.set(admitted.error.kind, (counts.get(admitted.error.kind) ?? 0) + 1);
    return admitted;
  };
}

/** `refused-gap` of the relay's counts as `edit-gap`: sockets are refused by kinds of their own. */
function refusedEdits(totals: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const kinds = Object.entries(totals).flatMap(([name, count]) => {
    const kind = /^refused-(.+)$/.exec(name)?.[1];
    return kind ? [[`edit-${kind}`, count] as const] : [];
  });
  return {
    ...Object.fromEntries(kinds),
    "forged-presence": totals["forged-presence"] ?? 0,
    "bad-frame": totals["bad-frame"] ?? 0,
  };
}

import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { LaneId, RandomBytes } from "#shared/board/ids.ts";
import { openBoard } from "#shared/board/open-board.ts";
import type { BoardView } from "#shared/protocol/api.ts";
import type { CloseReason } from "#shared/protocol/close-codes.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { type LaneCopy, readLaneCopies } from "#shared/protocol/lane-copies.ts";
import type { RefusedKind } from "#shared/protocol/messages.ts";
import { fail, ok } from "#shared/result.ts";
import { call } from "./api.ts";
import type { BoardSession, LaneTrouble, SaveState, SessionStatus } from "./board-session.ts";
import { forgetView, keepView } from "./device-store.ts";
import { copyNameOf } from "./kept-lane.ts";
import { type LaneLink, openLaneLink } from "./lane-link.ts";
import { isInMemoryAlone, letGoNotTaken, type NotTaken, readNotTaken } from "./not-taken.ts";
import { openPresenceLink } from "./presence-link.ts";
import { isLive, saveStateOf, savingUntil } from "./save-ledger.ts";

/** What a session takes from the world, so that a test can run one outside a browser. */
export interface SessionWorld {
  /** `https://host`, without a path. */
  readonly origin: string;
  readonly WebSocket: typeof WebSocket;
  readonly call: typeof call;
  readonly now: () => number;
  /** The date here, as `2026-12-05`. */
  readonly today: () => string;
  readonly random: RandomBytes;
  /** Runs soon, at most once a frame. */
  readonly schedule: (run: () => void) => void;
}

function browserWorld(): SessionWorld {
  return {
    origin: location.origin,
    WebSocket,
    call,
    now: Date.now,
    today: () => {
      const here = new Date();
      const two = (value: number) => String(value).padStart(2, "0");
      return `${here.getFullYear()}-${two(here.getMonth() + 1)}-${two(here.getDate())}`;
    },
    random: (bytes) => {
      crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
    },
    schedule: (run) => {
      // A tab in the background draws no frames, but what others write must not pile up in it.
      const once = () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
        run();
      };
      const frame = requestAnimationFrame(once);
      const timer = setTimeout(once, 100);
    },
  };
}

/** Failures that end the stay: trying again would change nothing. */
const finalKinds: readonly (ErrorKind | "offline")[] = ["not-signed-in", "not-allowed", "not-found"];
/** A browser does not say why a socket was refused, so the board is asked for, at most this often. */
const askPauseMs = 5_000;
/** A damaged lane is asked for again about this often: somebody may have taken it back to its last good state. */
const damagedPauseMs = 20_000;
/** Ends of a stay after which the same person comes back to the same board: what the device kept of it stays. */
const staysKept: readonly (CloseReason | ErrorKind)[] = ["signedOut", "sessionEnded", "accessEnded", "not-signed-in"];

/** Nothing, when the bytes were cut short on the way: the socket brings it all. */
function readBrought(bytes: Uint8Array): readonly LaneCopy[] {
  try {
    return readLaneCopies(bytes);
  } catch {
    return [];
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/**
 * Opens the board for one person on this device: reads the offline copies, connects every lane, and keeps trying. The
 * view may be one kept from an earlier visit. `brought` is what the page fetched of its lanes (`lane-copies.ts`), when
 * it did: the board is there to be written on before any socket is open. When the view's lanes change, close this
 * session and open another.
 */
export function openSession(
  opening: BoardView,
  world: SessionWorld = browserWorld(),
  brought?: Uint8Array,
): BoardSession {
  const { now } = world;
  const broughtLanes = brought ? readBrought(brought) : [];
  let view = opening;
  let refused: CloseReason | ErrorKind | undefined;
  let refusal: RefusedKind | undefined;
  let isSpent = false;
  let notTaken: readonly NotTaken[] = [];
  let isRefusedOften = false;
  const damaged = new Set<LaneLink>();
  let stopAskingDamaged: (() => void) | undefined;
  /** When the connection was lost, or first failed. */
  let downSince: number | undefined;
  let failed = false;
  let closed = false;
  let stopTimer: (() => void) | undefined;
  const viewListeners = new Set<() => void>();
  const statusListeners = new Set<() => void>();
  let status: SessionStatus = { status: "loading" };
  let saveState: SaveState = { state: "saving" };

  const readStatus = (): SessionStatus => {
    if (refused) return { status: "refused", reason: refused };
    if (links.every((link) => isLive(link.ledger()))) {
      downSince = undefined;
      failed = false;
      return { status: "live" };
    }
    const isShown = links.every((link) => link.isShown());
    if (!isShown && !failed) return { status: "loading" };
    downSince ??= now();
    return { status: isShown ? "offline" : "unreachable", since: downSince };
  };

  const update = () => {
    if (closed) return;
    const ledgers = links.map((link) => link.ledger());
    const nextStatus = readStatus();
    const nextSave = saveStateOf(ledgers, now());
    stopTimer?.();
    stopTimer = undefined;
    const until = nextSave.state === "saving" ? savingUntil(ledgers) : undefined;
    if (until !== undefined) stopTimer = later(update, Math.max(1, until - now()));
    const same =
      JSON.stringify(nextStatus) === JSON.stringify(status) && JSON.stringify(nextSave) === JSON.stringify(saveState);
    if (same) return;
    status = nextStatus;
    saveState = nextSave;
    tellStatus();
  };

  const setView = (next: BoardView) => {
    if (JSON.stringify(next) === JSON.stringify(view)) return;
    view = next;
    keepView(view);
    for (const listener of viewListeners) listener();
  };

  const refuse = (reason: CloseReason | ErrorKind) => {
    if (closed || refused) return;
    refused = reason;
    // Being signed out can be mended on this device; all else means that the board is not theirs to see any more.
    if (!staysKept.includes(reason)) forgetView(view.boardId);
    for (const link of links) link.disconnect();
    update();
  };

  const tellStatus = () => {
    for (const listener of [...statusListeners]) listener();
  };
  const chance = () => {
    const bytes = new Uint8Array(2);
    world.random(bytes);
    return ((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)) / 65_536;
  };

  const onClosed = (reason: CloseReason, laneId: LaneId) => {
    const link = links.find((one) => one.lane.laneId === laneId);
    if (reason === "refused") {
      isRefusedOften = true;
      refusal = undefined;
      failed = true;
      update();
      tellStatus();
    } else if (reason === "damaged" && link) {
      damaged.add(link);
      failed = true;
      update();
      tellStatus();
      refreshView();
      stopAskingDamaged ??= later(askDamaged, damagedPauseMs * (0.5 + chance()));
    } else refuse(reason);
  };
  const askDamaged = () => {
    stopAskingDamaged = undefined;
    for (const link of damaged) link.reconnect();
  };
  const forgetDamage = (link: LaneLink) => {
    damaged.delete(link);
    tellStatus();
  };
  const readNotTakenAgain = async () => {
    const read = await readNotTaken(opening.boardId, opening.me);
    if (closed || (read.length === 0 && notTaken.length === 0)) return;
    notTaken = read;
    tellStatus();
  };

  const boardPath = `/api/boards/${opening.boardId}`;
  /** Whether the board said that we may see it. */
  const refreshView = async (): Promise<boolean> => {
    const reply = await world.call<BoardView>("GET", boardPath);
    if (closed) return false;
    if (reply.ok) setView(reply.value);
    else if (finalKinds.includes(reply.error.kind)) refuse(reply.error.kind as ErrorKind);
    return reply.ok;
  };

  let askedAt = Number.NEGATIVE_INFINITY;
  const onConnectionError = async () => {
    failed = true;
    update();
    if (now() - askedAt < askPauseMs) return;
    askedAt = now();
    if (!(await refreshView())) return;
    // The board is there for us, and still no socket: a worker's sign-in lets them ask about a board of theirs, but a
    // socket wants a session, which this gives. Anybody else is told no, and nothing is lost by it.
    const entered = await world.call("POST", `${boardPath}/enter`, {});
    if (entered.ok && !closed) reconnect();
  };

  const links: readonly LaneLink[] = opening.lanes.map((lane) =>
    openLaneLink({
      lane,
      boardId: opening.boardId,
      me: opening.me,
      brought: broughtLanes.find(({ laneId }) => laneId === lane.laneId)?.updates,
      copyName: copyNameOf(opening.boardId, lane.laneId, opening.me),
      serverUrl: `${world.origin.replace(/^http/, "ws")}/sync`,
      WebSocket: world.WebSocket,
      now,
      chance,
      onChange: () => {
        for (const link of damaged) if (isLive(link.ledger())) forgetDamage(link);
        update();
      },
      onConnectionError,
      onClosed: (reason) => onClosed(reason, lane.laneId),
      onNotice: (kind) => {
        if (kind === "people-changed") refreshView();
      },
      onRefused: (kind) => {
        refusal = kind;
        tellStatus();
      },
      onBegunAnew: () => {
        isSpent = true;
        tellStatus();
      },
    }),
  );
  keepView(view);

  const shared = links.find((link) => link.lane.kind === "shared");
  const awareness = shared?.awareness ?? new Awareness(new Y.Doc());
  const presence = openPresenceLink(awareness, { now, later });
  const board = openBoard(
    links.map(({ lane, doc }) => ({ ...lane, doc })),
    {
      me: opening.me,
      language: () => view.people.find((person) => person.personId === view.me)?.language ?? "en",
      now,
      random: world.random,
      schedule: world.schedule,
      today: world.today,
    },
  );

  const reconnect = () => {
    for (const link of links) link.reconnect();
  };
  // Whatever the device stopped keeping would be gone with the page: the browser asks before it goes.
  const onLeave = (event: BeforeUnloadEvent) => {
    const atRisk = saveState.state !== "saved" && saveState.state !== "saving" && saveState.count > 0;
    if ((atRisk && links.some((link) => !link.isKept())) || isInMemoryAlone(notTaken)) event.preventDefault();
  };
  const inBrowser = typeof window !== "undefined";
  if (inBrowser) {
    // A socket may stay open in name for half a minute after the network has gone.
    window.addEventListener("online", reconnect);
    window.addEventListener("offline", reconnect);
    window.addEventListener("beforeunload", onLeave);
  }

  const close = () => {
    if (closed) return;
    closed = true;
    stopTimer?.();
    stopAskingDamaged?.();
    if (inBrowser) {
      window.removeEventListener("online", reconnect);
      window.removeEventListener("offline", reconnect);
      window.removeEventListener("beforeunload", onLeave);
    }
    presence.close();
    board.close();
    for (const link of links) link.close();
    viewListeners.clear();
    statusListeners.clear();
  };

  let trouble: LaneTrouble | undefined;
  const readTrouble = (): LaneTrouble | undefined => {
    const [link] = damaged;
    const lane = link && view.lanes.find(({ laneId }) => laneId === link.lane.laneId);
    const next: LaneTrouble | undefined = link
      ? { kind: "damaged", laneId: link.lane.laneId, lastGoodAt: lane?.damage?.lastGoodAt }
      : isRefusedOften
        ? { kind: "refused-often" }
        : undefined;
    if (JSON.stringify(next) !== JSON.stringify(trouble)) trouble = next;
    return trouble;
  };
  readNotTakenAgain();

  const subscriber = (listeners: Set<() => void>) => (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };

  // What the page brought can be shown from the first moment.
  update();

  return {
    board,
    view: () => view,
    person: (id) => view.people.find((person) => person.personId === id),
    subscribeView: subscriber(viewListeners),
    updateMe: async (change) => {
      const reply = await world.call<unknown>("PATCH", `${boardPath}/me`, change);
      if (!reply.ok) return fail({ kind: reply.error.kind });
      await refreshView();
      return ok(undefined);
    },
    refreshView: async () => {
      await refreshView();
    },
    status: () => status,
    saveState: () => saveState,
    subscribeStatus: subscriber(statusListeners),
    others: presence.others,
    subscribeOthers: presence.subscribe,
    setDoing: presence.setDoing,
    refusal: () => refusal,
    isSpent: () => isSpent,
    notTaken: () => notTaken,
    letGo: async ({ id }) => {
      await letGoNotTaken(id);
      await readNotTakenAgain();
    },
    trouble: readTrouble,
    recover: async (laneId) => {
      const reply = await world.call<unknown>("POST", `${boardPath}/lanes/${laneId}/recover`, {});
      if (!reply.ok) return fail({ kind: reply.error.kind });
      askDamaged();
      return ok(undefined);
    },
    tryAgain: () => {
      isRefusedOften = false;
      tellStatus();
      reconnect();
    },
    awareness,
    close,
  };
}

import { type Decoder, readVarUint8Array } from "lib0/decoding";
import { Awareness, applyAwarenessUpdate } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { BoardId, PersonId } from "#shared/board/ids.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { roots } from "#shared/board/schema.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import { type CloseReason, closeCodes } from "#shared/protocol/close-codes.ts";
import {
  askAcksParam,
  messageTypes,
  type NoticeKind,
  type RefusedKind,
  readServerMessage,
} from "#shared/protocol/messages.ts";
import { wholePresence } from "#shared/protocol/moves.ts";
import { reconnectPauseMs } from "./back-off.ts";
import { countingSocket } from "./counting-socket.ts";
import { splitUpdate } from "./lane-worker.ts";
import { type OfflineCopy, openOfflineCopy } from "./offline-copy.ts";
import { emptyLedger, nextLedger, type SaveEvent, type SaveLedger, unsavedCount } from "./save-ledger.ts";

const askPresenceEveryMs = 5_000;

/** One lane of the board on this device: its document, its socket, its offline copy and its ledger. */
export interface LaneLink {
  readonly lane: OpenLane;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly ledger: () => SaveLedger;
  /** Whether there is something true to show: a copy from this device, or the relay's. */
  readonly isShown: () => boolean;
  /** Whether what is written here outlives this page. */
  readonly isKept: () => boolean;
  /** Drops the socket, which may be dead without knowing it, and connects anew. */
  readonly reconnect: () => void;
  readonly disconnect: () => void;
  readonly close: () => void;
}

export interface LaneLinkOptions {
  readonly lane: OpenLane;
  readonly boardId: BoardId;
  readonly me: PersonId;
  /** The lane's updates as the relay had them when the page was opened. */
  readonly brought: readonly Uint8Array[] | undefined;
  readonly copyName: string;
  /** `wss://host/sync` */
  readonly serverUrl: string;
  readonly WebSocket: typeof WebSocket;
  readonly now: () => number;
  /** In [0, 1). */
  readonly chance: () => number;
  readonly onChange: () => void;
  /** A socket could not be opened; a browser does not say why. */
  readonly onConnectionError: () => void;
  readonly onClosed: (reason: CloseReason) => void;
  readonly onNotice: (kind: NoticeKind) => void;
  /** The relay does not take something that is in the document; the socket is closed, and a fresh start is made ready. */
  readonly onRefused: (kind: RefusedKind) => void;
  /** Ready: the offline copy is the relay's again, and this link is to be closed and opened anew. */
  readonly onBegunAnew: () => void;
}

/** Of what was read from this device or came with the page; nobody's own change. */
const copyOrigin = "session:copy";
/** Before a fresh start that failed on this device is tried again. */
const beginAgainMs = 10_000;

function closeReasonOf(code: number): CloseReason {
  const found = (Object.keys(closeCodes) as CloseReason[]).find((reason) => closeCodes[reason].code === code);
  return found ?? "removed";
}

/** Whether all of them could be read. One that cannot be is left out: the others are none the worse for it. */
function applyRows(doc: Y.Doc, rows: readonly Uint8Array[]): boolean {
  let isWhole = true;
  const apply = () => {
    for (const row of rows) {
      try {
        Y.applyUpdate(doc, row);
      } catch {
        isWhole = false;
      }
    }
  };
  Y.transact(doc, apply, copyOrigin, false);
  return isWhole;
}

export function openLaneLink(options: LaneLinkOptions): LaneLink {
  const { lane, now, onChange } = options;
  const doc = new Y.Doc();
  keepMarks(doc);
  // Before anybody listens to the document: it is no change of ours, nothing to send, and to write it anew for listeners
  // would cost as much as reading it.
  const isBrought = options.brought !== undefined && applyRows(doc, options.brought);
  let ledger = emptyLedger;
  let copy: OfflineCopy | undefined;
  let everSynced = false;
  let changes = 0;
  /** Written before the offline copy was open. */
  const early: Uint8Array[] = [];
  /** `anew`: it holds what the relay does not take, and no socket is opened on it any more. */
  let state: "opening" | "open" | "anew" | "closed" = "opening";
  let stopBeginning: (() => void) | undefined;
  let keepLate: (() => void) | undefined;

  const tell = (event: SaveEvent) => {
    const before = unsavedCount(ledger);
    const next = nextLedger(ledger, event);
    if (next === ledger) return;
    ledger = next;
    if (unsavedCount(ledger) !== before) copy?.keepUnsaved(unsavedCount(ledger));
    onChange();
  };

  // Before the provider's own listener, so that a change is counted before the frame that carries it leaves.
  const count = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (origin === provider) return;
    changes += 1;
    if (state === "opening") early.push(update);
    tell({ type: "changed", what: recordsOf(transaction) });
  };
  doc.on("update", count);

  const provider = new WebsocketProvider(options.serverUrl, lane.laneId, doc, {
    connect: false,
    awareness: new Awareness(doc),
    params: { [askAcksParam]: "1" },
    disableBc: true,
    WebSocketPolyfill: countingSocket(options.WebSocket, {
      made: () => ledger.made,
      onSent: (sent) => tell({ type: "sent", ...sent, at: now() }),
      split: splitUpdate,
    }),
  });
  if (lane.kind !== "shared") provider.awareness.setLocalState(null);

  provider.messageHandlers[messageTypes.ack] = (_encoder: unknown, decoder: Decoder) => {
    const message = readServerMessage("ack", decoder);
    if (message?.type === "ack") tell({ type: "acked", count: message.count });
  };
  provider.messageHandlers[messageTypes.refused] = (_encoder: unknown, decoder: Decoder) => {
    const message = readServerMessage("refused", decoder);
    if (message?.type !== "refused") return;
    tell({ type: "refused", count: message.count });
    beginAnew(message.kind);
  };
  provider.messageHandlers[messageTypes.notice] = (_encoder: unknown, decoder: Decoder) => {
    const message = readServerMessage("notice", decoder);
    if (message?.type !== "notice") return;
    if (message.kind !== "people-changed") tell({ type: "storing", storing: message.kind === "storing-again" });
    options.onNotice(message.kind);
  };
  let askedPresenceAt = Number.NEGATIVE_INFINITY;
  provider.messageHandlers[messageTypes.moves] = (_encoder: unknown, decoder: Decoder) => {
    const { awareness } = provider;
    const personOf = (clientId: number): unknown => awareness.getStates().get(clientId)?.person;
    const { entries, lacks } = wholePresence(readVarUint8Array(decoder), personOf);
    applyAwarenessUpdate(awareness, entries, provider);
    if (!lacks || now() - askedPresenceAt < askPresenceEveryMs) return;
    askedPresenceAt = now();
    // As an answer it would not be sent: the provider takes one byte for none.
    provider.ws?.send(Uint8Array.of(messageTypes.askPresence));
  };
  // Left to itself the provider sends on all that it hears of others.
  provider.awareness.off("update", provider._awarenessUpdateHandler);
  provider.awareness.on("update", (changes: unknown, origin: unknown) => {
    if (origin !== provider) provider._awarenessUpdateHandler(changes, origin);
  });
  provider.on("status", ({ status }) => {
    if (status === "connected") tell({ type: "opened" });
    if (status === "disconnected") tell({ type: "closed" });
  });
  provider.on("sync", (synced) => {
    if (!synced) return;
    if (!everSynced) copy?.keepIsCopy();
    everSynced = true;
    tell({ type: "synced" });
  });
  provider.on("connection-error", options.onConnectionError);
  provider.on("connection-close", () => {
    // The provider takes the lesser of its own pause and this.
    provider.maxBackoffTime = reconnectPauseMs(provider.wsUnsuccessfulReconnects + 1, options.chance());
  });
  provider.on("closed", ({ code }) => {
    const reason = closeReasonOf(code);
    // What was refused so often is in the document, whether or not the message with its number came through.
    if (reason === "refused") beginAnew("malformed");
    else options.onClosed(reason);
  });

  const beginAnew = (kind: RefusedKind) => {
    if (state !== "open") return;
    state = "anew";
    // No more of it: each try is an offence, and the person can do nothing about it.
    provider.disconnect();
    options.onRefused(kind);
    import("./begin-anew.ts")
      .then((begin) =>
        begin.beginAnew({
          ...options,
          kind,
          doc,
          copy,
          changes: () => changes,
          onClosed: (code) => options.onClosed(closeReasonOf(code)),
          onStop: (stop) => {
            stopBeginning = stop;
          },
        }),
      )
      .then(
        (late) => {
          if (state === "closed") return;
          if (!late) {
            state = "open";
            return options.onClosed("refused");
          }
          keepLate = late;
          // It was replaced, and follows this document no more.
          copy = undefined;
          options.onBegunAnew();
        },
        () => {
          // Its code did not come, or the device failed. All is as it was, so the next connection leads here again.
          if (state !== "anew") return;
          state = "open";
          setTimeout(() => state === "open" && provider.connect(), beginAgainMs);
        },
      );
  };

  /** For whoever listens Yjs writes anew what is applied, which costs as much as reading it; and here nobody needs it. */
  const applyUnheard = (rows: readonly Uint8Array[]) => {
    doc.off("update", count);
    doc.off("update", provider._updateHandler);
    applyRows(doc, rows);
    doc.on("update", count);
    doc.on("update", provider._updateHandler);
  };

  const adopt = (opened: OfflineCopy) => {
    copy = opened;
    applyUnheard(copy.rows);
    copy.follow(doc, (origin) => origin === provider, [...(options.brought ?? []), ...early.splice(0)]);
    const before = unsavedCount(ledger);
    tell({ type: "restored", count: copy.unsaved });
    if (before > 0) copy.keepUnsaved(unsavedCount(ledger));
  };
  const connectAnew = () => {
    if (state !== "open") return;
    provider.disconnect();
    provider.connect();
  };
  // A copy that came too late to be waited for is still better than nothing to show. Not after the first sync: what of it
  // the relay lacks would not be sent by this socket; the next opening has it.
  const onLate = (late: OfflineCopy) => {
    if (state !== "open" || everSynced || isBrought) return late.close();
    adopt(late);
    onChange();
    connectAnew();
  };

  // The offline copy goes first: what it holds must be in the step 2 that the first socket sends.
  openOfflineCopy(options.copyName, onLate)
    .catch(() => undefined)
    .then((opened) => {
      if (state === "closed") {
        opened?.close();
        return;
      }
      state = "open";
      if (opened) adopt(opened);
      onChange();
      provider.connect();
    });

  const close = () => {
    state = "closed";
    stopBeginning?.();
    keepLate?.();
    provider.destroy();
    provider.awareness.destroy();
    copy?.close();
    copy = undefined;
  };

  return {
    lane,
    doc,
    awareness: provider.awareness,
    ledger: () => ledger,
    isShown: () => everSynced || isBrought || copy?.isCopy === true,
    isKept: () => copy !== undefined,
    reconnect: connectAnew,
    disconnect: () => provider.disconnect(),
    close,
  };
}

/** Ids of the records that a change touched: what a person would call one thing each. The lane's own notes are none. */
function recordsOf(transaction: Y.Transaction): readonly string[] {
  const meta = transaction.doc.share.get(roots.meta);
  const ids = new Set<string>();
  for (const [type, keys] of transaction.changed) {
    let [root, at] = [type as Y.AbstractType<unknown>, keys as Iterable<string | null>];
    for (; root._item; root = root._item.parent as Y.AbstractType<unknown>) at = [root._item.parentSub];
    if (root !== meta) for (const key of at) if (key !== null) ids.add(key);
  }
  return [...ids];
}

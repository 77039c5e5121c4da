import type { Decoder } from "lib0/decoding";
import { Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import { type CloseReason, closeCodes } from "#shared/protocol/close-codes.ts";
import {
  askAcksParam,
  messageTypes,
  type NoticeKind,
  type RefusedKind,
  readServerMessage,
} from "#shared/protocol/messages.ts";
import { countingSocket } from "./counting-socket.ts";
import { isOfflineCopy, type OfflineCopy, openOfflineCopy } from "./offline-copy.ts";
import { emptyLedger, nextLedger, type SaveEvent, type SaveLedger, unsavedCount } from "./save-ledger.ts";

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
  /** Takes the offline copy off this device, and closes. */
  readonly erase: () => Promise<void>;
}

export interface LaneLinkOptions {
  readonly lane: OpenLane;
  /** The lane's updates as the relay had them when the page was opened. */
  readonly brought: readonly Uint8Array[] | undefined;
  readonly copyName: string;
  /** `wss://host/sync` */
  readonly serverUrl: string;
  readonly WebSocket: typeof WebSocket;
  readonly now: () => number;
  readonly onChange: () => void;
  /** A socket could not be opened; a browser does not say why. */
  readonly onConnectionError: () => void;
  readonly onClosed: (reason: CloseReason) => void;
  readonly onNotice: (kind: NoticeKind) => void;
  readonly onRefused: (kind: RefusedKind) => void;
}

function closeReasonOf(code: number): CloseReason {
  const found = (Object.keys(closeCodes) as CloseReason[]).find((reason) => closeCodes[reason].code === code);
  return found ?? "removed";
}

/** Whether all of it could be read. What could is as the relay has it, and does no harm. */
function applyBrought(doc: Y.Doc, updates: readonly Uint8Array[]): boolean {
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    return true;
  } catch {
    return false;
  }
}

export function openLaneLink(options: LaneLinkOptions): LaneLink {
  const { lane, now, onChange } = options;
  const doc = new Y.Doc();
  keepMarks(doc);
  // Before anybody listens to the document: it is no change of ours, nothing to send, and to write it anew for listeners
  // would cost as much as reading it.
  const isBrought = options.brought !== undefined && applyBrought(doc, options.brought);
  let ledger = emptyLedger;
  let copy: OfflineCopy | undefined;
  let everSynced = false;
  let state: "opening" | "open" | "closed" = "opening";

  const tell = (event: SaveEvent) => {
    const before = unsavedCount(ledger);
    const next = nextLedger(ledger, event);
    if (next === ledger) return;
    ledger = next;
    if (unsavedCount(ledger) !== before) copy?.keepUnsaved(unsavedCount(ledger));
    onChange();
  };

  // Before the provider's own listener, so that a change is counted before the frame that carries it leaves.
  doc.on("update", (_update: Uint8Array, origin: unknown) => {
    if (origin !== provider && !isOfflineCopy(origin)) tell({ type: "changed" });
  });

  const provider = new WebsocketProvider(options.serverUrl, lane.laneId, doc, {
    connect: false,
    awareness: new Awareness(doc),
    params: { [askAcksParam]: "1" },
    disableBc: true,
    WebSocketPolyfill: countingSocket(options.WebSocket, {
      onSent: (frame, count) => tell({ type: "sent", frame, count, at: now() }),
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
    if (ledger.refused) options.onRefused(message.kind);
  };
  provider.messageHandlers[messageTypes.notice] = (_encoder: unknown, decoder: Decoder) => {
    const message = readServerMessage("notice", decoder);
    if (message?.type !== "notice") return;
    if (message.kind !== "people-changed") tell({ type: "storing", storing: message.kind === "storing-again" });
    options.onNotice(message.kind);
  };
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
  provider.on("closed", ({ code }) => options.onClosed(closeReasonOf(code)));

  // The offline copy goes first: what it holds must be in the step 2 that the first socket sends.
  openOfflineCopy(options.copyName, doc)
    .catch(() => undefined)
    .then((opened) => {
      if (state === "closed") {
        opened?.close();
        return;
      }
      state = "open";
      copy = opened;
      if (copy) {
        const before = unsavedCount(ledger);
        tell({ type: "restored", count: copy.unsaved });
        if (before > 0) copy.keepUnsaved(unsavedCount(ledger));
      }
      onChange();
      provider.connect();
    });

  const close = () => {
    state = "closed";
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
    reconnect: () => {
      if (state !== "open") return;
      provider.disconnect();
      provider.connect();
    },
    disconnect: () => provider.disconnect(),
    close,
    erase: async () => {
      const kept = copy;
      copy = undefined;
      close();
      await kept?.erase();
    },
  };
}

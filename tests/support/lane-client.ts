import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";
import { messageTypes, readServerMessage, type ServerMessage, syncTypes } from "#shared/protocol/messages.ts";
import { wholePresence } from "#shared/protocol/moves.ts";
import type { Admission } from "../../server/access/admission.ts";
import type { Relay } from "../../server/relay/relay.ts";

/**
 * A person's device on one lane, without a network: it speaks as a stock y-websocket client does, hands its frames to
 * the relay at once and takes the relay's at once. Counts its updates and keeps what it was told.
 */
export interface LaneClient {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Puts words under a key of the lane, as one update. */
  readonly write: (key: string, words: string) => void;
  readonly words: () => Readonly<Record<string, unknown>>;
  readonly sendFrame: (frame: Uint8Array) => void;
  readonly sendText: () => void;
  /** Updates and sync steps 2 sent so far. */
  readonly sentCount: () => number;
  readonly told: readonly ServerMessage[];
  readonly acked: () => number;
  /** Types of the frames that came, in order; `0.1` is a sync step 2. */
  readonly frameTypes: readonly string[];
  readonly framesReceived: readonly Uint8Array[];
  readonly denied: readonly string[];
  readonly closedWith: () => { readonly code: number; readonly reason: string } | undefined;
  readonly terminated: () => boolean;
  readonly pings: () => number;
  readonly pong: () => void;
  /** The network takes no more: what is sent stays queued. */
  setQueuedBytes: (bytes: number) => void;
  /** The other side sees the socket end. */
  readonly hangUp: () => void;
}

export function joinLane(
  relay: Relay,
  admission: Admission,
  options: {
    readonly asksAcks?: boolean;
    readonly doc?: Y.Doc;
    readonly since?: number;
    readonly silent?: boolean;
  } = {},
): LaneClient {
  const doc = options.doc ?? new Y.Doc();
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  const told: ServerMessage[] = [];
  const frameTypes: string[] = [];
  const framesReceived: Uint8Array[] = [];
  const denied: string[] = [];
  const fromRelay = {};
  let sent = 0;
  let queued = 0;
  let pings = 0;
  let terminated = false;
  let closed: { code: number; reason: string } | undefined;

  const handlers = relay.connect({
    admission,
    asksAcks: options.asksAcks ?? true,
    since: options.since ?? relay.moment(),
    socket: {
      send: (frame) => receive(frame),
      queuedBytes: () => queued,
      close: (code, reason) => {
        closed = { code, reason };
      },
      terminate: () => {
        terminated = true;
      },
      ping: () => pings++,
    },
  });

  function receive(frame: Uint8Array) {
    framesReceived.push(frame);
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    frameTypes.push(type === messageTypes.sync ? `0.${frame[1]}` : `${type}`);
    if (type === messageTypes.sync) {
      const answer = () => {
        const encoder = encoding.createEncoder();
        encoding.writeVarUint(encoder, messageTypes.sync);
        syncProtocol.readSyncMessage(decoder, encoder, doc, fromRelay);
        if (encoding.length(encoder) > 1 && !options.silent) sendFrame(encoding.toUint8Array(encoder));
      };
      // As over a network: a question is heard later, and answered at once when it is.
      if (frame[1] === syncTypes.step1) queueMicrotask(answer);
      else answer();
    } else if (type === messageTypes.presence) {
      applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), fromRelay);
    } else if (type === messageTypes.moves) {
      const personOf = (clientId: number): unknown => awareness.getStates().get(clientId)?.person;
      const { entries } = wholePresence(decoding.readVarUint8Array(decoder), personOf);
      applyAwarenessUpdate(awareness, entries, fromRelay);
    } else if (type === messageTypes.auth) {
      decoding.readVarUint(decoder);
      denied.push(decoding.readVarString(decoder));
    } else {
      const name = (["ack", "refused", "notice"] as const).find((one) => messageTypes[one] === type);
      const message = name && readServerMessage(name, decoder);
      if (message) told.push(message);
    }
  }

  function sendFrame(frame: Uint8Array) {
    if (closed || terminated) return;
    if (frame[0] === messageTypes.sync && frame[1] !== 0) sent++;
    handlers.onFrame(frame);
  }

  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin !== fromRelay && !options.silent) sendFrame(updateFrameOf(update));
  });
  // As y-websocket does: what it hears of others it sends on too.
  awareness.on("update", ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>) => {
    if (!options.silent)
      sendFrame(presenceFrameOf(encodeAwarenessUpdate(awareness, [...added, ...updated, ...removed])));
  });
  clearInterval((awareness as unknown as { _checkInterval: ReturnType<typeof setInterval> })._checkInterval);

  if (!options.silent) sendFrame(step1FrameOf(doc));
  return {
    doc,
    awareness,
    write: (key, words) => doc.getMap("cards").set(key, words),
    words: () => doc.getMap("cards").toJSON(),
    sendFrame,
    sendText: () => handlers.onText(),
    sentCount: () => sent,
    told,
    acked: () => told.findLast((message) => message.type === "ack")?.count ?? 0,
    frameTypes,
    framesReceived,
    denied,
    closedWith: () => closed,
    terminated: () => terminated,
    pings: () => pings,
    pong: () => handlers.onPong(),
    setQueuedBytes: (bytes) => {
      queued = bytes;
    },
    hangUp: () => handlers.onClosed(),
  };
}

export const updateFrameOf = (update: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    syncProtocol.writeUpdate(encoder, update);
  });

export const step1FrameOf = (doc: Y.Doc): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    syncProtocol.writeSyncStep1(encoder, doc);
  });

export const presenceFrameOf = (entries: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.presence);
    encoding.writeVarUint8Array(encoder, entries);
  });

/** One presence entry as it stands on the wire, whatever it says. */
export const presenceEntryOf = (clientId: number, clock: number, json: string): Uint8Array =>
  presenceFrameOf(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, json);
    }),
  );

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { messageTypes, readServerMessage, syncTypes } from "#shared/protocol/messages.ts";
import type { Admission } from "../../server/access/admission.ts";
import type { Relay, SocketHandlers } from "../../server/relay/relay.ts";
import type { Seeded } from "../support/seeded.ts";
import type { World } from "./world.ts";

/**
 * One open page of a person: a document that outlives its sockets, and a y-websocket client that counts its updates. The
 * wire keeps the order of frames, as TCP does, delays them as it likes, and loses what is under way when it breaks.
 */
export interface Device {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly isConnected: () => boolean;
  readonly connect: (relay: Relay) => void;
  /** The wire breaks: what was under way in both directions is lost. */
  readonly cut: () => void;
  /** The process at the other end is gone: nothing more is told to it. */
  readonly relayGone: () => void;
  /** Changes something in the document, as a person would. `undefined` when there was nothing to do. */
  readonly edit: () => string;
  /** Sends the last update again, as a second provider of the same page would. */
  readonly repeat: () => void;
  /** Puts bytes on the wire as they are. */
  readonly sendRaw: (frame: Uint8Array) => void;
  /** Updates sent on this socket and not settled. */
  readonly unsettled: () => number;
  readonly refusals: () => readonly string[];
  readonly closedWith: () => number | undefined;
}

export interface DeviceWitness {
  /** The relay hands this device something that others wrote. Throws when it may not have it yet. */
  readonly seen: (device: Device, update: Uint8Array) => void;
  /** The relay says that these updates are safe. Throws when they are not. */
  readonly acked: (device: Device, updates: readonly Uint8Array[]) => void;
}

interface Socket {
  readonly handlers: SocketHandlers;
  readonly up: Line;
  readonly down: Line;
  /** By their number on this socket, from 1. */
  readonly sent: Uint8Array[];
  readonly refused: Set<number>;
  acked: number;
}

const fromRelay = "relay";

export function createDevice(
  name: string,
  admission: Admission,
  clientId: number,
  world: World,
  chance: Seeded,
  witness: DeviceWitness,
): Device {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  keepMarks(doc);
  let socket: Socket | undefined;
  let lastUpdate: Uint8Array | undefined;
  let closedWith: number | undefined;
  let presenceClock = 0;
  const refusals: string[] = [];

  const send = (frame: Uint8Array) => {
    if (!socket) return;
    const { up, handlers, sent } = socket;
    if (frame[0] === messageTypes.sync && frame[1] !== syncTypes.step1) sent.push(updateIn(frame));
    up.send(frame.length, () => handlers.onFrame(frame));
  };

  const receive = (frame: Uint8Array) => {
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    if (type === messageTypes.sync) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, messageTypes.sync);
      syncProtocol.readSyncMessage(decoder, encoder, doc, fromRelay);
      if (encoding.length(encoder) > 1) send(encoding.toUint8Array(encoder));
    } else if (type === messageTypes.ack) {
      const message = readServerMessage("ack", decoder);
      if (message?.type === "ack" && socket) socket.acked = message.count;
    } else if (type === messageTypes.refused) {
      const message = readServerMessage("refused", decoder);
      if (message?.type === "refused") refusals.push(message.kind);
    }
  };

  /** What the relay says is judged when it says it, not when it arrives: a crash may come in between. */
  const overhear = (frame: Uint8Array, { sent, refused }: Pick<Socket, "sent" | "refused">) => {
    const type = frame[0];
    if (type === messageTypes.sync && frame[1] !== syncTypes.step1) witness.seen(device, updateIn(frame));
    if (type === messageTypes.refused) {
      const message = readServerMessage("refused", decoding.createDecoder(frame.subarray(1)));
      if (message?.type === "refused") refused.add(message.count);
    }
    if (type === messageTypes.ack) {
      const message = readServerMessage("ack", decoding.createDecoder(frame.subarray(1)));
      if (message?.type !== "ack") throw new Error("an ack that cannot be read");
      witness.acked(
        device,
        sent.slice(0, message.count).filter((_, index) => !refused.has(index + 1)),
      );
    }
  };

  const drop = () => {
    socket?.up.cut();
    socket?.down.cut();
    socket = undefined;
  };

  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin === fromRelay) return;
    lastUpdate = update;
    send(updateFrame(update));
  });

  const device: Device = {
    name,
    doc,
    isConnected: () => socket !== undefined,
    connect: (relay) => {
      drop();
      closedWith = undefined;
      let isOver = false;
      const sent: Uint8Array[] = [];
      const refused = new Set<number>();
      const down = createLine(world, chance);
      const up = createLine(world, chance);
      const handlers = relay.connect({
        admission,
        asksAcks: true,
        since: relay.moment(),
        socket: {
          send: (frame) => {
            overhear(frame, { sent, refused });
            down.send(frame.length, () => receive(frame));
          },
          queuedBytes: down.waitingBytes,
          close: (code) => {
            world.note("closed by the relay", code);
            isOver = true;
            // What an older socket is told comes too late to matter.
            if (!socket || socket.down === down) closedWith = code;
            up.cut();
            down.send(2, () => {
              if (socket?.down === down) drop();
            });
          },
          terminate: () => {
            if (socket?.down === down) drop();
          },
          ping: () => down.send(2, () => up.send(2, handlers.onPong)),
        },
      });
      if (isOver) return;
      socket = { handlers, up, down, sent, refused, acked: 0 };
      send(step1Frame(doc));
      send(presenceFrame(doc.clientID, ++presenceClock));
    },
    cut: () => {
      const handlers = socket?.handlers;
      drop();
      // The other side notices at once or later.
      if (handlers) world.after(chance.whole(40) * 100, handlers.onClosed);
    },
    relayGone: drop,
    edit: () => editSomething(doc, chance),
    repeat: () => {
      if (lastUpdate) send(updateFrame(lastUpdate));
    },
    sendRaw: (frame) => {
      const over = socket;
      over?.up.send(frame.length, () => over.handlers.onFrame(frame));
    },
    unsettled: () => (socket ? socket.sent.length - socket.acked : 0),
    refusals: () => refusals,
    closedWith: () => closedWith,
  };
  return device;
}

interface Line {
  readonly send: (bytes: number, arrive: () => void) => void;
  readonly waitingBytes: () => number;
  readonly cut: () => void;
}

/** One direction of a wire. */
function createLine(world: World, chance: Seeded): Line {
  /** From 1 ms (one room) to a tenth of a second (a bad evening). */
  const slownessMs = chance.pick([1, 5, 30, 100]);
  let busyUntil = 0;
  let waiting = 0;
  let isCut = false;
  return {
    send: (bytes, arrive) => {
      if (isCut) return;
      waiting += bytes;
      busyUntil = Math.max(busyUntil, world.now() + chance.whole(slownessMs * 8 + 1) / 8);
      world.after(busyUntil - world.now(), () => {
        if (isCut) return;
        waiting -= bytes;
        arrive();
      });
    },
    waitingBytes: () => waiting,
    cut: () => {
      isCut = true;
    },
  };
}

/** Cards with words, as a board has them, and now and then a card taken away or many letters at once. */
function editSomething(doc: Y.Doc, chance: Seeded): string {
  const cards = doc.getMap<Y.Map<unknown>>("cards");
  const ids = [...cards.keys()];
  const kind =
    ids.length === 0 ? "add" : chance.pick(["add", "words", "words", "words", "cut words", "move", "remove"]);
  doc.transact(() => {
    if (kind === "add") {
      const card = new Y.Map<unknown>();
      card.set("words", new Y.Text(chance.pick(["Cooks for six", "سامي", "Walks at dawn"])));
      card.set("at", { x: chance.whole(1000), y: chance.whole(1000) });
      cards.set(`card-${doc.clientID}-${ids.length}-${chance.whole(1000)}`, card);
      return;
    }
    const cardId = chance.pick(ids);
    const card: unknown = cards.get(cardId);
    // A record that is none, as a forger may put there, is left alone.
    if (!(card instanceof Y.Map)) return;
    const words = card.get("words");
    if (kind === "remove") cards.delete(cardId);
    else if (kind === "move") card.set("at", { x: chance.whole(1000), y: chance.whole(1000) });
    else if (words instanceof Y.Text && kind === "words") {
      words.insert(chance.whole(words.length + 1), chance.pick(["a", "ب", "and ", "👋"]));
    } else if (words instanceof Y.Text && words.length > 0) {
      const from = chance.whole(words.length);
      words.delete(from, Math.min(words.length - from, 1 + chance.whole(3)));
    }
  });
  return kind;
}

function updateIn(frame: Uint8Array): Uint8Array {
  const decoder = decoding.createDecoder(frame.subarray(2));
  return decoding.readVarUint8Array(decoder);
}

const updateFrame = (update: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    syncProtocol.writeUpdate(encoder, update);
  });

const presenceFrame = (clientId: number, clock: number): Uint8Array =>
  encoding.encode((frame) => {
    encoding.writeVarUint(frame, messageTypes.presence);
    const entries = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, "{}");
    });
    encoding.writeVarUint8Array(frame, entries);
  });

const step1Frame = (doc: Y.Doc): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    syncProtocol.writeSyncStep1(encoder, doc);
  });

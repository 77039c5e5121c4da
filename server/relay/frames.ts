import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { messageTypes, syncTypes } from "#shared/protocol/messages.ts";

/** What a client may send on `/sync/:laneId`. */
export type ClientFrame =
  | { readonly type: "step1"; readonly stateVector: Uint8Array }
  /** A sync step 2 or an update: both count, and both are stored. */
  | { readonly type: "update"; readonly answersStep1: boolean; readonly update: Uint8Array }
  | { readonly type: "presence"; readonly entries: Uint8Array }
  | { readonly type: "ask-presence" };

/**
 * Reads one whole frame. `undefined`: cut short, of an unknown type, or with bytes left over. The byte strings in it are
 * copies of their own: a view of the socket's buffer would let a false length inside it read what comes behind.
 */
export function parseFrame(frame: Uint8Array): ClientFrame | undefined {
  try {
    const decoder = decoding.createDecoder(frame);
    const parsed = readFrame(decoder);
    return decoding.hasContent(decoder) ? undefined : parsed;
  } catch {
    return undefined;
  }
}

function readFrame(decoder: decoding.Decoder): ClientFrame | undefined {
  switch (decoding.readVarUint(decoder)) {
    case messageTypes.sync: {
      const syncType = decoding.readVarUint(decoder);
      const bytes = readBytes(decoder);
      if (syncType === syncTypes.step1) return { type: "step1", stateVector: bytes };
      if (syncType === syncTypes.step2) return { type: "update", answersStep1: true, update: bytes };
      if (syncType === syncTypes.update) return { type: "update", answersStep1: false, update: bytes };
      return undefined;
    }
    case messageTypes.presence:
      return { type: "presence", entries: readBytes(decoder) };
    case messageTypes.askPresence:
      return { type: "ask-presence" };
    default:
      return undefined;
  }
}

const readBytes = (decoder: decoding.Decoder): Uint8Array => viewOfBytes(decoder).slice();

/** As lib0's `readVarUint8Array`, which does not look whether the length is within the frame. Throws when it is not. */
export function viewOfBytes(decoder: decoding.Decoder): Uint8Array {
  const length = decoding.readVarUint(decoder);
  if (length > decoder.arr.length - decoder.pos) throw new RangeError("a length beyond the end");
  return decoding.readUint8Array(decoder, length);
}

const syncFrame = (syncType: number, bytes: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    encoding.writeVarUint(encoder, syncType);
    encoding.writeVarUint8Array(encoder, bytes);
  });

/** Asks a client for what the relay lacks. */
export const step1Frame = (stateVector: Uint8Array): Uint8Array => syncFrame(syncTypes.step1, stateVector);
export const step2Frame = (update: Uint8Array): Uint8Array => syncFrame(syncTypes.step2, update);
export const updateFrame = (update: Uint8Array): Uint8Array => syncFrame(syncTypes.update, update);

/** Entries as `presence.ts` encodes them, one for each client id; without the one at `leftOut`. */
export function presenceFrame(entries: readonly Uint8Array[], leftOut?: number, isShort = false): Uint8Array {
  const count = entries.length - (leftOut === undefined ? 0 : 1);
  let length = varUintBytes(count);
  for (let at = 0; at < entries.length; at++) if (at !== leftOut) length += (entries[at] as Uint8Array).length;
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, isShort ? messageTypes.moves : messageTypes.presence);
    encoding.writeVarUint(encoder, length);
    encoding.writeVarUint(encoder, count);
    for (let at = 0; at < entries.length; at++) {
      if (at !== leftOut) encoding.writeUint8Array(encoder, entries[at] as Uint8Array);
    }
  });
}

const varUintBytes = (number: number): number => (number < 0x80 ? 1 : 2);

/** Says nothing, and so that a client's watchdog hears something. */
export const heartbeatFrame: Uint8Array = presenceFrame([]);

/** y-protocols' own word for a refused write, for clients that did not ask for ours. */
export const permissionDeniedFrame = (reason: string): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.auth);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, reason);
  });

import * as encoding from "lib0/encoding";
import { messageTypes, syncTypes } from "#shared/protocol/messages.ts";

/** Messages of the sync protocol as plain bytes, built once where they can be. Each goes behind a seat's address. */

/** Hocuspocus answers a step 1 with a message type of its own that reads as `sync`. */
const syncReply = 4;
/** Hocuspocus tells a writer that an update was taken, and its client shows that as "saved". */
const syncStatus = 8;

export const addressed = (address: Uint8Array, message: Uint8Array): Uint8Array =>
  address.length === 0 ? message : Buffer.concat([address, message]);

function syncMessage(type: number, bytes: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}
export const step1Message = (stateVector: Uint8Array): Uint8Array => syncMessage(syncTypes.step1, stateVector);
export const step2Message = (update: Uint8Array): Uint8Array => syncMessage(syncTypes.step2, update);
export const updateMessage = (update: Uint8Array): Uint8Array => syncMessage(syncTypes.update, update);

export const emptyUpdate: Uint8Array = new Uint8Array([0, 0]);
export const emptyVector: Uint8Array = new Uint8Array([0]);

/** A pointer on the map as our client shows it: 8 bytes of it change from one to the next. */
export interface PresenceWriter {
  /** The next one, with a clock one higher. Its bytes are good until the next call. */
  readonly next: (x: number, y: number) => Uint8Array;
}

const placeholder = { x: 100, y: 100 };
/** From here on a clock takes three bytes, for two million of them. */
const firstClock = 1 << 14;

export function createPresenceWriter(address: Uint8Array, clientId: number): PresenceWriter {
  const state = JSON.stringify({ pointer: { area: "home", time: "now", at: placeholder } });
  const message = Buffer.from(addressed(address, presenceMessage(clientId, firstClock, state)));
  const jsonAt = message.length - Buffer.byteLength(state);
  const clockAt = jsonAt - 1 - 3;
  const xAt = jsonAt + state.indexOf(":100,") + 1;
  const yAt = jsonAt + state.lastIndexOf(":100") + 1;
  let clock = firstClock;
  return {
    next: (x, y) => {
      message[clockAt] = (clock & 127) | 128;
      message[clockAt + 1] = ((clock >> 7) & 127) | 128;
      message[clockAt + 2] = clock >> 14;
      clock += 1;
      writeDigits(message, xAt, 100 + (x % 900));
      writeDigits(message, yAt, 100 + (y % 900));
      return message;
    },
  };
}

function writeDigits(into: Buffer, at: number, number: number): void {
  into[at] = 48 + Math.floor(number / 100);
  into[at + 1] = 48 + (Math.floor(number / 10) % 10);
  into[at + 2] = 48 + (number % 10);
}

export function presenceMessage(clientId: number, clock: number, state: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.presence);
    encoding.writeVarUint8Array(
      encoder,
      encoding.encode((inner) => {
        encoding.writeVarUint(inner, 1);
        encoding.writeVarUint(inner, clientId);
        encoding.writeVarUint(inner, clock);
        encoding.writeVarString(inner, state);
      }),
    );
  });
}

/** What a message says, as far as a bench wants to know. Bytes are a view, good while the message is. */
export type Heard =
  | { readonly kind: "step1" }
  | { readonly kind: "step2" | "update"; readonly update: Uint8Array }
  | { readonly kind: "ack"; readonly count: number }
  | { readonly kind: "saved" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "presence" }
  | { readonly kind: "other" };

const presence: Heard = { kind: "presence" };
const other: Heard = { kind: "other" };
const step1: Heard = { kind: "step1" };

export function readMessage(message: Uint8Array, addressLength: number): Heard {
  const type = message[addressLength];
  if (type === messageTypes.presence) return presence;
  if (type === messageTypes.sync || type === syncReply) {
    const syncType = message[addressLength + 1];
    if (syncType === syncTypes.step1) return step1;
    const length = readVarUint(message, addressLength + 2);
    const update = message.subarray(length.end, length.end + length.value);
    return { kind: syncType === syncTypes.step2 ? "step2" : "update", update };
  }
  if (type === messageTypes.ack) return { kind: "ack", count: readVarUint(message, addressLength + 1).value };
  if (type === syncStatus) return message[addressLength + 1] === 1 ? { kind: "saved" } : other;
  if (type === messageTypes.refused) {
    return { kind: "refused", why: Buffer.from(message.subarray(addressLength + 3)).toString() };
  }
  return other;
}

export function readVarUint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let factor = 1;
  for (let index = at; ; index += 1) {
    const byte = bytes[index] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: index + 1 };
    factor *= 128;
  }
}

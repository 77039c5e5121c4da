import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/**
 * What travels on `/sync/:laneId`: the y-websocket protocol (types 0–3), and types of ours that are sent only to
 * a client that asked with `?ack=1` in the URL, so that a stock client never meets one.
 */
export const messageTypes = {
  sync: 0,
  presence: 1,
  auth: 2,
  askPresence: 3,
  /** server → client: varUint n. The first n updates of this socket are forced to disk. */
  ack: 100,
  /** server → client: varUint n, varString kind. The nth update of this socket was refused, and why. */
  refused: 101,
  /** server → client: varString kind, one of `noticeKinds`. */
  notice: 102,
  /** server → client: presence whose states lack `person`, which stays as it was (`moves.ts`). */
  moves: 103,
} as const;

export const syncTypes = { step1: 0, step2: 1, update: 2 } as const;

/** Name of the URL parameter by which a client asks for our own message types. */
export const askAcksParam = "ack";

/**
 * An update's number on its socket, from 1: each sync step 2 and each update that the client sent, counted in the order
 * they were sent. Both sides count; nothing is added to the stock frames.
 */
export type UpdateCount = number;

/**
 * Why an update was not taken. `malformed`: it cannot be read · `harmful`: of a shape that would harm whoever has it ·
 * `not-yours`: it adds changes in somebody else's name · `gap`: it hangs on changes that nobody has. The last four are
 * offences: at the third the socket is closed with `refused`.
 */
export const refusedKinds = ["read-only", "too-large", "malformed", "harmful", "not-yours", "gap"] as const;
export type RefusedKind = (typeof refusedKinds)[number];

/**
 * `people-changed`: ask for the board again. `not-storing`: edits cannot be kept just now; nothing is passed on.
 * `storing-again`: the relay asks for what it missed by a sync step 1.
 */
export const noticeKinds = ["people-changed", "not-storing", "storing-again"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export type ServerMessage =
  | { readonly type: "ack"; readonly count: UpdateCount }
  | { readonly type: "refused"; readonly count: UpdateCount; readonly kind: RefusedKind }
  | { readonly type: "notice"; readonly kind: NoticeKind };

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes[message.type]);
    if (message.type !== "notice") encoding.writeVarUint(encoder, message.count);
    if (message.type !== "ack") encoding.writeVarString(encoder, message.kind);
  });
}

/** Reads the rest of a frame whose type has been read. Throws on a truncated frame, as lib0 does. */
export function readServerMessage(
  type: "ack" | "refused" | "notice",
  decoder: decoding.Decoder,
): ServerMessage | undefined {
  switch (type) {
    case "ack":
      return { type, count: decoding.readVarUint(decoder) };
    case "refused": {
      const count = decoding.readVarUint(decoder);
      const read = decoding.readVarString(decoder);
      const kind = refusedKinds.find((known) => known === read);
      return kind && { type, count, kind };
    }
    case "notice": {
      const read = decoding.readVarString(decoder);
      const kind = noticeKinds.find((known) => known === read);
      return kind && { type, kind };
    }
  }
}

import type { BoardStore } from "../store/board-store.ts";

/**
 * What the relay's core is handed. It asks the world for nothing else, so a run with a seeded clock, store and sockets
 * repeats exactly [R10].
 */
export interface Clock {
  /** Unix ms. */
  readonly now: () => number;
  /** Runs once after `delayMs`; the returned function calls it off and may be called at any time. */
  readonly setTimer: (delayMs: number, run: () => void) => () => void;
}

/** One binary message socket. Nothing here throws, also after the other side has gone. */
export interface SocketPort {
  readonly send: (frame: Uint8Array) => void;
  /** Bytes handed to `send` that have not left this machine. */
  readonly queuedBytes: () => number;
  /** Runs once when they have, never at once. Without it the relay looks every few milliseconds. */
  readonly whenDrained?: (run: () => void) => void;
  /** Starts the closing handshake; the reason is at most 123 bytes. */
  readonly close: (code: number, reason: string) => void;
  /** Drops the connection without a word. */
  readonly terminate: () => void;
  readonly ping: () => void;
}

/** Facts first, as pino has it. Never a word of a board, a name or a secret. */
export interface RelayLog {
  readonly info: (facts: Readonly<Record<string, unknown>>, what: string) => void;
  readonly warn: (facts: Readonly<Record<string, unknown>>, what: string) => void;
}

/** The part of the store that the relay writes to and reads from. */
export type LaneStore = Pick<BoardStore, "append" | "loadLane" | "writeSnapshot" | "probe"> &
  /** Without it, a client id that presence alone has shown is kept with the first update of it. */
  Partial<Pick<BoardStore, "claimClientId">>;

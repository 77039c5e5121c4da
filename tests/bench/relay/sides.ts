import type { ServerProcess } from "./server-process.ts";

/** Who is compared. Each speaks Yjs's sync and awareness, with small differences in how a message is addressed. */
export const sideNames = ["ours", "y-websocket", "hocuspocus"] as const;
export type SideName = (typeof sideNames)[number];

/** How one person gets to one board. */
export interface Seat {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Stands before every message, both ways: Hocuspocus puts the document's name there. */
  readonly address: Uint8Array;
  /** Sent before anything else. */
  readonly hello: readonly Uint8Array[];
  /** Whether the server says, by number, what is on its disk (messages of type 100). */
  readonly acks: boolean;
}

export interface Side {
  readonly name: SideName;
  readonly server: ServerProcess;
  /** New boards with this many people each, who each have a session of their own where there are sessions. */
  readonly makeBoards: (boards: number, people: number) => Promise<readonly (readonly Seat[])[]>;
}

/** What it takes to start one afresh, with an empty data folder and its own usual settings. */
export type StartSide = (options?: { readonly nodeFlags?: readonly string[] }) => Promise<Side>;

import { createHash } from "node:crypto";
import type { BoardId } from "#shared/board/ids.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import type { Erasure } from "./board-store.ts";

/** What the first entry of a board follows. */
export const auditStart = "0".repeat(64);

/**
 * The hash of an entry: over the hash before it and every field, each told apart by its place. Whoever has the entries can
 * work it out again, so a copy that a client took home can be checked without us.
 */
export function auditHash(boardId: BoardId, before: string, entry: Omit<AuditEntry, "hash">): string {
  const { n, at, personId, action, laneId, from, to, about } = entry;
  const fields = [
    "alongside audit 1",
    before,
    boardId,
    n,
    at,
    personId ?? null,
    action,
    laneId ?? null,
    from ?? null,
    to ?? null,
    about ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}

/** The number of the first entry that does not follow from those before it; `undefined` when all do. */
export function firstBrokenEntry(boardId: BoardId, entries: Iterable<AuditEntry>): number | undefined {
  let before = auditStart;
  let n = 0;
  for (const entry of entries) {
    n += 1;
    if (entry.n !== n || entry.hash !== auditHash(boardId, before, entry)) return n;
    before = entry.hash;
  }
  return undefined;
}

/** The line that stays when a board is erased. `before` is the hash of the line before it, or `auditStart`. */
export function erasureOf(boardId: BoardId, before: string, n: number, at: number): Erasure {
  const boardIdHash = createHash("sha256").update(boardId).digest("hex");
  const hash = createHash("sha256")
    .update(JSON.stringify(["alongside erasures 1", before, n, at, boardIdHash]))
    .digest("hex");
  return { n, at, boardIdHash, hash };
}

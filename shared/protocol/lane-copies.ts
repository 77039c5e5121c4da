import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { type LaneId, parseId } from "#shared/board/ids.ts";

/**
 * What a board's page fetches along with its scripts (`GET /b/:boardId/lanes`): the lanes that the person may read, as
 * the store holds them, so that a board can be written on before a socket is open. Each lane is its updates in order.
 */
export interface LaneCopy {
  readonly laneId: LaneId;
  readonly updates: readonly Uint8Array[];
}

/** varUint lanes; each: varString id, varUint updates, each a varUint8Array. */
export function writeLaneCopies(copies: readonly LaneCopy[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, copies.length);
    for (const { laneId, updates } of copies) {
      encoding.writeVarString(encoder, laneId);
      encoding.writeVarUint(encoder, updates.length);
      for (const update of updates) encoding.writeVarUint8Array(encoder, update);
    }
  });
}

/** Throws on bytes that were cut short, as lib0 does. */
export function readLaneCopies(bytes: Uint8Array): readonly LaneCopy[] {
  const decoder = decoding.createDecoder(bytes);
  const copies: LaneCopy[] = [];
  for (let lanes = decoding.readVarUint(decoder); lanes > 0; lanes -= 1) {
    const laneId = parseId<LaneId>(decoding.readVarString(decoder));
    const updates: Uint8Array[] = [];
    for (let left = decoding.readVarUint(decoder); left > 0; left -= 1)
      updates.push(decoding.readVarUint8Array(decoder));
    if (laneId) copies.push({ laneId, updates });
  }
  return copies;
}

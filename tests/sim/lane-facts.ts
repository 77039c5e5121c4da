import * as Y from "yjs";
import { keepMarks } from "#shared/board/keep-marks.ts";

/** What a log of updates holds, told by Yjs itself: the judge that the relay's own account of a lane is held against. */
export interface LaneFacts {
  readonly take: (update: Uint8Array) => void;
  /** The first thing of this update that is not there; `undefined` when all of it is. */
  readonly lacks: (update: Uint8Array) => string | undefined;
  readonly encode: () => Uint8Array;
  readonly doc: Y.Doc;
}

export function createLaneFacts(): LaneFacts {
  const doc = new Y.Doc();
  // Any number; nothing is written here.
  doc.clientID = 1;
  keepMarks(doc);
  return {
    doc,
    take: (update) => {
      Y.applyUpdate(doc, update);
      // What hangs on something that is not there does not count, and does not count later either.
      doc.store.pendingStructs = null;
      doc.store.pendingDs = null;
    },
    lacks: (update) => {
      const { structs, ds } = Y.decodeUpdate(update);
      for (const { id, length } of structs) {
        if (id.clock + length > Y.getState(doc.store, id.client)) return `${id.client}:${id.clock}+${length}`;
      }
      for (const [client, ranges] of ds.clients) {
        for (const { clock, len } of ranges) {
          if (!isDeleted(doc, client, clock, len)) return `deletion of ${client}:${clock}+${len}`;
        }
      }
      return undefined;
    },
    encode: () => Y.encodeStateAsUpdate(doc),
  };
}

function isDeleted({ store }: Y.Doc, client: number, clock: number, length: number): boolean {
  const end = clock + length;
  if (length === 0) return true;
  if (end > Y.getState(store, client)) return false;
  const structs = store.clients.get(client) ?? [];
  for (let index = Y.findIndexSS(structs, clock); index < structs.length; index++) {
    const struct = structs[index];
    if (!struct || struct.id.clock >= end) break;
    if (!struct.deleted) return false;
  }
  return true;
}

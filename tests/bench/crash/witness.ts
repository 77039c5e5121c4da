import * as Y from "yjs";
import type { Seat } from "../relay/sides.ts";
import { openVisit } from "../relay/visit.ts";
import { emptyVector } from "../relay/wire.ts";

/** Somebody with an empty device who only looks on. */
export interface Witness {
  /** Everything that has come, as a clock for each client id, once nothing more comes. */
  readonly settled: () => Promise<ReadonlyMap<number, number>>;
  readonly close: () => void;
  readonly ended: Promise<void>;
}

/** Silence after which a board is taken to be all here: some servers answer first and look on their disk afterwards. */
const silenceMs = 60;

export async function openWitness(
  port: number,
  seat: Seat,
  onSaw: (clientId: number, from: number, to: number) => void,
): Promise<Witness> {
  const doc = new Y.Doc();
  let heardAt = performance.now();
  let end = () => {};
  const ended = new Promise<void>((done) => {
    end = done;
  });
  const visit = await openVisit({
    port,
    seat,
    vector: emptyVector,
    onHeard: (heard) => {
      if (heard.kind !== "step2" && heard.kind !== "update") return;
      heardAt = performance.now();
      const update = new Uint8Array(heard.update);
      if (heard.kind === "update") {
        const { from, to } = Y.parseUpdateMeta(update);
        for (const [clientId, first] of from) onSaw(clientId, first, to.get(clientId) ?? first);
      }
      Y.applyUpdate(doc, update);
    },
    onClosed: () => {
      end();
      doc.destroy();
    },
  });
  await visit.syncedAt;
  return {
    settled: async () => {
      while (performance.now() - heardAt < silenceMs) await new Promise((done) => setTimeout(done, 10));
      return Y.decodeStateVector(Y.encodeStateVector(doc));
    },
    close: () => visit.socket.close(),
    ended,
  };
}

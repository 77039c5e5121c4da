import * as Y from "yjs";
import type { Seat } from "../relay/sides.ts";
import { openVisit } from "../relay/visit.ts";
import { emptyVector } from "../relay/wire.ts";

/** Somebody with an empty device who only looks on. */
export interface Witness {
  /** Everything that has come, as a clock for each client id: once that is enough, or nothing more has come for long. */
  readonly settled: (isEnough: (kept: ReadonlyMap<number, number>) => boolean) => Promise<ReadonlyMap<number, number>>;
  readonly close: () => void;
  readonly ended: Promise<void>;
}

/** Silence after which nothing more is expected: some servers answer first and look on their disk afterwards. */
const silenceMs = 3_000;

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
    settled: async (isEnough) => {
      for (;;) {
        const kept = Y.decodeStateVector(Y.encodeStateVector(doc));
        if (isEnough(kept) || performance.now() - heardAt >= silenceMs) return kept;
        await new Promise((done) => setTimeout(done, 10));
      }
    },
    close: () => visit.socket.close(),
    ended,
  };
}

import { afterAll, expect, test } from "vitest";
import * as Y from "yjs";
import type { AnyEvent } from "#shared/board/any-type.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { piecesOf } from "#shared/protocol/update-pieces.ts";
import { createLaneIndex, type Judgement, type LaneIndex } from "../../server/relay/lane-index.ts";
import { type Run, readUpdate } from "../../server/relay/update-reader.ts";
import { editAtRandom, hurtUpdate, nonsenseUpdate, rootsOf } from "../support/random-updates.ts";
import { createSeeded, type Seeded } from "../support/seeded.ts";
import { playRun, randomRun } from "./board-run.ts";

/*
 * The gate in front of every lane, against Yjs itself: whatever the reader accepts and the index calls news, documents of
 * every kind take without throwing and without waiting for more; and the index says of itself what such a document says.
 */

const anySize = { bytes: 2 ** 24, structs: 2 ** 24, deletions: 2 ** 24 };

/** As people have it; as Yjs comes; one that forgets nothing; one whose changes are looked at. */
function documents(): readonly Y.Doc[] {
  const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc({ gc: false }), new Y.Doc()];
  for (const [at, doc] of docs.entries()) if (at !== 1) keepMarks(doc);
  for (const root of rootsOf(docs[3] as Y.Doc)) {
    root.observeDeep((events: readonly AnyEvent[]) => {
      for (const event of events) void [event.changes, event.keys, event.delta];
    });
  }
  return docs;
}

class Lane {
  readonly index: LaneIndex = createLaneIndex();
  readonly docs = documents();
  readonly taken: Uint8Array[] = [];

  get doc(): Y.Doc {
    return this.docs[0] as Y.Doc;
  }

  /** Judges an update, and sees whether real documents agree. */
  receive(update: Uint8Array): Judgement["kind"] | "refused" {
    const read = readUpdate(update, anySize);
    if (!read.ok) return "refused";
    const verdict = this.index.judge(read.value);
    if (verdict.kind === "news" || verdict.kind === "nothing-new") {
      for (const doc of this.docs) {
        const before = Y.snapshot(doc);
        Y.applyUpdate(doc, update);
        expect([doc.store.pendingStructs, doc.store.pendingDs], "waits for more").toEqual([null, null]);
        const isChanged = !Y.equalSnapshots(before, Y.snapshot(doc));
        if (verdict.kind === "nothing-new") expect(isChanged, "nothing new").toBe(false);
        // Documents delete some things by themselves; whatever else is news is news to them.
        else if (verdict.grows.length > 0) expect(isChanged, "news").toBe(true);
      }
    }
    if (verdict.kind === "news") {
      this.index.take(read.value);
      this.taken.push(update);
      expect(this.index.stateVector()).toEqual(Y.encodeStateVector(this.doc));
      expect(this.index.judge(read.value).kind).toBe("nothing-new");
      const deleted = deletionsOf(this.doc);
      for (const run of this.index.deletions()) expect(deleted.some((each) => isWithin(run, each))).toBe(true);
    }
    if (verdict.kind === "gap" && verdict.why === "lacking") expect(this.#waitsFor(update)).toBe(true);
    return verdict.kind;
  }

  /** Whether a document that is like the lane would keep it waiting, or throws. */
  #waitsFor(update: Uint8Array): boolean {
    const doc = new Y.Doc();
    for (const each of this.taken) Y.applyUpdate(doc, each);
    try {
      Y.applyUpdate(doc, update);
      return doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    } catch {
      return true;
    }
  }
}

const isWithin = (inner: Run, outer: Run) =>
  inner.client === outer.client && outer.from <= inner.from && inner.to <= outer.to;

function deletionsOf(doc: Y.Doc): readonly Run[] {
  const runs: Run[] = [];
  for (const [client, ranges] of Y.createDeleteSetFromStructStore(doc.store).clients) {
    for (const { clock, len } of ranges) runs.push({ client, from: clock, to: clock + len });
  }
  return runs.sort((a, b) => a.client - b.client || a.from - b.from);
}

const tally = new Map<string, number>();
const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

async function run(seeds: number, play: (seeded: Seeded, lane: Lane) => void): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      play(createSeeded(seed), new Lane());
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
    await new Promise(setImmediate);
  }
}

afterAll(() => console.info("update-reader:", Object.fromEntries(tally)));

/** Three people who edit, undo, and hear of each other now and then; and each change of theirs as it was sent. */
function threePeople(seeded: Seeded) {
  const sent: Uint8Array[] = [];
  const people = [1, 2, 3].map((clientID) => {
    const doc = new Y.Doc({ gc: clientID !== 3 });
    doc.clientID = clientID * 7;
    doc.on("update", (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) sent.push(update);
    });
    return { doc, undo: new Y.UndoManager([...rootsOf(doc)], { captureTimeout: 0 }) };
  });
  const act = () => {
    const { doc, undo } = seeded.pick(people);
    const other = seeded.pick(people).doc;
    const kind = seeded.whole(8);
    if (kind < 5) doc.transact(() => editAtRandom(doc, seeded, 1 + seeded.whole(6)));
    else if (kind === 5) undo.undo();
    else if (kind === 6) undo.redo();
    else Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
  };
  return { people, sent, act };
}

test("[R4] [R7] whatever Yjs writes is read, and what a lane makes of it is what a document makes of it", async () => {
  await run(40, (seeded, lane) => {
    const { people, sent, act } = threePeople(seeded);
    const honest = (update: Uint8Array) => {
      const verdict = lane.receive(update);
      expect(["refused", "harmful"]).not.toContain(verdict);
      count(`honest ${verdict}`);
    };
    for (let step = 0; step < 80; step++) {
      const { doc } = seeded.pick(people);
      const kind = seeded.whole(10);
      if (kind < 4) act();
      // Out of order now and then, and some twice.
      else if (kind < 7 && sent.length > 0)
        honest(sent.splice(seeded.chance(0.7) ? 0 : seeded.whole(sent.length), 1)[0] as Uint8Array);
      else if (kind === 7) honest(Y.encodeStateAsUpdate(doc, lane.index.stateVector()));
      else if (kind === 8) honest(Y.encodeStateAsUpdate(doc));
      else if (lane.taken.length > 0) honest(seeded.pick(lane.taken));
    }
    for (const { doc } of [...people, ...people]) honest(Y.encodeStateAsUpdate(doc, lane.index.stateVector()));
    honest(Y.encodeStateAsUpdate(lane.doc));
    expect(lane.index.deletions()).toEqual(deletionsOf(lane.doc));
  });
});

test("[R4] merged updates are read like any other, unless they have holes", async () => {
  await run(25, (seeded, lane) => {
    const { people, act } = threePeople(seeded);
    for (let step = 0; step < 40; step++) {
      act();
      const { doc } = seeded.pick(people);
      lane.receive(Y.encodeStateAsUpdate(doc, lane.index.stateVector()));
      const merged = Y.mergeUpdates(
        Array.from({ length: 3 }, () => seeded.pick([Y.encodeStateAsUpdate(doc), ...lane.taken])),
      );
      const hasHoles = Y.decodeUpdate(merged).structs.some((struct) => struct instanceof Y.Skip);
      const verdict = lane.receive(merged);
      expect(verdict === "refused", `with holes: ${hasHoles}`).toBe(hasHoles);
      expect(verdict).not.toBe("harmful");
    }
  });
});

test("[R4] [R7] boards as people make them are news to a lane, and known to the last deletion afterwards", async () => {
  await run(6, (seeded) => {
    playRun(randomRun(seeded, seeded.whole(1_000), 150), (devices) => {
      for (const { lanes } of devices) {
        for (const { doc } of lanes) {
          const lane = new Lane();
          const whole = Y.encodeStateAsUpdate(doc);
          if (whole.length > 2) expect(lane.receive(whole)).toBe("news");
          expect(lane.index.deletions()).toEqual(deletionsOf(doc));
          expect(lane.index.stateVector()).toEqual(Y.encodeStateVector(doc));
        }
      }
    });
  });
});

test("[R4] no nonsense in the format's own grammar throws, and what is taken of it harms no document", async () => {
  await run(120, (seeded, lane) => {
    const clients = [1, 2, 3, 4 + seeded.whole(5)];
    for (let step = 0; step < 30; step++) {
      const again = lane.taken.length > 0 && seeded.chance(0.1);
      count(
        `nonsense ${lane.receive(again ? seeded.pick(lane.taken) : nonsenseUpdate(seeded, clients, (client) => lane.index.clockOf(client)))}`,
      );
      if (seeded.chance(0.05)) lane.receive(Y.encodeStateAsUpdate(seeded.pick(lane.docs)));
    }
  });
  expect(tally.get("nonsense news")).toBeGreaterThan(1_000);
});

test("[R4] people go on writing and undoing on a lane that took nonsense, and nothing of theirs is refused", async () => {
  await run(30, (seeded, lane) => {
    const { people, sent, act } = threePeople(seeded);
    for (let step = 0; step < 30; step++) {
      if (seeded.chance(0.5)) lane.receive(nonsenseUpdate(seeded, [1, 2, 3], (client) => lane.index.clockOf(client)));
      else act();
      // Two who tidy marks away at once delete the same.
      for (const update of sent.splice(0)) expect(["news", "nothing-new"]).toContain(lane.receive(update));
      for (const { doc } of people) Y.applyUpdate(doc, Y.encodeStateAsUpdate(lane.doc, Y.encodeStateVector(doc)));
    }
  });
});

test("[R4] of 10,000 hurt updates none throws, and what is taken harms no document", async () => {
  await run(100, (seeded, lane) => {
    const { people, sent, act } = threePeople(seeded);
    for (let step = 0; step < 16; step++) act();
    const updates = [...sent, ...people.map(({ doc }) => Y.encodeStateAsUpdate(doc))];
    for (let step = 0; step < 100; step++) {
      if (step % 8 === 0 && sent.length > 0) lane.receive(sent.shift() as Uint8Array);
      count(`hurt ${lane.receive(hurtUpdate(seeded, updates))}`);
    }
  });
  expect(tally.get("hurt news")).toBeGreaterThan(50);
});

test("[R6] pieces of an update are within bounds, wait for nothing, and together do what the whole does", async () => {
  await run(20, (seeded) => {
    const { people, act } = threePeople(seeded);
    for (let step = 0; step < 60; step++) act();
    for (const { doc } of people) {
      const lane = new Lane();
      if (seeded.chance(0.5)) lane.receive(Y.encodeStateAsUpdate(seeded.pick(people).doc));
      const whole = new Y.Doc();
      Y.applyUpdate(whole, Y.encodeStateAsUpdate(lane.doc));
      const update = Y.encodeStateAsUpdate(doc, lane.index.stateVector());
      Y.applyUpdate(whole, update);
      // No value in these documents is larger than the smallest piece.
      const bounds = { bytes: 250 + seeded.whole(500), structs: 1 + seeded.whole(20), deletions: 1 + seeded.whole(10) };
      for (const piece of piecesOf(update, bounds)) {
        expect(readUpdate(piece, bounds).ok).toBe(true);
        expect(["news", "nothing-new"]).toContain(lane.receive(piece));
      }
      expect(Y.equalSnapshots(Y.snapshot(whole), Y.snapshot(lane.doc))).toBe(true);
      expect(readable(lane.doc)).toEqual(readable(whole));
    }
  });
});

const readable = (doc: Y.Doc): unknown => rootsOf(doc).map((root) => root.toJSON());

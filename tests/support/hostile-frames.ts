import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { messageTypes, syncTypes } from "#shared/protocol/messages.ts";
import type { Seeded } from "./seeded.ts";

/** What an attacker can know of others: what everybody on the lane can. */
export interface Known {
  /** The attacker's own copy of the lane. */
  readonly doc: Y.Doc;
  /** A client id of the attacker's own. */
  readonly ownId: number;
  /** Client ids of honest people. */
  readonly victims: readonly number[];
}

/** Frames that no honest client sends, of the kinds known to kill or freeze servers; text is sent as a text frame. */
export function badFrame(chance: Seeded, known: Known): Uint8Array | string {
  const kind = chance.pick(badKinds);
  return makeBad[kind](chance, known);
}

/** Frames that are well formed and speak in somebody else's name. */
export function forgedFrame(chance: Seeded, known: Known): Uint8Array {
  const kind = chance.pick(forgedKinds);
  return makeForged[kind](chance, known, chance.pick(known.victims));
}

const makeBad = {
  noise: (chance) => {
    const bytes = new Uint8Array(1 + chance.whole(200));
    chance.bytes(bytes);
    return bytes;
  },
  "every message type": (chance) =>
    encoding.encode((frame) => {
      encoding.writeVarUint(frame, chance.whole(256));
      encoding.writeVarString(frame, "x".repeat(chance.whole(40)));
    }),
  text: () => '{"hello":"relay"}',
  "broken update": (chance, { doc, ownId }) => {
    const bytes = wordsOf(doc, ownId, chance);
    for (let times = 1 + chance.whole(6); times > 0; times--) bytes[chance.whole(bytes.length)] = chance.whole(256);
    return syncFrame(chance, chance.chance(0.3) ? bytes.slice(0, chance.whole(bytes.length)) : bytes);
  },
  "30 million structs in 8 bytes": (chance) => syncFrame(chance, Uint8Array.of(1, 0x80, 0x8e, 0xa7, 0x0e, 1, 0, 0)),
  "nested maps": (chance, { ownId }) => syncFrame(chance, nestedMaps(ownId, 200 + chance.whole(800))),
  "waiting for ever": (chance, { ownId }) => syncFrame(chance, ahead(ownId, 1_000 + chance.whole(2 ** 30))),
  "a thousand deletions": (chance, { ownId }) => syncFrame(chance, deletions(ownId, 1_000 + chance.whole(20_000))),
  "nested presence": (chance, { ownId }) =>
    presenceFrame(ownId, chance.whole(2 ** 20), "[".repeat(500 + chance.whole(9_000))),
  "large presence": (chance, { ownId }) =>
    presenceFrame(ownId, chance.whole(2 ** 20), JSON.stringify({ doing: "x".repeat(1_000 + chance.whole(9_000)) })),
  "huge clock in presence": (_chance, { ownId }) => presenceFrame(ownId, Number.MAX_SAFE_INTEGER, "{}"),
  "a false length": (chance) => Uint8Array.of(0, chance.whole(3), 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3),
} satisfies Record<string, (chance: Seeded, known: Known) => Uint8Array | string>;
const badKinds = Object.keys(makeBad) as (keyof typeof makeBad)[];

const makeForged = {
  words: (chance, { doc }, victim) => syncFrame(chance, wordsOf(doc, victim, chance)),
  mute: (chance, { doc }, victim) =>
    syncFrame(chance, collected(victim, Y.getState(doc.store, victim), 1 + chance.whole(99))),
  "large collected range": (chance, { doc }, victim) =>
    syncFrame(chance, collected(victim, Y.getState(doc.store, victim), 2 ** 30)),
  skip: (chance, { doc }, victim) => syncFrame(chance, collected(victim, Y.getState(doc.store, victim), 7, 10)),
  "words between": (chance, { doc, ownId }, victim) => {
    // Its own words first, somebody else's in the same update.
    const own = wordsOf(doc, ownId, chance);
    return syncFrame(chance, Y.mergeUpdates([own, wordsOf(doc, victim, chance)]));
  },
  presence: (chance, _known, victim) =>
    presenceFrame(victim, chance.whole(2 ** 30), JSON.stringify({ person: { id: "forged" }, typing: "card-1" })),
  "presence gone": (chance, _known, victim) => presenceFrame(victim, chance.whole(2 ** 30), "null"),
} satisfies Record<string, (chance: Seeded, known: Known, victim: number) => Uint8Array>;
const forgedKinds = Object.keys(makeForged) as (keyof typeof makeForged)[];

export const forgedWords = "You agreed to this";

function wordsOf(from: Y.Doc, clientId: number, chance: Seeded): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  doc.getMap("cards").set(`card-${chance.whole(50)}`, forgedWords);
  return Y.encodeStateAsUpdate(doc, before);
}

function nestedMaps(clientId: number, levels: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  let at = doc.getMap<unknown>("cards");
  doc.transact(() => {
    for (let level = 0; level < levels; level++) {
      const inner = new Y.Map<unknown>();
      at.set("inner", inner);
      at = inner;
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

function ahead(clientId: number, clock: number): Uint8Array {
  return collected(clientId, clock, 5);
}

/** One struct without content: GC (reference 0) or Skip (reference 10). */
function collected(clientId: number, clock: number, length: number, reference = 0): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [1, 1, clientId, clock]) encoding.writeVarUint(encoder, number);
    encoding.writeUint8(encoder, reference);
    encoding.writeVarUint(encoder, length);
    encoding.writeVarUint(encoder, 0);
  });
}

function deletions(clientId: number, count: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, 1, clientId, count]) encoding.writeVarUint(encoder, number);
    for (let index = 0; index < count; index++) {
      encoding.writeVarUint(encoder, index * 2);
      encoding.writeVarUint(encoder, 1);
    }
  });
}

function presenceFrame(clientId: number, clock: number, json: string): Uint8Array {
  return encoding.encode((frame) => {
    encoding.writeVarUint(frame, messageTypes.presence);
    encoding.writeVarUint8Array(
      frame,
      encoding.encode((entries) => {
        for (const number of [1, clientId, clock]) encoding.writeVarUint(entries, number);
        encoding.writeVarString(entries, json);
      }),
    );
  });
}

function syncFrame(chance: Seeded, update: Uint8Array): Uint8Array {
  return encoding.encode((frame) => {
    encoding.writeVarUint(frame, messageTypes.sync);
    encoding.writeVarUint(frame, chance.chance(0.3) ? syncTypes.step2 : syncTypes.update);
    encoding.writeVarUint8Array(frame, update);
  });
}

import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { messageTypes, syncTypes } from "#shared/protocol/messages.ts";
import type { Seeded } from "../support/seeded.ts";

/** Something that nobody honest would send, in the name of `victim` or in nobody's. */
export function forgedFrame(chance: Seeded, own: Y.Doc, victim: Y.Doc): Uint8Array {
  const kind = chance.pick(["words", "mute", "skip", "ahead", "broken", "noise", "presence"] as const);
  switch (kind) {
    case "words":
      return syncFrame(chance, wordsOf(own, victim.clientID));
    case "mute":
      return syncFrame(
        chance,
        collected(victim.clientID, Y.getState(own.store, victim.clientID), 1 + chance.whole(50)),
      );
    case "skip":
      return syncFrame(chance, collected(victim.clientID, 0, 1 + chance.whole(1_000), 10));
    case "ahead":
      return syncFrame(chance, collected(own.clientID, 1_000 + chance.whole(2 ** 30), 5));
    case "broken": {
      const bytes = wordsOf(own, own.clientID + 1 + chance.whole(3));
      for (let times = 1 + chance.whole(4); times > 0; times--) bytes[chance.whole(bytes.length)] = chance.whole(256);
      return syncFrame(chance, chance.chance(0.3) ? bytes.slice(0, chance.whole(bytes.length)) : bytes);
    }
    case "noise": {
      const bytes = new Uint8Array(1 + chance.whole(60));
      chance.bytes(bytes);
      return bytes;
    }
    case "presence":
      return encoding.encode((frame) => {
        encoding.writeVarUint(frame, messageTypes.presence);
        const entries = encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, 1);
          encoding.writeVarUint(encoder, victim.clientID);
          encoding.writeVarUint(encoder, chance.whole(2 ** 30));
          encoding.writeVarString(encoder, chance.pick(["null", '{"doing":"typing"}', "[[[[[[[[[["]));
        });
        encoding.writeVarUint8Array(frame, entries);
      });
  }
}

/** Words that hang on what the forger has seen, under a client id that may be somebody else's. */
function wordsOf(own: Y.Doc, clientId: number): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(own));
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  doc.getMap("cards").set("card-forged", "You agreed to this");
  return Y.encodeStateAsUpdate(doc, before);
}

/** One struct without content: GC (reference 0) or Skip (reference 10). */
function collected(clientId: number, clock: number, length: number, reference = 0): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    encoding.writeUint8(encoder, reference);
    encoding.writeVarUint(encoder, length);
    encoding.writeVarUint(encoder, 0);
  });
}

function syncFrame(chance: Seeded, update: Uint8Array): Uint8Array {
  return encoding.encode((frame) => {
    encoding.writeVarUint(frame, messageTypes.sync);
    encoding.writeVarUint(frame, chance.chance(0.3) ? syncTypes.step2 : syncTypes.update);
    encoding.writeVarUint8Array(frame, update);
  });
}

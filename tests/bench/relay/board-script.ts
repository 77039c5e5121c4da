import * as Y from "yjs";
import type { CardId } from "#shared/board/ids.ts";
import { cardKinds } from "#shared/board/schema.ts";
import { areas, times } from "#shared/geometry/places.ts";
import { aDevice, must, type OpenDevice } from "../../support/builders.ts";
import { readVarUint } from "./wire.ts";

/**
 * A board and what each person on it will do, as bytes made beforehand by our own board commands: people type letters
 * into their cards and move one now and then. The same bytes go to every server, over and over, so that the generator
 * spends nothing on documents while it measures.
 */
export interface BoardScript {
  /** The cards that stand on it at first, as updates that any server takes one by one. */
  readonly content: readonly Uint8Array[];
  /** All of the content as one update, and the state vector of who has it. */
  readonly whole: Uint8Array;
  readonly vector: Uint8Array;
  readonly people: readonly PersonScript[];
  readonly personByClientId: ReadonlyMap<number, number>;
}

export interface PersonScript {
  /** Shown in presence too: what a person writes is their own. */
  readonly clientId: number;
  readonly edits: readonly Uint8Array[];
  /** Which edit begins at a clock: so an edit is known again, wherever it comes from. */
  readonly editByClock: ReadonlyMap<number, number>;
}

export interface ScriptShape {
  readonly cards: number;
  readonly people: number;
  readonly editsEach: number;
}

const words = [
  "I cook well, and my sister says so too",
  "Grandma Ruth lives two streets away",
  "We sort the letters on Sunday evening",
  "A quiet place for homework",
  "The rent is paid until March",
  "I walked by the river every day that spring",
  "Ask about the bus card at the office",
  "Somebody who listens before they talk",
] as const;
const typed = " and when it is hard I ask Bo to sit with me for a while, because that has helped before;";
const lettersAtOneCard = 40;
const editsBetweenMoves = 12;
/** Cards in one update of the content: far below what one update may hold. */
const cardsInOneUpdate = 20;

/** Client ids as devices draw them, large ones; the writer of the content is nobody of `people`. */
const contentClientId = 3_000_000_001;
const clientIdOf = (person: number) => 3_100_000_007 + person * 1_000_003;

export function makeBoardScript(shape: ScriptShape): BoardScript {
  const author = aDevice();
  author.doc.clientID = contentClientId;
  const pieces: Uint8Array[] = [];
  author.doc.on("update", (update: Uint8Array) => void pieces.push(update));
  const cardIds = Array.from({ length: shape.cards }, (_, number) => addCard(author, number));
  const content: Uint8Array[] = [];
  for (let from = 0; from < pieces.length; from += cardsInOneUpdate) {
    content.push(Y.mergeUpdates(pieces.slice(from, from + cardsInOneUpdate)));
  }
  const whole = Y.encodeStateAsUpdate(author.doc);
  const people = Array.from({ length: shape.people }, (_, person) =>
    scriptPerson(whole, clientIdOf(person), shape.editsEach, ownCards(cardIds, person, shape.people)),
  );
  return {
    content,
    whole,
    vector: Y.encodeStateVector(author.doc),
    people,
    personByClientId: new Map(people.map(({ clientId }, person) => [clientId, person])),
  };
}

/** Every person has cards of their own, so that no edit waits for somebody else's. */
const ownCards = (cardIds: readonly CardId[], person: number, people: number): readonly CardId[] => {
  const own = cardIds.filter((_, index) => index % people === person);
  return own.length > 0 ? own : cardIds;
};

function addCard({ board }: OpenDevice, number: number): CardId {
  return must(
    board.addCard({
      kind: cardKinds[number % cardKinds.length] ?? "strength",
      area: areas[number % areas.length] ?? "home",
      time: times[number % times.length] ?? "now",
      at: { x: (number * 37) % 200, y: number * 30 },
      words: words[number % words.length] ?? "",
    }),
  );
}

function scriptPerson(whole: Uint8Array, clientId: number, count: number, cards: readonly CardId[]): PersonScript {
  const device = aDevice({ seed: clientId % 1000 });
  device.doc.clientID = clientId;
  Y.applyUpdate(device.doc, whole);
  const edits: Uint8Array[] = [];
  device.doc.on("update", (update: Uint8Array) => void edits.push(update));
  for (let letter = 0; edits.length < count; letter += 1) {
    const cardId = cards[Math.floor(letter / lettersAtOneCard) % cards.length];
    const card = cardId && device.board.card(cardId);
    if (!card) throw new Error("Bug: no card to write on");
    if (letter % editsBetweenMoves === editsBetweenMoves - 1) {
      must(device.board.placeCard(cardId, { ...card.place, at: { x: (letter * 17) % 200, y: (letter * 29) % 900 } }));
    } else {
      const text = card.words.text + typed[letter % typed.length];
      must(device.board.writeWords({ of: "card", id: cardId, field: "words" }, text));
    }
    device.frame();
  }
  edits.length = count;
  const editByClock = new Map(edits.map((update, index) => [readStart(update).clock, index]));
  device.doc.destroy();
  return { clientId, edits, editByClock };
}

/** Whose an update is and where it begins, of the first client in it. */
export function readStart(update: Uint8Array): {
  readonly clients: number;
  readonly clientId: number;
  readonly clock: number;
} {
  const clients = readVarUint(update, 0);
  const structs = readVarUint(update, clients.end);
  const clientId = readVarUint(update, structs.end);
  return { clients: clients.value, clientId: clientId.value, clock: readVarUint(update, clientId.end).value };
}

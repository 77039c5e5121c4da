import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { PersonId } from "#shared/board/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { StampedPerson } from "#shared/protocol/presence.ts";
import type { PersonRecord } from "../store/board-store.ts";
import { viewOfBytes } from "./frames.ts";

/** A connection, as far as presence is concerned. */
export interface Presenter {
  readonly person: () => PersonRecord;
}

/**
 * Who is doing what on one lane [R5]. Each connection has one client id, the first it shows. A stock client sends on what
 * it hears of others: such entries are passed over, and are no offence.
 */
export interface PresenceTable {
  /**
   * `bad`: it held an entry of the connection's own that is too large or not an object. `forged`: it shows something in the
   * name of somebody else's client id. `undecodable`: not presence at all.
   */
  readonly receive: (from: Presenter, entries: Uint8Array) => "fine" | "bad" | "forged" | "undecodable";
  /** Others will see them go. */
  readonly leave: (who: Presenter) => void;
  /** Writes the person anew on what their connections show. */
  readonly restamp: (personId: PersonId) => void;
  readonly hasChanges: () => boolean;
  /** What changed since the last call, encoded once; hand each reader all but its own. */
  readonly takeChanges: () => readonly PresenceChange[];
  /** What a newcomer should see. */
  readonly current: () => readonly PresenceChange[];
}

export interface PresenceChange {
  readonly by: Presenter | undefined;
  readonly entry: Uint8Array;
}

interface Known {
  readonly clientId: number;
  readonly personId: PersonId;
  holder: Presenter | undefined;
  /** As the client counts. */
  clientClock: number;
  /**
   * Added to the client's clock. 0, so the clock is passed on as it came, until that would make readers ignore what they
   * should see: they drop whatever is not newer than the last clock they heard, as after a new stamp or a return.
   */
  lift: number;
  sentClock: number;
  /** What the device says, without anything about who it is. `undefined` when it is away. */
  doing: Readonly<Record<string, unknown>> | undefined;
  entry: Uint8Array;
}

/** Client ids of people who have left, with the clock at which they come back. */
const rememberedIds = 512;
/** A stock client sends on what it heard of everyone in the room. */
const entriesInFrame = 1_024;

/** Whose client ids are [R3]. */
export interface ClientIds {
  readonly ownerOf: (clientId: number) => PersonId | undefined;
  /** That person shows it: theirs from now on, unless it is somebody else's (`false`). */
  readonly show: (clientId: number, personId: PersonId) => boolean;
}

export function createPresenceTable(ids: ClientIds): PresenceTable {
  const knownById = new Map<number, Known>();
  const idByHolder = new Map<Presenter, number>();
  /** Connections whose client id a newer one of the same person has taken over. */
  const takenOver = new WeakSet<Presenter>();
  const changed = new Set<Known>();

  const encode = (known: Known, sentClock: number) => {
    known.sentClock = sentClock;
    const state = known.doing && known.holder && { ...known.doing, person: stampOf(known.holder.person()) };
    known.entry = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, known.clientId);
      encoding.writeVarUint(encoder, sentClock);
      encoding.writeVarString(encoder, JSON.stringify(state ?? null));
    });
    changed.add(known);
  };

  const show = (known: Known, clock: number, doing: Readonly<Record<string, unknown>>) => {
    known.clientClock = clock;
    known.doing = doing;
    known.lift = Math.max(known.lift, known.sentClock + 1 - clock);
    encode(known, clock + known.lift);
  };

  // Readers take a removal at the very clock they know.
  const hide = (known: Known) => {
    if (!known.doing) return;
    known.doing = undefined;
    encode(known, known.sentClock);
  };

  const claim = (from: Presenter, clientId: number, isEcho: boolean): Known | undefined => {
    const { personId } = from.person();
    if (!ids.show(clientId, personId)) return undefined;
    const known = knownById.get(clientId);
    if (known) {
      if (isEcho) return undefined;
      if (known.holder) {
        takenOver.add(known.holder);
        idByHolder.delete(known.holder);
      }
      known.holder = from;
      // The same device on a new connection: it may show again what it showed last.
      known.clientClock = -1;
      idByHolder.set(from, clientId);
      return known;
    }
    const fresh: Known = {
      clientId,
      personId,
      holder: from,
      clientClock: -1,
      lift: 0,
      sentClock: 0,
      doing: undefined,
      entry: new Uint8Array(),
    };
    forgetOldest(knownById);
    knownById.set(clientId, fresh);
    idByHolder.set(from, clientId);
    return fresh;
  };

  /** A stock client sends on what it hears; all that it can have heard is stamped, or says that somebody has gone. */
  const isForged = (from: Presenter, clientId: number, json: Uint8Array): boolean => {
    const owner = ids.ownerOf(clientId);
    return owner !== undefined && owner !== from.person().personId && !isNull(json) && !isStamped(json);
  };

  const receiveEntry = (
    from: Presenter,
    clientId: number,
    clock: number,
    json: Uint8Array,
  ): "fine" | "bad" | "forged" => {
    const ownId = idByHolder.get(from);
    if (ownId !== clientId && isForged(from, clientId, json)) return "forged";
    if (ownId === undefined ? takenOver.has(from) : ownId !== clientId) return "fine";
    if (isNull(json)) {
      const own = ownId === undefined ? undefined : knownById.get(ownId);
      if (own && clock >= own.clientClock) {
        own.clientClock = clock;
        hide(own);
      }
      return "fine";
    }
    const state = parseState(json);
    // What it passes on of others may be larger, by our own stamp.
    if (!state) return ownId === undefined && ids.ownerOf(clientId) !== undefined ? "fine" : "bad";
    const known = ownId === undefined ? claim(from, clientId, Object.hasOwn(state, "person")) : knownById.get(clientId);
    if (!known || clock <= known.clientClock) return "fine";
    const { person: _saidByDevice, user: _alsoSaidByDevice, ...doing } = state;
    show(known, clock, doing);
    return "fine";
  };

  return {
    receive: (from, entries) => {
      try {
        const decoder = decoding.createDecoder(entries);
        const count = decoding.readVarUint(decoder);
        if (count > entriesInFrame) return "undecodable";
        let verdict: "fine" | "bad" | "forged" = "fine";
        for (let index = 0; index < count; index++) {
          const clientId = decoding.readVarUint(decoder);
          const clock = decoding.readVarUint(decoder);
          // We count on from it for others, and past what a number holds nobody could read the frame.
          if (clock > limits.largestClock) return "undecodable";
          const found = receiveEntry(from, clientId, clock, viewOfBytes(decoder));
          if (found !== "fine" && verdict !== "forged") verdict = found;
        }
        return decoding.hasContent(decoder) ? "undecodable" : verdict;
      } catch {
        return "undecodable";
      }
    },
    leave: (who) => {
      const clientId = idByHolder.get(who);
      idByHolder.delete(who);
      const known = clientId === undefined ? undefined : knownById.get(clientId);
      if (!known) return;
      hide(known);
      known.holder = undefined;
    },
    restamp: (personId) => {
      for (const known of knownById.values()) {
        if (known.personId !== personId || !known.doing) continue;
        known.lift++;
        encode(known, known.sentClock + 1);
      }
    },
    hasChanges: () => changed.size > 0,
    takeChanges: () => {
      const changes = [...changed].map(({ holder, entry }) => ({ by: holder, entry }));
      changed.clear();
      return changes;
    },
    current: () =>
      [...knownById.values()].filter((known) => known.doing).map(({ holder, entry }) => ({ by: holder, entry })),
  };
}

function forgetOldest(knownById: Map<number, Known>): void {
  if (knownById.size < rememberedIds) return;
  for (const [clientId, known] of knownById) {
    if (known.holder) continue;
    knownById.delete(clientId);
    return;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

const nullBytes = new TextEncoder().encode("null");
const isNull = (json: Uint8Array): boolean =>
  json.length === nullBytes.length && json.every((byte, index) => byte === nullBytes[index]);

const stamp = Buffer.from('"person":{"id":');
const isStamped = (json: Uint8Array): boolean => Buffer.from(json.buffer, json.byteOffset, json.length).includes(stamp);

function parseState(json: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (json.length > limits.presenceBytes) return undefined;
  try {
    const state: unknown = JSON.parse(decoder.decode(json), (key, value) => (key === "__proto__" ? undefined : value));
    if (typeof state !== "object" || state === null || Array.isArray(state)) return undefined;
    return isWithin(state, limits.valueNesting) ? (state as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value of JSON's kind has at most this many levels. Never goes deeper than that itself. */
function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(inner, depth - 1));
}

function stampOf(person: PersonRecord): StampedPerson {
  const { personId: id, name, role, language, colour, symbol } = person;
  return { id, name, role, language, colour, symbol };
}

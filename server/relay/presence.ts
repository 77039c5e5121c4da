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
  /** As every client reads it, with who it is. */
  readonly entry: Uint8Array;
  /** Without who it is, where that stays as everybody on the lane was told before. */
  readonly short: Uint8Array | undefined;
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
  /** What the device says, without anything about who it is, as JSON. `undefined` when it is away. */
  doing: string | undefined;
  /** Made when it is asked for: most of what a device says is out of date before it is passed on. */
  entry: Uint8Array | undefined;
  /** Everybody who is here has been told whose it is. */
  isStampTold: boolean;
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

  const change = (known: Known, sentClock: number) => {
    known.sentClock = sentClock;
    known.entry = undefined;
    changed.add(known);
  };
  const entryOf = (known: Known): Uint8Array => {
    const { clientId, sentClock, doing, holder } = known;
    known.entry ??= encodeEntry(clientId, sentClock, doing && holder ? withStamp(doing, holder.person()) : "null");
    return known.entry;
  };

  const show = (known: Known, clock: number, doing: string) => {
    known.clientClock = clock;
    known.doing = doing;
    known.lift = Math.max(known.lift, known.sentClock + 1 - clock);
    change(known, clock + known.lift);
  };

  // Readers take a removal at the very clock they know.
  const hide = (known: Known) => {
    if (!known.doing) return;
    known.doing = undefined;
    known.isStampTold = false;
    change(known, known.sentClock);
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
      known.isStampTold = false;
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
      entry: undefined,
      isStampTold: false,
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
    const said = parseState(json);
    // What it passes on of others may be larger, by our own stamp.
    if (!said) return ownId === undefined && ids.ownerOf(clientId) !== undefined ? "fine" : "bad";
    const known = ownId === undefined ? claim(from, clientId, said.isStamped) : knownById.get(clientId);
    if (known && clock > known.clientClock) show(known, clock, said.doing);
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
        known.isStampTold = false;
        change(known, known.sentClock + 1);
      }
    },
    hasChanges: () => changed.size > 0,
    takeChanges: () => {
      const changes = [...changed].map((known): PresenceChange => {
        const { holder, doing, isStampTold, clientId, sentClock } = known;
        known.isStampTold = doing !== undefined;
        const short = isStampTold && doing !== undefined ? encodeEntry(clientId, sentClock, doing) : undefined;
        return { by: holder, entry: entryOf(known), short };
      });
      changed.clear();
      return changes;
    },
    current: () =>
      [...knownById.values()]
        .filter((known) => known.doing !== undefined)
        .map((known) => ({ by: known.holder, entry: entryOf(known), short: undefined })),
  };
}

const encodeEntry = (clientId: number, clock: number, json: string): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, json);
  });

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

interface Said {
  /** What the device does, as JSON, without anything about who it is. */
  readonly doing: string;
  readonly isStamped: boolean;
}

function parseState(json: Uint8Array): Said | undefined {
  if (json.length > limits.presenceBytes) return undefined;
  try {
    const text = decoder.decode(json);
    // A name may be spelled with escapes, and a prototype's name lie deep inside.
    const isPlain = !text.includes("\\") && !text.includes("__proto__");
    const state: unknown = isPlain ? JSON.parse(text) : JSON.parse(text, withoutProto);
    if (typeof state !== "object" || state === null || Array.isArray(state)) return undefined;
    if (!isWithin(state, limits.valueNesting)) return undefined;
    const isStamped = Object.hasOwn(state, "person");
    if (isPlain && !isStamped && !Object.hasOwn(state, "user")) return { doing: text, isStamped };
    const { person: _saidByDevice, user: _alsoSaidByDevice, ...doing } = state as Record<string, unknown>;
    return { doing: JSON.stringify(doing), isStamped };
  } catch {
    return undefined;
  }
}

const withoutProto = (key: string, value: unknown): unknown => (key === "__proto__" ? undefined : value);

/** A device's JSON record with who it is as its last entry. */
function withStamp(doing: string, person: PersonRecord): string {
  const open = doing.trimEnd().slice(0, -1).trimEnd();
  return `${open}${open.endsWith("{") ? "" : ","}"person":${JSON.stringify(stampOf(person))}}`;
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

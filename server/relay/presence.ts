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

/**
 * Who is doing what on one lane [R5]. Each connection has one client id, the first it shows. A stock client sends on what
 * it hears of others: such entries are passed over, and are no offence.
 */
export class PresenceTable {
  readonly #ids: ClientIds;
  readonly #knownById = new Map<number, Known>();
  readonly #idByHolder = new Map<Presenter, number>();
  /** Connections whose client id a newer one of the same person has taken over. */
  #takenOver: WeakSet<Presenter> | undefined;
  #changed: Set<Known> | undefined;

  constructor(ids: ClientIds) {
    this.#ids = ids;
  }

  /**
   * `bad`: it held an entry of the connection's own that is too large or not an object. `forged`: it shows something in the
   * name of somebody else's client id. `undecodable`: not presence at all.
   */
  receive(from: Presenter, entries: Uint8Array): "fine" | "bad" | "forged" | "undecodable" {
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
        const found = this.#receiveEntry(from, clientId, clock, viewOfBytes(decoder));
        if (found !== "fine" && verdict !== "forged") verdict = found;
      }
      return decoding.hasContent(decoder) ? "undecodable" : verdict;
    } catch {
      return "undecodable";
    }
  }

  /** Others will see them go. */
  leave(who: Presenter): void {
    const clientId = this.#idByHolder.get(who);
    this.#idByHolder.delete(who);
    const known = clientId === undefined ? undefined : this.#knownById.get(clientId);
    if (!known) return;
    this.#hide(known);
    known.holder = undefined;
  }

  /** Writes the person anew on what their connections show. */
  restamp(personId: PersonId): void {
    for (const known of this.#knownById.values()) {
      if (known.personId !== personId || !known.doing) continue;
      known.lift++;
      known.isStampTold = false;
      this.#change(known, known.sentClock + 1);
    }
  }

  hasChanges(): boolean {
    return this.#changed !== undefined;
  }

  /** What changed since the last call, encoded once; hand each reader all but its own. */
  takeChanges(): readonly PresenceChange[] {
    const changes = [...(this.#changed ?? [])].map((known): PresenceChange => {
      const { holder, doing, isStampTold, clientId, sentClock } = known;
      known.isStampTold = doing !== undefined;
      const short = isStampTold && doing !== undefined ? encodeEntry(clientId, sentClock, doing) : undefined;
      return { by: holder, entry: entryOf(known), short };
    });
    this.#changed = undefined;
    return changes;
  }

  /** What a newcomer should see. */
  current(): readonly PresenceChange[] {
    return [...this.#knownById.values()]
      .filter((known) => known.doing !== undefined)
      .map((known) => ({ by: known.holder, entry: entryOf(known), short: undefined }));
  }

  #change(known: Known, sentClock: number): void {
    known.sentClock = sentClock;
    known.entry = undefined;
    this.#changed ??= new Set();
    this.#changed.add(known);
  }

  #show(known: Known, clock: number, doing: string): void {
    known.clientClock = clock;
    known.doing = doing;
    known.lift = Math.max(known.lift, known.sentClock + 1 - clock);
    this.#change(known, clock + known.lift);
  }

  // Readers take a removal at the very clock they know.
  #hide(known: Known): void {
    if (!known.doing) return;
    known.doing = undefined;
    known.isStampTold = false;
    this.#change(known, known.sentClock);
  }

  #claim(from: Presenter, clientId: number, isEcho: boolean): Known | undefined {
    const { personId } = from.person();
    if (!this.#ids.show(clientId, personId)) return undefined;
    const known = this.#knownById.get(clientId);
    if (known) {
      if (isEcho) return undefined;
      if (known.holder) {
        this.#takenOver ??= new WeakSet();
        this.#takenOver.add(known.holder);
        this.#idByHolder.delete(known.holder);
      }
      known.holder = from;
      // The same device on a new connection: it may show again what it showed last.
      known.clientClock = -1;
      known.isStampTold = false;
      this.#idByHolder.set(from, clientId);
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
    forgetOldest(this.#knownById);
    this.#knownById.set(clientId, fresh);
    this.#idByHolder.set(from, clientId);
    return fresh;
  }

  /** A stock client sends on what it hears; all that it can have heard is stamped, or says that somebody has gone. */
  #isForged(from: Presenter, clientId: number, json: Uint8Array): boolean {
    const owner = this.#ids.ownerOf(clientId);
    return owner !== undefined && owner !== from.person().personId && !isNull(json) && !isStamped(json);
  }

  #receiveEntry(from: Presenter, clientId: number, clock: number, json: Uint8Array): "fine" | "bad" | "forged" {
    const ownId = this.#idByHolder.get(from);
    if (ownId !== clientId && this.#isForged(from, clientId, json)) return "forged";
    if (ownId === undefined ? this.#takenOver?.has(from) : ownId !== clientId) return "fine";
    if (isNull(json)) {
      const own = ownId === undefined ? undefined : this.#knownById.get(ownId);
      if (own && clock >= own.clientClock) {
        own.clientClock = clock;
        this.#hide(own);
      }
      return "fine";
    }
    const said = parseState(json);
    // What it passes on of others may be larger, by our own stamp.
    if (!said) return ownId === undefined && this.#ids.ownerOf(clientId) !== undefined ? "fine" : "bad";
    const known = ownId === undefined ? this.#claim(from, clientId, said.isStamped) : this.#knownById.get(clientId);
    if (known && clock > known.clientClock) this.#show(known, clock, said.doing);
    return "fine";
  }
}

function entryOf(known: Known): Uint8Array {
  const { clientId, sentClock, doing, holder } = known;
  known.entry ??= encodeEntry(clientId, sentClock, doing && holder ? withStamp(doing, holder.person()) : "null");
  return known.entry;
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

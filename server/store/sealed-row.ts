import type { LaneId, PersonId } from "#shared/board/ids.ts";
import type { Seq, StoredUpdate } from "./board-store.ts";
import { boundTo, type SealKey, seal, tagBytes, unseal } from "./seal.ts";

/**
 * How an update stands in the file. Its words are sealed with the board's key and bound to everything that is said about
 * it and to the tag of the row before it, so that a row that is flipped, moved, swapped, or whose neighbour was cut out,
 * does not open. Each lane also has a head: how many updates there are and the tag of the last, so that a cut tail shows.
 */
export interface SealedRow {
  readonly seq: Seq;
  readonly personId: PersonId;
  readonly at: number;
  readonly returned: number;
  /** Client ids, eight bytes each; `null` when it claims none. */
  readonly claims: Uint8Array | null | undefined;
  readonly sealed: Uint8Array;
}

export interface LaneHead {
  readonly seq: Seq;
  /** Of the last update; zeros before the first. */
  readonly tag: Uint8Array;
  /** When the last update came; 0 before the first. */
  readonly at: number;
  /** How many client ids have an owner. */
  readonly owners: number;
  /** 0: nobody may bring anything back. */
  readonly returningUntil: number;
}

/**
 * A head stands behind the last update of its lane, in the same table and so nearly always in the same page: an edit still
 * writes one page, not two.
 */
export const headSeq: Seq = Number.MAX_SAFE_INTEGER;

/** What the first update of a lane follows. */
export const noTag: Uint8Array = new Uint8Array(tagBytes);
export const emptyHead: LaneHead = { seq: 0, tag: noTag, at: 0, owners: 0, returningUntil: 0 };

/** A lane with the key of its board, ready for its rows. */
export interface LaneSeal {
  readonly laneId: LaneId;
  readonly scope: string;
  readonly key: SealKey;
  readonly rowPrefix: Buffer;
  readonly headBound: Buffer;
}

export const laneSeal = (laneId: LaneId, scope: string, key: SealKey): LaneSeal => ({
  ...{ laneId, scope, key },
  rowPrefix: boundTo("update 1", scope, laneId),
  headBound: boundTo("lane head 1", scope, laneId),
});

type RowFacts = Omit<SealedRow, "sealed">;

/** Every part has a fixed length or follows its length, so two different rows are never bound to the same bytes. */
function rowBound({ rowPrefix }: LaneSeal, row: RowFacts, before: Uint8Array): Buffer {
  const claims = row.claims ?? noClaims;
  const personLength = Buffer.byteLength(row.personId);
  const bound = Buffer.allocUnsafe(rowPrefix.length + 25 + tagBytes + personLength + claims.length);
  let at = rowPrefix.copy(bound);
  at = bound.writeDoubleLE(row.seq, at);
  at = bound.writeDoubleLE(row.at, at);
  at = bound.writeUInt8(row.returned, at);
  at = bound.writeUInt32LE(personLength, at);
  at = bound.writeUInt32LE(claims.length, at);
  bound.set(before, at);
  at += tagBytes;
  at += bound.write(row.personId, at);
  bound.set(claims, at);
  return bound;
}

const noClaims = new Uint8Array(0);

export const sealRow = (lane: LaneSeal, row: RowFacts, before: Uint8Array, bytes: Uint8Array): Buffer =>
  seal(lane.key, rowBound(lane, row, before), bytes);

/** The update; `undefined` when it is not the one that was written after `before`. */
export function openRow(lane: LaneSeal, row: SealedRow, before: Uint8Array): StoredUpdate | undefined {
  if (!isRow(row)) return undefined;
  const bytes = unseal(lane.key, rowBound(lane, row, before), row.sealed);
  return bytes && { seq: row.seq, personId: row.personId, at: row.at, bytes, returned: row.returned === 1 };
}

/** A damaged page may give any value where ours stood. */
const isRow = ({ personId, at, returned, claims, sealed }: SealedRow): boolean =>
  typeof personId === "string" &&
  typeof at === "number" &&
  (returned === 0 || returned === 1) &&
  (claims === null || claims === undefined || claims instanceof Uint8Array) &&
  (sealed as unknown) instanceof Uint8Array;

export function packClaims(clientIds: readonly number[]): Uint8Array | null {
  if (clientIds.length === 0) return null;
  const packed = Buffer.allocUnsafe(clientIds.length * 8);
  for (const [index, clientId] of clientIds.entries()) packed.writeDoubleLE(clientId, index * 8);
  return packed;
}

export function unpackClaims(packed: Uint8Array | null | undefined): readonly number[] {
  if (!packed) return [];
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: Math.floor(packed.length / 8) }, (_, index) => view.getFloat64(index * 8, true));
}

export function sealHead(lane: LaneSeal, { seq, at, owners, returningUntil, tag }: LaneHead): Buffer {
  const plain = Buffer.allocUnsafe(32 + tagBytes);
  for (const [index, value] of [seq, at, owners, returningUntil].entries()) plain.writeDoubleLE(value, index * 8);
  plain.set(tag, 32);
  return seal(lane.key, lane.headBound, plain);
}

export function openHead(lane: LaneSeal, sealed: Uint8Array): LaneHead | undefined {
  const plain = unseal(lane.key, lane.headBound, sealed);
  if (plain?.length !== 32 + tagBytes) return undefined;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const [seq = 0, at = 0, owners = 0, returningUntil = 0] = [0, 8, 16, 24].map((from) => view.getFloat64(from, true));
  return { seq, at, owners, returningUntil, tag: plain.slice(32) };
}

/** A snapshot is bound to the tag of the last update that it holds, so it opens only at its own place in the log. */
export const sealSnapshot = (lane: LaneSeal, upTo: Seq, rowTag: Uint8Array, bytes: Uint8Array): Buffer =>
  seal(lane.key, boundTo("snapshot 1", lane.scope, lane.laneId, upTo, rowTag), bytes);

export const openSnapshot = (lane: LaneSeal, upTo: Seq, rowTag: Uint8Array, sealed: Uint8Array) =>
  unseal(lane.key, boundTo("snapshot 1", lane.scope, lane.laneId, upTo, rowTag), sealed);

/** What proves that a client id was given to this person. */
export const sealOwner = (lane: LaneSeal, clientId: number, personId: PersonId): Buffer =>
  seal(lane.key, boundTo("client id 1", lane.scope, lane.laneId, clientId, personId), noClaims);

export const isOwner = (lane: LaneSeal, clientId: number, personId: PersonId, proof: Uint8Array): boolean =>
  unseal(lane.key, boundTo("client id 1", lane.scope, lane.laneId, clientId, personId), proof) !== undefined;

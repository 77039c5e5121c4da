import * as encoding from "lib0/encoding";

/** Updates by hand, to say what no Yjs client would. */
export interface RawRun {
  readonly client: number;
  readonly from?: number;
  /** Bytes of each struct, its first byte included. */
  readonly structs: readonly Uint8Array[];
  /** When it lies about how many there are. */
  readonly claims?: number;
}
export type RawDeletions = Readonly<Record<number, readonly (readonly [clock: number, length: number])[]>>;

export function rawUpdate(runs: readonly RawRun[], deletions: RawDeletions = {}): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, runs.length);
    for (const { client, from = 0, structs, claims = structs.length } of runs) {
      for (const part of [claims, client, from]) encoding.writeVarUint(encoder, part);
      for (const struct of structs) encoding.writeUint8Array(encoder, struct);
    }
    const clients = Object.entries(deletions);
    encoding.writeVarUint(encoder, clients.length);
    for (const [client, ranges] of clients) {
      encoding.writeVarUint(encoder, Number(client));
      encoding.writeVarUint(encoder, ranges.length);
      for (const range of ranges) for (const part of range) encoding.writeVarUint(encoder, part);
    }
  });
}

type Id = readonly [client: number, clock: number];
export interface Where {
  readonly left?: Id;
  readonly right?: Id;
  /** A root's name, or the type's own id. Left out where there is a neighbour. */
  readonly parent?: string | Id;
  readonly key?: string;
}

/** An item whose content is written as it is given: numbers as varints, strings with their length, bytes as they are. */
export function rawItem(kind: number, where: Where, ...content: readonly (number | string | Uint8Array)[]): Uint8Array {
  const { left, right, parent = "cards", key } = where;
  return encoding.encode((encoder) => {
    const flags = (left ? 0x80 : 0) | (right ? 0x40 : 0) | (key === undefined ? 0 : 0x20);
    encoding.writeUint8(encoder, kind | flags);
    for (const id of [left, right]) if (id) for (const part of id) encoding.writeVarUint(encoder, part);
    if (!left && !right) {
      if (typeof parent === "string") {
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarString(encoder, parent);
      } else {
        encoding.writeVarUint(encoder, 0);
        for (const part of parent) encoding.writeVarUint(encoder, part);
      }
      if (key !== undefined) encoding.writeVarString(encoder, key);
    }
    for (const part of content) {
      if (typeof part === "number") encoding.writeVarUint(encoder, part);
      else if (typeof part === "string") encoding.writeVarString(encoder, part);
      else encoding.writeUint8Array(encoder, part);
    }
  });
}

export const contentKinds = {
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  document: 9,
  skip: 10,
} as const;

export const rawGone = (length: number): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeUint8(encoder, 0);
    encoding.writeVarUint(encoder, length);
  });

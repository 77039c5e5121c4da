/**
 * Ids are opaque, URL-safe and made of 1–64 characters of `A–Z a–z 0–9 _ -`. Fresh ones hold 128 random bits, so that
 * two devices that never met cannot choose the same one, and none can be guessed or counted.
 */
export type BoardId = string & { readonly brand: "BoardId" };
export type LaneId = string & { readonly brand: "LaneId" };
export type PersonId = string & { readonly brand: "PersonId" };
export type CardId = string & { readonly brand: "CardId" };
export type GoalId = string & { readonly brand: "GoalId" };
export type StepId = string & { readonly brand: "StepId" };
export type ReadingId = string & { readonly brand: "ReadingId" };
export type LinkId = string & { readonly brand: "LinkId" };

const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** An id that came from outside (a URL, a stored record, a message), or `undefined` when it cannot be one. */
export function parseId<Id extends string>(value: unknown): Id | undefined {
  return typeof value === "string" && idPattern.test(value) ? (value as Id) : undefined;
}

/** Fills an array with random bytes: `crypto.getRandomValues` in the world, a seeded one in tests. */
export type RandomBytes = (bytes: Uint8Array) => void;

const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** A fresh id of 22 characters, 132 bits. */
export function newId<Id extends string>(random: RandomBytes): Id {
  const bytes = new Uint8Array(22);
  random(bytes);
  let id = "";
  for (const byte of bytes) id += idAlphabet[byte & 63];
  return id as Id;
}

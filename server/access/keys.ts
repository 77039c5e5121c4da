import { createHmac, hkdfSync, randomFillSync } from "node:crypto";
import type { RandomBytes } from "#shared/board/ids.ts";

/** What a kept hash stands for. A hash made for one purpose never matches one made for another. */
export type HashPurpose = "session" | "invitation" | "code" | "api-token" | "setup";

export interface Keys {
  /** HMAC-SHA-256, base64url: the only form in which a secret of ours is ever stored. */
  readonly hash: (purpose: HashPurpose, secret: string) => string;
  /** Signs the staff cookie. */
  readonly staffSecret: string;
  /**
   * The token of the first set-up link. It follows from the key, so that each start of a server without staff prints the
   * same link, and it is dead once an account exists.
   */
  readonly firstSetupToken: string;
}

/** Keys for each use, drawn from the one master key, so that none of them tells anything about another. */
export function deriveKeys(master: Uint8Array): Keys {
  const derive = (use: string) => Buffer.from(hkdfSync("sha256", master, "", `alongside ${use}`, 32));
  const hashKey = derive("token hashes");
  return {
    hash: (purpose, secret) => createHmac("sha256", hashKey).update(`${purpose}:${secret}`).digest("base64url"),
    staffSecret: derive("staff sessions").toString("base64url"),
    firstSetupToken: derive("first set-up link").toString("base64url"),
  };
}

export const worldRandom: RandomBytes = (bytes) => {
  randomFillSync(bytes);
};

/** Random bytes as text that fits in a URL: 16 bytes for an invitation, 32 for a session. */
export function newSecret(random: RandomBytes, byteCount: 16 | 32): string {
  const bytes = new Uint8Array(byteCount);
  random(bytes);
  return Buffer.from(bytes).toString("base64url");
}

/** No 0 O, 1 I L, 2 Z, 5 S, 8 B: letters that look or sound alike on a bad line are left out. */
const codeAlphabet = "34679ACDEFGHJKMNPQRTUVWXY";
export const codeLength = 6;

/** A fresh code of six characters to say aloud: about 28 bits, so it lives ten minutes and its guesses are counted. */
export function newCode(random: RandomBytes): string {
  let code = "";
  const byte = new Uint8Array(1);
  while (code.length < codeLength) {
    random(byte);
    const drawn = byte[0] as number;
    // Bytes past the last whole round of the alphabet are drawn again, so that no letter is likelier than another.
    if (drawn < 256 - (256 % codeAlphabet.length)) code += codeAlphabet[drawn % codeAlphabet.length];
  }
  return code;
}

/** A code as people type it (small letters, spaces, hyphens, Arabic digits) in the form that is hashed. */
export function normaliseCode(typed: string): string {
  return typed
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[\s-]/g, "")
    .toUpperCase();
}

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from "node:crypto";

/**
 * AES-256-GCM: what is sealed can be read and made by the holder of its key alone, and opens only beside the very same
 * `bound` (associated data) that it was sealed with. A sealed value is nonce (12 bytes), ciphertext, tag (16).
 *
 * Nonces are random, not counted: after a rolled-back group, a power cut, a recovery or a restored backup the same number
 * comes again with other words, and a counter would then use a nonce twice. Random ones are safe for 2^32 seals a key.
 */
export type SealKey = KeyObject;

const nonceBytes = 12;
export const tagBytes = 16;
export const keyBytes = 32;
/** How much longer a value is when it is sealed. */
export const sealBytes: number = nonceBytes + tagBytes;

/** Something sealed does not open: it, or what it is bound to, is not what was written. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

export const sealKeyOf = (bytes: Uint8Array): SealKey => createSecretKey(bytes);

/** A key for one use, drawn from another, so that none tells anything about the rest. */
export const deriveSealKey = (master: Uint8Array, use: string): SealKey =>
  createSecretKey(new Uint8Array(hkdfSync("sha256", master, "", `alongside ${use}`, keyBytes)));

const pool = Buffer.allocUnsafeSlow(nonceBytes * 512);
let used = pool.length;
/** Drawn for many at once: a call for twelve bytes costs more than to seal a small value. */
function putNonce(target: Buffer): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(target, 0, used, used + nonceBytes);
  used += nonceBytes;
}

export function seal(key: SealKey, bound: Uint8Array, plain: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plain.length + sealBytes);
  putNonce(sealed);
  const cipher = createCipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes));
  cipher.setAAD(bound);
  sealed.set(cipher.update(plain), nonceBytes);
  cipher.final();
  sealed.set(cipher.getAuthTag(), nonceBytes + plain.length);
  return sealed;
}

/** The value in memory of its own; `undefined` when it is not proven. */
export function unseal(key: SealKey, bound: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  // What comes out of a damaged page may be no bytes at all.
  if (!(sealed instanceof Uint8Array) || sealed.length < sealBytes) return undefined;
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(nonceBytes, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return ownMemory(plain);
}

function ownMemory(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return isWhole ? new Uint8Array(bytes.buffer as ArrayBuffer) : new Uint8Array(bytes);
}

/** Its last 16 bytes: what the next row of a lane is bound to. */
export const tagOf = (sealed: Uint8Array): Uint8Array => sealed.slice(-tagBytes);

/**
 * What a sealed value stands for, so that none passes for another: a name for its kind and version, then each part after
 * its length. Two different lists of parts never give the same bytes.
 */
export function boundTo(kind: string, ...parts: readonly (string | number | Uint8Array)[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const part of [`alongside ${kind}`, ...parts]) {
    const bytes = typeof part === "object" ? part : Buffer.from(String(part));
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}

import { expect, test } from "vitest";
import { deriveKeys, newCode, newSecret, normaliseCode, worldRandom } from "../../../../server/access/keys.ts";

const keys = deriveKeys(Buffer.alloc(32, 1));

test("a hash belongs to one key and one purpose, and does not show the secret", () => {
  const hash = keys.hash("code", "ACDEFG");
  expect(hash).toBe(deriveKeys(Buffer.alloc(32, 1)).hash("code", "ACDEFG"));
  expect(hash).not.toBe(keys.hash("invitation", "ACDEFG"));
  expect(hash).not.toBe(deriveKeys(Buffer.alloc(32, 2)).hash("code", "ACDEFG"));
  expect(hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("what is drawn from the master key differs for each use", () => {
  expect(new Set([keys.staffSecret, keys.firstSetupToken]).size).toBe(2);
});

test("secrets hold the bytes they promise", () => {
  expect(Buffer.from(newSecret(worldRandom, 16), "base64url")).toHaveLength(16);
  expect(Buffer.from(newSecret(worldRandom, 32), "base64url")).toHaveLength(32);
});

test("each letter of a code is as likely as any other, and none looks like another", () => {
  let next = 0;
  const everyByte = (bytes: Uint8Array) => {
    bytes[0] = next++ % 256;
  };
  const drawn = Array.from({ length: 125 }, () => newCode(everyByte)).join("");
  const counts = new Map<string, number>();
  for (const letter of drawn) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(new Set(counts.values())).toEqual(new Set([30]));
  expect([...counts.keys()].join("")).not.toMatch(/[01258BILOSZ]/);
});

test("a code may be typed in small letters, with gaps, and with Arabic digits", () => {
  expect(normaliseCode(" ac3-d 4f")).toBe("AC3D4F");
  expect(normaliseCode("AC٣D٤F")).toBe("AC3D4F");
  expect(normaliseCode("AC۳D۴F")).toBe("AC3D4F");
});

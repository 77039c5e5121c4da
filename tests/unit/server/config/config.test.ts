import { describe, expect, test } from "vitest";
import { parseConfig, readKey } from "../../../../server/config.ts";

const sentenceFor = (env: Record<string, string>) => {
  const parsed = parseConfig(env, "/srv");
  return parsed.ok ? undefined : parsed.error.sentence;
};

test("without settings, the promised ones hold", () => {
  expect(parseConfig({ PATH: "/bin", EDITOR: "ed" }, "/srv")).toEqual({
    ok: true,
    value: {
      port: 3000,
      host: "127.0.0.1",
      dataDir: "/srv/data",
      publicUrl: undefined,
      key: undefined,
      logLevel: "info",
      metricsPort: undefined,
    },
  });
});

test("each setting is read, and an empty one counts as left out", () => {
  const parsed = parseConfig(
    {
      PORT: "0",
      HOST: "::",
      DATA_DIR: "/var/lib/boards",
      PUBLIC_URL: "https://board.example.org/",
      ALONGSIDE_KEY: "ab".repeat(32),
      LOG_LEVEL: "warn",
      METRICS_PORT: "9100",
      REDIS_URL: "",
    },
    "/srv",
  );
  expect(parsed.ok && parsed.value).toMatchObject({
    ...{ port: 0, host: "::", dataDir: "/var/lib/boards", logLevel: "warn", metricsPort: 9100 },
    publicUrl: new URL("https://board.example.org"),
    key: Buffer.alloc(32, 0xab),
  });
});

describe("a wrong value gets a sentence that names its setting", () => {
  test.each([
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "80 "],
    ["METRICS_PORT", "0"],
    ["HOST", "not a host"],
    ["PUBLIC_URL", "ftp://board.example.org"],
    ["PUBLIC_URL", "https://board.example.org/boards"],
    ["PUBLIC_URL", "https://ana@board.example.org"],
    ["ALONGSIDE_KEY", "ab".repeat(31)],
    ["ALONGSIDE_COLOUR", "plum"],
    ["LOG_LEVEL", "INFO"],
    ["DATABASE_URL", "postgres://x"],
    ["REDIS_URL", "redis://x"],
    ["OIDC_CLIENT_ID", "x"],
  ])("%s=%s", (name, value) => {
    const sentence = sentenceFor({ [name]: value });
    expect(sentence).toContain(name);
    expect(sentence).toMatch(/\.$/);
    expect(sentence).not.toContain("\n");
  });

  test("and never repeats a key", () => {
    expect(sentenceFor({ ALONGSIDE_KEY: "a-secret-that-is-too-short" })).not.toContain("a-secret");
  });
});

test("a key is the same in hexadecimal, base64 and base64url", () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
  for (const encoding of ["hex", "base64", "base64url"] as const) {
    expect(readKey(` ${bytes.toString(encoding)}\n`)).toEqual(bytes);
  }
  expect(readKey("")).toBeUndefined();
});

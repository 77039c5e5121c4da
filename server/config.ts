import { resolve } from "node:path";
import * as v from "valibot";
import { fail, ok, type Result } from "#shared/result.ts";

export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** What the environment says, read once at start-up. Every setting may be left out. */
export interface Config {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Where people reach this server: an origin, without a path. */
  readonly publicUrl: URL | undefined;
  /** 32 bytes. `undefined`: a key file beside the data folder holds them. */
  readonly key: Buffer | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly metricsPort: number | undefined;
}

/** Why the server does not start, as a sentence for the person who started it. */
export type CannotStart = { readonly kind: "cannot-start"; readonly sentence: string };

export const cannotStart = (sentence: string): Result<never, CannotStart> => fail({ kind: "cannot-start", sentence });

/** Promised for later: to accept them and do nothing would be worse than to say so. */
const notBuiltYet: readonly { readonly names: RegExp; readonly instead: string }[] = [
  { names: /^DATABASE_URL$/, instead: "boards are kept in one SQLite file in DATA_DIR" },
  { names: /^REDIS_URL$/, instead: "one server process keeps all boards" },
  { names: /^OIDC_/, instead: "staff sign in with e-mail and password" },
];

const port = (name: string, least: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,5}$/, `${name} has to be a port number from ${least} to 65535, for example 3000.`),
    v.transform(Number),
    v.minValue(least, `${name} has to be a port number from ${least} to 65535, for example 3000.`),
    v.maxValue(65_535, `${name} has to be a port number from ${least} to 65535, for example 3000.`),
  );

const keySentence =
  "ALONGSIDE_KEY has to be 32 random bytes, written as 64 hexadecimal digits or as base64. `openssl rand -hex 32` makes one.";
const publicUrlSentence =
  "PUBLIC_URL has to be the address that people open, without a path, for example https://board.example.org.";

const settings = v.object({
  PORT: v.optional(port("PORT", 0), "3000"),
  HOST: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9.:_-]+$/, "HOST has to be an address of this machine, for example 127.0.0.1 or 0.0.0.0."),
    ),
    "127.0.0.1",
  ),
  DATA_DIR: v.optional(v.string(), "./data"),
  PUBLIC_URL: v.optional(
    v.pipe(v.string(), v.check(isOrigin, publicUrlSentence), v.transform((text) => new URL(text))), // biome-ignore format: one idea
  ),
  ALONGSIDE_KEY: v.optional(
    v.pipe(v.string(), v.transform(readKey), v.instance(Buffer, keySentence)), // biome-ignore format: one idea
  ),
  LOG_LEVEL: v.optional(v.picklist(logLevels, `LOG_LEVEL has to be one of ${logLevels.join(", ")}.`), "info"),
  METRICS_PORT: v.optional(port("METRICS_PORT", 1)),
});

const ownNames = new Set(Object.keys(settings.entries));

/** Settings from the environment. An empty value counts as left out; a relative `DATA_DIR` starts at `cwd`. */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Result<Config, CannotStart> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === "") continue;
    const later = notBuiltYet.find((each) => each.names.test(name));
    if (later) return cannotStart(`${name} is not built yet: ${later.instead}. Take it away, then start again.`);
    if (name.startsWith("ALONGSIDE_") && !ownNames.has(name)) {
      return cannotStart(`${name} is not a setting of this server. Check its spelling, or take it away.`);
    }
    if (ownNames.has(name)) given[name] = value;
  }
  const parsed = v.safeParse(settings, given, { abortEarly: true });
  if (!parsed.success) return cannotStart(parsed.issues[0].message);
  const read = parsed.output;
  return ok({
    port: read.PORT,
    host: read.HOST,
    dataDir: resolve(cwd, read.DATA_DIR),
    publicUrl: read.PUBLIC_URL,
    key: read.ALONGSIDE_KEY,
    logLevel: read.LOG_LEVEL,
    metricsPort: read.METRICS_PORT,
  });
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
}

/** The 32 bytes that a key's text stands for, or `undefined`. */
export function readKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, "hex");
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed, "base64");
}

import { existsSync, statSync } from "node:fs";
import { ok, type Result } from "#shared/result.ts";
import { deriveKeys, worldRandom } from "../access/keys.ts";
import { createSetup, newApiToken } from "../access/setup.ts";
import { openStaffAccounts } from "../access/staff.ts";
import { usualLimits } from "../access/throttle.ts";
import { type CannotStart, type Config, cannotStart } from "../config.ts";
import { keyFileOf } from "../master-key.ts";
import { openStore, storeFileOf } from "../start.ts";
import type { OpenStore } from "../store/open-store.ts";
import type { AdminCommand } from "./parse-command.ts";

/** What a command prints; or why it did nothing. */
export type AdminAnswer = Promise<Result<string, CannotStart>>;

/** Runs one command. It works while a server runs: the data file is opened beside it. */
export async function runAdminCommand(command: AdminCommand, config: Config): AdminAnswer {
  switch (command.kind) {
    case "token":
      return withStore(config, async (parts) => {
        const token = await newApiToken(parts, command.name);
        return token.ok ? ok(token.value) : notWritten(config);
      });
    case "staff-link":
      return withStore(config, async (parts) => {
        const staff = await openStaffAccounts({
          accounts: parts.accounts,
          secret: parts.keys.staffSecret,
          baseUrl: baseOf(config),
          secure: false,
          onTrouble: () => {},
        });
        const token = await createSetup({ ...parts, staff }, usualLimits).newToken();
        return token.ok ? ok(`${baseOf(config)}/setup#${token.value}`) : notWritten(config);
      });
    case "doctor":
      return doctor(config);
  }
}

const baseOf = (config: Config) => config.publicUrl?.origin ?? `http://localhost:${config.port}`;

const notWritten = (config: Config) =>
  cannotStart(`The data folder ${config.dataDir} cannot be written just now. Check the space and the rights there.`);

interface AdminParts extends OpenStore {
  readonly keys: ReturnType<typeof deriveKeys>;
  readonly now: () => number;
  readonly random: typeof worldRandom;
}

/**
 * Opens the data of this folder. Beside the server when there is a file already, as it may be running; else alone, which
 * makes the file, so that a token can be had before the first start.
 */
async function withStore(config: Config, run: (parts: AdminParts) => AdminAnswer): AdminAnswer {
  const opened = await openForAdmin(config);
  if (!opened.ok) return opened;
  const { store, accounts, master } = opened.value;
  try {
    return await run({ store, accounts, keys: deriveKeys(master), now: Date.now, random: worldRandom });
  } finally {
    await store.close();
  }
}

async function openForAdmin(config: Config): ReturnType<typeof openStore> {
  if (!existsSync(storeFileOf(config.dataDir))) return openStore({ config });
  const beside = await openStore({ config }, true);
  // Written by an older version and no server running: opening it alone upgrades it.
  return beside.ok ? beside : openStore({ config });
}

async function doctor(config: Config): AdminAnswer {
  const file = storeFileOf(config.dataDir);
  if (!existsSync(file)) {
    return ok(
      `Data folder: ${config.dataDir}, with no boards yet.\nThe first start makes it and its key, ${keyFileOf(config.dataDir)}.`,
    );
  }
  return withStore(config, async ({ store }) => {
    const writes = await store.probe();
    if (!writes.ok) return notWritten(config);
    const answers = await isAnswering(config);
    return ok(
      [
        `Data folder: ${config.dataDir}`,
        `Data file: ${Math.ceil(statSync(file).size / 1024)} KiB, can be opened and written`,
        `Key: ${config.key ? "from ALONGSIDE_KEY" : keyFileOf(config.dataDir)}, fits the data`,
        `Port ${config.port}: ${answers ? "a server answers there" : "no server answers there"}`,
      ].join("\n"),
    );
  });
}

async function isAnswering({ host, port }: Config): Promise<boolean> {
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  try {
    const response = await fetch(`http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}/healthz`, {
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

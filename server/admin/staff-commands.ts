import { existsSync } from "node:fs";
import { deriveKeys, worldRandom } from "../access/keys.ts";
import { openStaffAccounts } from "../access/open-staff.ts";
import { createSetup, newApiToken } from "../access/setup.ts";
import { usualLimits } from "../access/throttle.ts";
import { type Config, cannotStart } from "../config.ts";
import { storeFileOf } from "../data-file.ts";
import { openStore } from "../start.ts";
import type { OpenStore } from "../store/open-store.ts";
import { type AdminAnswer, told } from "./answer.ts";

/** `token --name NAME`: a new API token, alone on its line. */
export function printToken(config: Config, name: string): AdminAnswer {
  return withStore(config, async (parts) => {
    const token = await newApiToken(parts, name);
    return token.ok ? told(token.value) : notWritten(config);
  });
}

/** `staff-link`: a link for one more worker's account. */
export function printStaffLink(config: Config): AdminAnswer {
  return withStore(config, async (parts) => {
    const staff = openStaffAccounts({
      accounts: parts.accounts,
      secret: parts.keys.staffSecret,
      baseUrl: baseOf(config),
      secure: false,
      onTrouble: () => {},
    });
    const token = await createSetup({ ...parts, staff }, usualLimits).newToken();
    return token.ok ? told(`${baseOf(config)}/setup#${token.value}`) : notWritten(config);
  });
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

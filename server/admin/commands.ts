import type { Config } from "../config.ts";
import { readMasterKey } from "../master-key.ts";
import type { AdminAnswer } from "./answer.ts";
import { backup } from "./backup.ts";
import { doctor } from "./doctor.ts";
import { type AskPerson, erase } from "./erase.ts";
import type { AdminCommand } from "./parse-command.ts";
import { restore } from "./restore.ts";
import { verify } from "./verify.ts";

/** Runs one command. All work while a server runs. `askPerson`: how to make sure, where somebody sits. */
export async function runAdminCommand(command: AdminCommand, config: Config, askPerson: AskPerson): AdminAnswer {
  switch (command.kind) {
    // These two bring the whole server's code along, which the others can do without: they start in a third of the time.
    case "token":
      return (await import("./staff-commands.ts")).printToken(config, command.name);
    case "staff-link":
      return (await import("./staff-commands.ts")).printStaffLink(config);
    case "backup":
      return backup(config, command.folder);
    case "verify":
      return verify(command.folder, readMasterKey(config));
    case "restore":
      return restore(config, command.folder);
    case "erase":
      return erase(config, command.boardId, command.sure ? undefined : askPerson);
    case "doctor":
      return doctor(config);
  }
}

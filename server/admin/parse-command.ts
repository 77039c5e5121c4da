import { limits } from "#shared/protocol/limits.ts";
import { ok, type Result } from "#shared/result.ts";
import { type CannotStart, cannotStart } from "../config.ts";

export type AdminCommand =
  | { readonly kind: "token"; readonly name: string }
  | { readonly kind: "staff-link" }
  | { readonly kind: "doctor" };

const usage = "Commands: token --name NAME, staff-link, doctor.";
const later = ["backup", "verify", "restore", "erase"];

/** The command that these words ask for. One that is promised for later says so, rather than pretend. */
export function parseCommand(words: readonly string[]): Result<AdminCommand, CannotStart> {
  const [kind, ...rest] = words;
  if (kind === undefined) return cannotStart(`Say what to do. ${usage}`);
  if (later.includes(kind)) return cannotStart(`${kind} is not built yet, so nothing was done. ${usage}`);
  if (kind === "token") {
    const [flag, name, ...more] = rest[0]?.startsWith("--name=")
      ? ["--name", rest[0].slice(7), ...rest.slice(1)]
      : rest;
    if (flag !== "--name" || !name?.trim() || more.length > 0) {
      return cannotStart("Give the token a name to know it by: token --name NAME.");
    }
    if (name.length > limits.nameLength) return cannotStart(`The name may have ${limits.nameLength} letters.`);
    return ok({ kind, name: name.trim() });
  }
  if (kind !== "staff-link" && kind !== "doctor") return cannotStart(`There is no command "${kind}". ${usage}`);
  return rest.length === 0 ? ok({ kind }) : cannotStart(`${kind} takes nothing more. ${usage}`);
}

import { type BoardId, parseId } from "#shared/board/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import { ok, type Result } from "#shared/result.ts";
import { type CannotStart, cannotStart } from "../config.ts";

export type AdminCommand =
  | { readonly kind: "token"; readonly name: string }
  | { readonly kind: "staff-link" }
  | { readonly kind: "backup" | "verify" | "restore"; readonly folder: string }
  /** `sure`: does not ask again. */
  | { readonly kind: "erase"; readonly boardId: BoardId; readonly sure: boolean }
  | { readonly kind: "doctor" };

const usage =
  "Commands: token --name NAME, staff-link, backup DIR, verify DIR, restore DIR, erase BOARD_ID [--yes], doctor.";

/** The command that these words ask for. */
export function parseCommand(words: readonly string[]): Result<AdminCommand, CannotStart> {
  const [kind, ...rest] = words;
  switch (kind) {
    case undefined:
      return cannotStart(`Say what to do. ${usage}`);
    case "token":
      return parseToken(rest);
    case "backup":
    case "verify":
    case "restore": {
      const [folder, ...more] = rest;
      if (!folder?.trim() || more.length > 0) return cannotStart(`Name one folder: ${kind} DIR.`);
      return ok({ kind, folder });
    }
    case "erase":
      return parseErase(rest);
    case "staff-link":
    case "doctor":
      return rest.length === 0 ? ok({ kind }) : cannotStart(`${kind} takes nothing more. ${usage}`);
    default:
      return cannotStart(`There is no command "${kind}". ${usage}`);
  }
}

function parseToken(rest: readonly string[]): Result<AdminCommand, CannotStart> {
  const [flag, name, ...more] = rest[0]?.startsWith("--name=") ? ["--name", rest[0].slice(7), ...rest.slice(1)] : rest;
  if (flag !== "--name" || !name?.trim() || more.length > 0) {
    return cannotStart("Give the token a name to know it by: token --name NAME.");
  }
  if (name.length > limits.nameLength) return cannotStart(`The name may have ${limits.nameLength} letters.`);
  return ok({ kind: "token", name: name.trim() });
}

function parseErase(rest: readonly string[]): Result<AdminCommand, CannotStart> {
  // An id may begin with a hyphen, so only these very letters are the flag.
  const named = rest.filter((word) => word !== "--yes");
  const boardId = parseId<BoardId>(named[0]);
  if (named.length !== 1) return cannotStart("Name one board: erase BOARD_ID. Its id stands in the board's address.");
  if (!boardId) return cannotStart("That is no board's id. It stands in the board's address, after /b/.");
  return ok({ kind: "erase", boardId, sure: named.length < rest.length });
}

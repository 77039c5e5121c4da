import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BoardId } from "#shared/board/ids.ts";
import { ok, type Result } from "#shared/result.ts";
import { type CannotStart, type Config, cannotStart } from "../config.ts";
import { openFailureSentence, storeFileOf } from "../data-file.ts";
import { openMasterKey } from "../master-key.ts";
import { eraseBoardsInCopy } from "../store/erase-board.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { type AdminAnswer, count, told } from "./answer.ts";
import { type Answered, askAtDoor } from "./door.ts";
import { eraseBoardLive } from "./erase-live.ts";
import { noteErased, readErased } from "./erased-boards.ts";

/** Asks a person who sits at the terminal; `undefined` when nobody does. */
export type AskPerson = ((question: string) => Promise<string>) | undefined;

/**
 * `erase BOARD_ID`: the board, its people, invitations, sessions and lanes, and every byte of them in the data folder. A
 * running server does it itself, as it has to send away who is on the board; else it is done here.
 */
export async function erase(config: Config, boardId: BoardId, askPerson: AskPerson, now = Date.now): AdminAnswer {
  const file = storeFileOf(config.dataDir);
  if (!existsSync(file)) {
    return cannotStart(`There is nothing to erase: the data folder ${config.dataDir} holds no boards yet.`);
  }
  if (askPerson) {
    const typed = await askPerson(
      `The board ${boardId} will be erased for good, with its people and all their words. Type "erase" to go on: `,
    );
    if (typed.trim().toLowerCase() !== "erase") return cannotStart("Nothing was erased.");
  }
  const answer = await eraseInStore(config, file, boardId);
  if (!answer.ok) return answer;
  const { erased, scrubbed } = answer.value;
  const erasedBefore = readErased(config.dataDir).has(boardId);
  if (!erased && !erasedBefore) return cannotStart(`There is no board ${boardId}, so nothing was erased.`);
  if (!erasedBefore) noteErased(config.dataDir, boardId, now());
  const notCleaned = eraseInKeptCopies(file, boardId);
  const lines = [
    erased
      ? `Erased: the board ${boardId} with ${count(erased.people, "person", "people")}, ${count(erased.lanes, "lane")} and ${count(erased.updates, "update")}.`
      : `The board ${boardId} was erased before. What was left of it has been looked for again.`,
  ];
  if (!scrubbed) lines.push(notScrubbed);
  for (const copy of notCleaned)
    lines.push(`The older copy ${copy} could not be cleaned and may still hold it. Delete that file.`);
  if (scrubbed && notCleaned.length === 0) lines.push(`None of its bytes is left in ${config.dataDir}.`);
  lines.push(
    "Backups made before now still hold it: delete them when they are no longer needed. Devices of its people may keep a copy too.",
  );
  return told(lines, scrubbed && notCleaned.length === 0 ? 0 : 1);
}

const notScrubbed =
  "But some of its bytes may still stand in the free space of the data file: the disk is full, or something was reading the file. " +
  "Make room, wait for a backup to end, then run the same command again.";

type Erasing = Extract<Answered, { kind: "erase" }>;

async function eraseInStore(config: Config, file: string, boardId: BoardId): Promise<Result<Erasing, CannotStart>> {
  const key = openMasterKey(config);
  if (!key.ok) return key;
  const opened = await openSqliteStore({ file, masterKey: key.value.bytes });
  if (!opened.ok && opened.error.kind !== "store-in-use") return cannotStart(openFailureSentence(opened.error));
  let answered: Answered | undefined;
  if (opened.ok) {
    const { store } = opened.value;
    try {
      const alone = { store, boardErased: async () => {}, inTurn: <T>(_: BoardId, run: () => Promise<T>) => run() };
      answered = await eraseBoardLive(alone, boardId);
    } finally {
      await store.close();
    }
  } else {
    answered = await askAtDoor(config.dataDir, { kind: "erase", boardId });
  }
  if (answered?.kind === "erase") return ok(answered);
  if (answered?.kind === "failed") {
    const why = {
      full: "its disk is full",
      "read-only": "it cannot be written",
      failing: "its disk is failing",
      closed: "the server is stopping",
    };
    return cannotStart(`The board was not erased: the data file ${file} takes no changes, as ${why[answered.why]}.`);
  }
  return cannotStart(
    `A server is running on the data folder ${config.dataDir} and does not answer there. Stop it, erase, then start it again.`,
  );
}

/** What an upgrade or a restore left beside the data file. Gives those that could not be cleaned. */
function eraseInKeptCopies(file: string, boardId: BoardId): readonly string[] {
  const folder = join(file, "..");
  const name = file.slice(folder.length + 1);
  const beside = readdirSync(folder).filter((each) => each.startsWith(`${name}.`));
  return beside.flatMap((each) => {
    const copy = join(folder, each);
    if (/-(wal|shm|journal)$/.test(each)) return [];
    try {
      if (/\.(restoring(-[0-9a-f]+)?|unfinished)$/.test(each)) rmSync(copy, { force: true });
      else eraseBoardsInCopy(copy, [boardId]);
      return [];
    } catch {
      return [copy];
    }
  });
}

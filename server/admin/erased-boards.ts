import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardId, parseId } from "#shared/board/ids.ts";
import { forceFile } from "../store/force-to-disk.ts";

/**
 * Which boards were erased: ids and times, nothing else. It stands beside the data file and not in it, so that a
 * restored older backup does not bring an erased board back unnoticed.
 */
export const erasedBoardsFileOf = (dataDir: string): string => join(dataDir, "erased-boards.txt");

/** To be called once the board is gone: a line about a board that lives would let the next restore erase it. */
export function noteErased(dataDir: string, boardId: BoardId, at: number): void {
  const file = erasedBoardsFileOf(dataDir);
  appendFileSync(file, `${boardId} ${new Date(at).toISOString()}\n`, { mode: 0o600 });
  forceFile(file);
}

export function readErased(dataDir: string): ReadonlySet<BoardId> {
  const file = erasedBoardsFileOf(dataDir);
  if (!existsSync(file)) return new Set();
  const ids = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => parseId<BoardId>(line.split(" ")[0]));
  return new Set(ids.filter((id) => id !== undefined));
}

import { ok, type Result } from "#shared/result.ts";
import type { CannotStart } from "../config.ts";

/** What a command prints, and its exit code: 1 when it found something that somebody should look at. */
export interface Told {
  readonly text: string;
  readonly code: 0 | 1;
}

/** Or why it did nothing: a sentence, and exit 2. */
export type AdminAnswer = Promise<Result<Told, CannotStart>>;

export const told = (lines: string | readonly string[], code: Told["code"] = 0): Result<Told, never> =>
  ok({ text: typeof lines === "string" ? lines : lines.join("\n"), code });

/** "1 board", "3 boards". */
export const count = (number: number, one: string, several = `${one}s`): string =>
  `${number} ${number === 1 ? one : several}`;

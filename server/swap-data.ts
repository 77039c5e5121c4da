import { dirname, join } from "node:path";
import type { Logger } from "pino";
import type { Result } from "#shared/result.ts";
import type { Answered } from "./admin/door.ts";
import { noteRestoredIn } from "./admin/note-restored.ts";
import { placeRestored, putBack } from "./admin/place-restored.ts";
import type { CannotStart } from "./config.ts";
import type { Inside } from "./inside.ts";
import { reasonOf } from "./master-key.ts";
import { takeFileLock } from "./store/file-lock.ts";
import { describeError } from "./store/sqlite-errors.ts";

export interface SwapParts {
  /** The data file. */
  readonly file: string;
  /** The restored copy, ready in the same folder. */
  readonly name: string;
  readonly before: Inside;
  readonly open: () => Promise<Result<Inside, CannotStart>>;
  readonly now: () => number;
  readonly log: Logger;
}

export interface Swapped {
  /** `undefined`: neither the restored nor the old data can be opened. Calls are told to come back. */
  readonly inside: Inside | undefined;
  readonly answered: Answered;
}

/** An admin command may have the data file for a moment, just when it has been let go of. */
const longestWaitMs = 10_000;
const pauseMs = 50;

/**
 * A running server takes a restored backup in: everything received is forced and acked, everybody on a board is told to
 * come back in a moment, the data are closed, the copy takes their place, and all is opened anew over it. Whatever fails,
 * the old data are opened again; they are kept in any case.
 */
export async function swapData({ file, name, before, open, now, log }: SwapParts): Promise<Swapped> {
  log.info("a restored backup is taken in");
  await before.close();
  let kept: string | undefined;
  let isPlaced = false;
  let why: string;
  try {
    const lock = await untilLocked(file);
    try {
      kept = placeRestored(file, join(dirname(file), name), now());
      isPlaced = true;
    } finally {
      lock.close();
    }
    const opened = await openPatiently(open);
    if (opened.ok) {
      await noteRestoredIn(opened.value.store, file, now());
      log.info("the restored backup is in use");
      return { inside: opened.value, answered: { kind: "taken-in", kept } };
    }
    why = part(opened.error.sentence);
  } catch (error) {
    const reason = reasonOf(error);
    why = /^E[A-Z]+$/.test(reason) ? reason : describeError(error);
  }
  log.error({ why }, "the restored backup could not be taken in");
  try {
    if (isPlaced && kept) putBack(file, kept);
  } catch (error) {
    log.error({ why: reasonOf(error) }, "the old data could not be put back");
  }
  const again = await openPatiently(open);
  if (again.ok) return { inside: again.value, answered: { kind: "not-taken-in", why } };
  log.fatal("the data cannot be opened any more: stop this server, and look with: npm run admin -- doctor");
  return {
    inside: undefined,
    answered: {
      kind: "not-taken-in",
      why: `${why}, and the old data cannot be opened either: ${part(again.error.sentence)}`,
    },
  };
}

const part = (sentence: string) => sentence.replace(/\.$/, "");
const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs));

async function untilLocked(file: string) {
  for (const until = Date.now() + longestWaitMs; ; await pause()) {
    const lock = takeFileLock(file);
    if (lock) return lock;
    if (Date.now() > until) throw new Error("another process has the data file");
  }
}

/** As long as another process may have the file. */
async function openPatiently(open: SwapParts["open"]): Promise<Result<Inside, CannotStart>> {
  for (const until = Date.now() + longestWaitMs; ; await pause()) {
    const opened = await open();
    if (opened.ok || Date.now() > until || !opened.error.sentence.includes("in use")) return opened;
  }
}

import { parentPort, workerData } from "node:worker_threads";
import { assert, unreachable } from "#shared/assert.ts";
import type { StoredLane } from "./board-store.ts";
import { emptyLog, rewrite } from "./erase-board.ts";
import type { SqlAnswer } from "./sql-door.ts";
import { describeError, diskTrouble, isDamage } from "./sqlite-errors.ts";
import {
  type FromWorker,
  isWrite,
  type Outcome,
  proofs,
  type Task,
  type ToWorker,
  testSwitches,
  type WorkerSettings,
} from "./sqlite-messages.ts";
import { type OpenFile, openFile } from "./sqlite-open.ts";
import { prepareOperations } from "./sqlite-operations.ts";

/**
 * The thread that holds the SQLite file. Each group of tasks is one transaction, committed without a sync and reported
 * as `written`; then one `fdatasync` of the log makes it, and all that was committed before that call, `forced`. The
 * sync runs beside this thread: on a slow disk the next groups are committed and passed on while it waits.
 */

/** Log pages (4 KiB) after which it is copied into the database: in a quiet moment, or at once. */
const checkpointWhenQuietPages = 500;
const checkpointAtOncePages = 2_000;
const quietMs = 100;
/** Time between two syncs for updates alone. Nobody reads *Saved* that soon, and each costs two wake-ups and a message. */
const forceEveryMs = 6;
/** How often the length of the log is looked up. */
const groupsBetweenLooks = 16;

const port = parentPort;
assert(port, "sqlite-worker.ts runs as a worker");
const settings = workerData as WorkerSettings;
const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const opened = openFile(settings);
if (opened.ok) {
  serve(opened.value);
  say({ kind: "opened" });
} else {
  say({ kind: "not-opened", error: opened.error });
  port.close();
}

function serve({ db, wal, close, tellCleanStop }: OpenFile): void {
  const { append, reads, writes, settle, forget, lookAround } = prepareOperations(db, settings.masterKey);
  const proof = settings.forTests?.proof;
  let committed = 0;
  /** Updates committed so far. */
  let countedCommits = 0;
  let settled = 0;
  let isForcing = false;
  let forcedAt = Number.NEGATIVE_INFINITY;
  let forceTimer: NodeJS.Timeout | undefined;
  /** A sync failed: what it left unsure has to be written again before anything else is. See `WalFile.rewrite`. */
  let isUnsure = false;
  let closing = false;
  let groupsUntilLook = groupsBetweenLooks;
  let quietTimer: NodeJS.Timeout | undefined;

  port?.on("message", (message: ToWorker) => {
    switch (message.kind) {
      case "group": {
        useTestSwitches();
        lookAround();
        const outcomes = message.held ? runHeld(message) : runGroup(message);
        const transfer: ArrayBuffer[] = [];
        for (const [index, outcome] of outcomes.entries()) outcomes[index] = packed(outcome, transfer);
        countedCommits += appendsIn(message.tasks, outcomes);
        if (proof) proof[proofs.written] = countedCommits;
        say({ kind: "written", group: message.group, outcomes }, transfer);
        const needsForce = message.tasks.some((task, index) => isWrite(task) && outcomes[index]?.kind === "done");
        if (needsForce && !db.isTransaction) {
          committed = message.group;
          if (message.tasks.every(({ kind }) => kind === "append")) forceSoon();
          else force();
        }
        break;
      }
      case "close":
        closing = true;
        force();
        if (!isForcing) finish();
        break;
      default:
        unreachable(message);
    }
  });

  /** One transaction for all of them. If the disk fails, none of it has happened, and reads are answered all the same. */
  function runGroup({ tasks, bytes }: Pick<Extract<ToWorker, { kind: "group" }>, "tasks" | "bytes">): Outcome[] {
    if (!tasks.some(isWrite)) return tasks.map((task) => runAlone(task, bytes));
    try {
      makeSure();
      db.exec("BEGIN IMMEDIATE");
      const outcomes = tasks.map((task): Outcome => {
        if (task.kind === "scrub") return { kind: "done", value: undefined }; // In no transaction: below.
        // A task of several statements that breaks a rule half-way is undone by itself; the others go on.
        const mayHalfHappen = task.kind === "write";
        if (mayHalfHappen) {
          settle(); // What is undone with the task is then of the task alone.
          db.exec("SAVEPOINT task");
        }
        try {
          const value = run(task, bytes);
          if (mayHalfHappen) db.exec("RELEASE task");
          return { kind: "done", value };
        } catch (error) {
          if (diskTrouble(error) && (isWrite(task) || !isDamage(error))) throw error;
          if (mayHalfHappen) {
            db.exec("ROLLBACK TO task; RELEASE task");
            forget();
          }
          return failed(error);
        }
      });
      settle();
      db.exec("COMMIT");
      for (const [index, task] of tasks.entries()) if (task.kind === "scrub") outcomes[index] = runAlone(task, bytes);
      return outcomes;
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (db.isTransaction) db.exec("ROLLBACK");
      forget();
      // A damaged lane must not take the others' edits with it: each by itself, then.
      if (isDamage(error) && tasks.length > 1) return tasks.flatMap((task) => runGroup({ tasks: [task], bytes }));
      const outcome = failed(error);
      // On a full disk the log may be copied into room that the database has, and start again in its own.
      considerCheckpoint();
      return tasks.map((task) => (isWrite(task) ? outcome : runAlone(task, bytes)));
    }
  }

  /** Inside the transaction that the accounts hold open. They see each answer before they ask for more. */
  function runHeld({ tasks, bytes }: Extract<ToWorker, { kind: "group" }>): Outcome[] {
    return tasks.map((task) => {
      try {
        switch (task.kind) {
          case "begin":
            makeSure();
            db.exec("BEGIN IMMEDIATE");
            return { kind: "done", value: undefined };
          case "commit":
            db.exec("COMMIT");
            return { kind: "done", value: undefined };
          case "rollback":
            if (db.isTransaction) db.exec("ROLLBACK");
            return { kind: "done", value: undefined };
          default:
            if (!db.isTransaction) return { kind: "refused", detail: "the transaction has already ended" };
            return { kind: "done", value: run(task, bytes) };
        }
      } catch (error) {
        if (task.kind === "commit" && db.isTransaction) db.exec("ROLLBACK");
        return failed(error);
      }
    });
  }

  function runAlone(task: Task, bytes: Uint8Array | undefined): Outcome {
    try {
      return { kind: "done", value: run(task, bytes) };
    } catch (error) {
      return failed(error);
    }
  }

  function run(task: Task, bytes: Uint8Array | undefined): unknown {
    switch (task.kind) {
      case "append": {
        assert(bytes, "a group with an append brings its bytes");
        return append(task, bytes.subarray(task.from, task.from + task.length));
      }
      // The main thread's calls are typed by the very same tables (`Caller` in sqlite-store.ts).
      case "read":
        return (reads[task.name] as (...args: readonly unknown[]) => unknown)(...task.args);
      case "write":
        return (writes[task.name] as (...args: readonly unknown[]) => unknown)(...task.args);
      case "sql": {
        const statement = db.prepare(task.sql);
        if (statement.columns().length > 0) {
          const rows = statement.all(...task.values);
          return { rows, changes: rows.length, lastId: 0 } satisfies SqlAnswer;
        }
        const { changes, lastInsertRowid } = statement.run(...task.values);
        return { rows: [], changes: Number(changes), lastId: Number(lastInsertRowid) } satisfies SqlAnswer;
      }
      case "scrub":
        return scrub(task.step);
      case "begin":
      case "commit":
      case "rollback":
        assert(false, `${task.kind} comes in a held group`);
        break;
      default:
        unreachable(task);
    }
  }

  /** Whether it is done. Forces first what is committed, so that a checkpoint never overtakes a log that is unsure. */
  function scrub(step: "rewrite" | "empty-log"): boolean {
    makeSure();
    try {
      wal.forceNow();
    } catch (error) {
      isUnsure = true;
      throw error;
    }
    if (step === "rewrite") rewrite(db);
    return emptyLog(db);
  }

  /** At once, unless the last time was just now: then what comes in between shares the next. */
  function forceSoon(): void {
    const waitMs = forcedAt + forceEveryMs - performance.now();
    if (waitMs <= 0) force();
    else forceTimer ??= setTimeout(force, waitMs);
  }

  /** Forces all that is committed by now; what is committed meanwhile waits for the next round, together. */
  function force(): void {
    clearTimeout(forceTimer);
    forceTimer = undefined;
    if (isForcing || committed === settled) return;
    isForcing = true;
    forcedAt = performance.now();
    const target = committed;
    const updates = countedCommits;
    const pages = proof && !db.isTransaction ? logPages().pages : 0;
    wal.force((diskError) => {
      isForcing = false;
      const error = diskError ?? forcingFailsForTests();
      if (error) {
        // Later commits stand behind the unsure ones in the same file.
        isUnsure = true;
        settled = committed;
        say({ kind: "not-forced", upTo: committed, why: diskTrouble(error) ?? "failing" });
      } else {
        settled = target;
        if (proof) {
          proof[proofs.forced] = updates;
          proof[proofs.syncs] = (proof[proofs.syncs] ?? 0) + 1;
          proof[proofs.forcedPages] = pages;
        }
        say({ kind: "forced", upTo: target });
      }
      if (closing) {
        force();
        if (!isForcing) finish();
      } else {
        if (committed !== settled) forceSoon();
        if (!isForcing) considerCheckpoint();
      }
    });
  }

  function makeSure(): void {
    if (!isUnsure) return;
    assert(!isForcing, "an unsure log is never being forced");
    const error = forcingFailsForTests();
    if (error) throw error;
    const frames = logPages().pages;
    db.exec("BEGIN IMMEDIATE");
    let reads: boolean;
    try {
      reads = wal.rewrite(frames);
    } finally {
      db.exec("ROLLBACK");
    }
    if (!reads) throw Object.assign(new Error("the log on disk no longer reads back; restart"), { code: "EIO" });
    isUnsure = false;
  }

  function considerCheckpoint(): void {
    clearTimeout(quietTimer);
    groupsUntilLook -= 1;
    if (groupsUntilLook <= 0) {
      groupsUntilLook = groupsBetweenLooks;
      if (waitingPages() >= checkpointAtOncePages) {
        checkpoint();
        return;
      }
    }
    quietTimer = setTimeout(() => {
      if (waitingPages() >= checkpointWhenQuietPages) checkpoint();
    }, quietMs);
  }

  /** PASSIVE: waits for nobody. The log starts again from its first byte at the next commit when all of it was copied. */
  function checkpoint(): void {
    if (isForcing || isUnsure || db.isTransaction) return;
    try {
      db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    } catch {
      // Nothing is lost: it all stands in the log, and the next look tries again. A disk that fails shows at the commit.
    }
  }

  function logPages(): { readonly pages: number; readonly copied: number } {
    const row = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number; checkpointed: number };
    return { pages: row.log, copied: row.checkpointed };
  }

  function waitingPages(): number {
    if (db.isTransaction) return 0;
    try {
      const { pages, copied } = logPages();
      return pages - copied;
    } catch {
      return 0; // A checkpoint can wait; what ails the disk shows at the next commit.
    }
  }

  function finish(): void {
    clearTimeout(quietTimer);
    try {
      // SQLite copies the log into the database when it closes, so the log had better be sure.
      makeSure();
      tellCleanStop();
    } catch {
      // Nobody was told that the unsure part is safe, and its senders still hold it: the next start lets them bring it.
    }
    close();
    say({ kind: "closed" });
    port?.close();
  }

  function useTestSwitches(): void {
    const switches = settings.forTests?.switches;
    if (!switches || db.isTransaction) return;
    const canPark = switches.length > testSwitches.parked;
    if (canPark && Atomics.compareExchange(switches, testSwitches.parked, 1, 2) === 1)
      Atomics.wait(switches, testSwitches.parked, 2);
    // 1 is less than the file has: SQLite takes it as "no page more than now".
    db.exec(`PRAGMA max_page_count = ${Atomics.load(switches, testSwitches.noGrowth) ? 1 : 0xfffffffe}`);
    db.exec(`PRAGMA query_only = ${Atomics.load(switches, testSwitches.readOnly) ? "ON" : "OFF"}`);
  }

  function forcingFailsForTests(): Error | undefined {
    const switches = settings.forTests?.switches;
    if (!switches || !Atomics.load(switches, testSwitches.forcingFails)) return undefined;
    return Object.assign(new Error("forcing fails, as the test asked"), { code: "EIO" });
  }
}

const appendsIn = (tasks: readonly Task[], outcomes: readonly Outcome[]): number =>
  tasks.reduce((sum, task, index) => sum + (task.kind === "append" && outcomes[index]?.kind === "done" ? 1 : 0), 0);

function failed(error: unknown): Outcome {
  const why = diskTrouble(error);
  return why ? { kind: "disk", why, detail: describeError(error) } : { kind: "refused", detail: describeError(error) };
}

/** A lane's bytes move to the main thread in one block, without being copied again on the way. */
function packed(outcome: Outcome, transfer: ArrayBuffer[]): Outcome {
  if (outcome.kind !== "done" || !isStoredLane(outcome.value)) return outcome;
  const { snapshot, tail, ...rest } = outcome.value;
  if (snapshot) transfer.push(snapshot.bytes.buffer as ArrayBuffer);
  const block = new Uint8Array(tail.reduce((sum, update) => sum + update.bytes.length, 0));
  let from = 0;
  const updates = tail.map((update) => {
    block.set(update.bytes, from);
    from += update.bytes.length;
    return { ...update, bytes: block.subarray(from - update.bytes.length, from) };
  });
  transfer.push(block.buffer);
  return { kind: "done", value: { ...rest, snapshot, tail: updates } satisfies StoredLane };
}

function isStoredLane(value: unknown): value is StoredLane {
  return typeof value === "object" && value !== null && "tail" in value;
}

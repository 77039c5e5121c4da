import { Worker } from "node:worker_threads";
import { assert } from "#shared/assert.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { Appending, BoardStore, Seq, Stored, StoreFailure } from "./board-store.ts";
import { createGroupQueue } from "./group-queue.ts";
import type { OpenFailure, OpenStore } from "./open-store.ts";
import type { SqlAnswer, SqlDoor, SqlTransaction, SqlValue } from "./sql-door.ts";
import type { FromWorker, Outcome, Task, WorkerSettings } from "./sqlite-messages.ts";
import type { Reads, Writes } from "./sqlite-operations.ts";

export interface SqliteStoreOptions {
  readonly file: string;
  /** 32 bytes: what the boards' own keys are wrapped with. */
  readonly masterKey: Uint8Array;
  /** For admin commands: work in a file that a relay has open. Takes no lock and upgrades nothing. */
  readonly beside?: boolean;
  /** Unix ms; this machine's clock unless a test brings its own. */
  readonly now?: () => number;
  readonly forTests?: WorkerSettings["forTests"];
}

/** After this the accounts' transaction is rolled back, so that a hung caller cannot stop the boards. */
const longestTransactionMs = 5_000;

const longestScrubMs = 30_000;
const scrubPauseMs = 250;

/**
 * The store of one SQLite file (DESIGN R1), held by a thread of its own. Makes the file and its folder when they are
 * missing, upgrades an older one after copying it to `<file>.before-<version>`, and refuses what it cannot keep safely:
 * `store-damaged`, `store-newer`, `store-other-key`, `store-in-use` (by another relay), `store-failing`. Nothing stays open then.
 * Throws (rejects) only on bugs, such as adding a board twice.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Result<OpenStore, OpenFailure>> {
  const workerData: WorkerSettings = {
    file: options.file,
    beside: options.beside ?? false,
    masterKey: new Uint8Array(options.masterKey), // In memory of its own: a message copies all that is behind a view.
    now: (options.now ?? Date.now)(),
    forTests: options.forTests,
  };
  const worker = new Worker(new URL("./sqlite-worker.ts", import.meta.url), { workerData, name: "store" });
  const gone = ended(worker); // Before the first message: the end may follow it within the same turn.
  const first = await new Promise<FromWorker>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (first.kind === "not-opened") {
    await gone;
    return fail(first.error);
  }
  assert(first.kind === "opened", "the worker first says whether it could open the file");
  return ok(connect(worker));
}

const ended = (worker: Worker) => new Promise<void>((resolve) => worker.once("exit", () => resolve()));

function connect(worker: Worker): OpenStore {
  /** Why calls are no longer taken, if they are not. */
  let stopped: "closed" | "failing" | undefined;
  let unsettled = 0;
  let onDrained = () => {};
  let closing: Promise<void> | undefined;
  const queue = createGroupQueue((message, transfer) => worker.postMessage(message, transfer));

  worker.on("message", (message: FromWorker) => {
    if (message.kind === "written" || message.kind === "forced" || message.kind === "not-forced") queue.take(message);
  });
  const onGone = () => {
    stopped ??= "failing";
    queue.failAll("failing");
  };
  worker.on("error", onGone);
  worker.on("exit", onGone);

  const settle = () => {
    unsettled -= 1;
    if (unsettled === 0) onDrained();
  };

  /** Hands a task to the queue; `written` and `forced` each settle once. What only reads is forced when it is written. */
  const ask = <T>(task: Task, bytes?: Uint8Array, held = false): { written: Stored<T>; forced: Stored<void> } => {
    if (stopped && !(held && stopped === "closed")) {
      const refusal = fail({ kind: "store-failing", why: stopped });
      return { written: Promise.resolve(refusal), forced: Promise.resolve(refusal) };
    }
    unsettled += 1;
    const written = Promise.withResolvers<Result<T, StoreFailure>>();
    const forced = Promise.withResolvers<Result<void, StoreFailure>>();
    forced.promise.catch(() => {}); // A bug is thrown once, by `written`, also to those who wait for that alone.
    const isRead =
      task.kind === "read" || task.kind === "scrub" || (task.kind === "sql" && !task.writes) || task.kind === "begin";
    const asked = {
      task,
      ...(bytes ? { bytes } : {}),
      onWritten: (outcome: Outcome) => {
        switch (outcome.kind) {
          case "done":
            written.resolve(ok(outcome.value as T));
            if (!isRead && task.kind !== "rollback") return;
            forced.resolve(ok(undefined));
            break;
          case "disk": {
            const failure = fail({ kind: "store-failing", why: outcome.why });
            written.resolve(failure);
            forced.resolve(failure);
            break;
          }
          case "refused": {
            const bug = new Error(`The store refused a ${task.kind}: ${outcome.detail}`);
            written.reject(bug);
            forced.reject(bug);
            break;
          }
        }
        settle();
      },
      onForced: (why: StoreFailure["why"] | undefined) => {
        forced.resolve(why ? fail({ kind: "store-failing", why }) : ok(undefined));
        settle();
      },
    };
    if (held) queue.addHeld(asked);
    else queue.add(asked);
    return { written: written.promise, forced: forced.promise };
  };

  /** The value is known when it is written, but nobody hears of it before it is safe. */
  const safely = async <T>({ written, forced }: { written: Stored<T>; forced: Stored<void> }): Stored<T> => {
    const [value, safe] = await Promise.all([written, forced]);
    return safe.ok ? value : safe;
  };

  const read =
    <N extends keyof Reads>(name: N) =>
    (...args: Parameters<Reads[N]>): Stored<ReturnType<Reads[N]>> =>
      safely(ask({ kind: "read", name, args }));
  const write =
    <N extends keyof Writes>(name: N) =>
    (...args: Parameters<Writes[N]>): Stored<ReturnType<Writes[N]>> =>
      safely(ask({ kind: "write", name, args }));
  const writeSnapshot = write("writeSnapshot");
  const eraseBoard = write("eraseBoard");

  /** A backup or another reader beside us keeps the log from being emptied; it ends by itself. */
  const scrub = async (): Stored<boolean> => {
    const until = performance.now() + longestScrubMs;
    for (let step: "rewrite" | "empty-log" = "rewrite"; ; step = "empty-log") {
      const done = await safely(ask<boolean>({ kind: "scrub", step }));
      if (!done.ok || done.value || performance.now() > until) return done;
      await new Promise((resolve) => setTimeout(resolve, scrubPauseMs));
    }
  };

  const store: BoardStore = {
    append: ({ laneId, personId, at, bytes, claims = [], returned = false }): Appending =>
      ask<Seq>({ kind: "append", laneId, personId, at, from: 0, length: bytes.length, claims, returned }, bytes),
    loadLane: read("loadLane"),
    writeSnapshot: (laneId, { upTo, bytes }) => writeSnapshot(laneId, upTo, withoutItsPool(bytes)),
    claimClientId: write("claimClientId"),
    history: read("history"),
    snapshotBefore: read("snapshotBefore"),
    recoverLane: write("recoverLane"),
    probe: write("probe"),
    createBoard: write("createBoard"),
    board: read("board"),
    setTitle: write("setTitle"),
    eraseBoard: (boardId, alsoLanes = [], now = Date.now()) => eraseBoard(boardId, alsoLanes, now),
    scrub,
    lane: read("lane"),
    lanesOf: read("lanesOf"),
    boardsOfAccount: read("boardsOfAccount"),
    person: read("person"),
    peopleOf: read("peopleOf"),
    putPerson: write("putPerson"),
    putInvitation: write("putInvitation"),
    invitationBySecret: read("invitationBySecret"),
    invitationByCode: read("invitationByCode"),
    invitationOf: read("invitationOf"),
    spendInvitation: write("spendInvitation"),
    session: read("session"),
    putSession: write("putSession"),
    touchSession: write("touchSession"),
    endExpiredSessions: write("endExpiredSessions"),
    endSession: write("endSession"),
    endSessionsOfPerson: write("endSessionsOfPerson"),
    endSessionsOfStaffSession: write("endSessionsOfStaffSession"),
    audit: write("audit"),
    auditOf: read("auditOf"),
    verifyAudit: read("verifyAudit"),
    erasures: read("erasures"),
    apiToken: read("apiToken"),
    putApiToken: write("putApiToken"),
    putSetupToken: write("putSetupToken"),
    takeSetupToken: write("takeSetupToken"),
    close: () => {
      closing ??= (async () => {
        const hasThread = stopped === undefined;
        stopped ??= "closed";
        if (!hasThread) return;
        queue.flush();
        if (unsettled > 0) {
          await new Promise<void>((resolve) => {
            onDrained = resolve;
          });
        }
        const gone = ended(worker);
        worker.postMessage({ kind: "close" });
        await gone;
      })();
      return closing;
    },
  };

  const orThrow = async <T>(answer: Stored<T>): Promise<T> => {
    const result = await answer;
    if (!result.ok) throw new Error(`The store cannot keep accounts now: ${result.error.why}.`);
    return result.value;
  };

  const door: SqlDoor = {
    query: (sql, values) => orThrow(safely(ask<SqlAnswer>(sqlTask(sql, values, !onlyReads(sql))))),
    begin: async () => {
      if (stopped) throw new Error("The store is closed.");
      queue.hold();
      unsettled += 1; // `close` waits for the end of the transaction, too.
      let isOpen = true;
      const end = () => {
        isOpen = false;
        clearTimeout(deadline);
        settle();
      };
      const finish = async (kind: "commit" | "rollback") => {
        assertOpen();
        end();
        // Sent before the queue is let go, so the worker sees the end of the transaction first.
        const answer = ask<void>({ kind }, undefined, true);
        queue.release();
        await orThrow(safely(answer));
      };
      const deadline = setTimeout(() => void finish("rollback").catch(() => {}), longestTransactionMs);
      const assertOpen = () => {
        if (!isOpen) throw new Error("The accounts' transaction took too long and was rolled back.");
      };
      try {
        await orThrow(ask<void>({ kind: "begin" }, undefined, true).written);
      } catch (error) {
        end();
        queue.release();
        throw error;
      }
      return {
        query: async (sql, values) => {
          assertOpen();
          // Not a write by itself: it is forced with the commit, or gone with the rollback.
          return orThrow(ask<SqlAnswer>(sqlTask(sql, values, false), undefined, true).written);
        },
        commit: () => finish("commit"),
        rollback: () => finish("rollback"),
      } satisfies SqlTransaction;
    },
  };
  return { store, accounts: door };
}

const sqlTask = (sql: string, values: readonly SqlValue[], writes: boolean): Task => ({
  kind: "sql",
  sql,
  values,
  writes,
});

const onlyReads = (sql: string): boolean => /^\s*(select|pragma|explain)\b/i.test(sql);

/** A message copies the whole memory behind a view: for a view of a pool, take its own part out first. */
function withoutItsPool(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

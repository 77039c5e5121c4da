import type { DatabaseSync } from "node:sqlite";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { createAuditRows } from "./audit-rows.ts";
import { openBoardKeys } from "./board-keys.ts";
import { createBoardRows } from "./board-rows.ts";
import type {
  BoardRecord,
  InvitationRecord,
  LaneRecord,
  PersonRecord,
  Seq,
  SessionRecord,
  StoredUpdate,
} from "./board-store.ts";
import { createEntryRows } from "./entry-rows.ts";
import { eraseBoardRows } from "./erase-board.ts";
import { createSealedLanes } from "./sealed-lanes.ts";
import { createSealedLog } from "./sealed-log.ts";
import { createStatements } from "./statements.ts";
import { createStoreFacts } from "./store-facts.ts";

/** Everything `BoardStore` asks of the file, as plain calls inside the worker. Throws what SQLite throws, and `DamageError`. */
export type Operations = ReturnType<typeof prepareOperations>;
export type Reads = Operations["reads"];
export type Writes = Operations["writes"];

interface Range {
  readonly after: number;
  readonly limit: number;
}

export function prepareOperations(db: DatabaseSync, master: Uint8Array) {
  const statements = createStatements(db);
  const { one, run } = statements;
  const keys = openBoardKeys(statements, master);
  const log = createSealedLog(statements, keys);
  const lanes = createSealedLanes(statements, log, createStoreFacts(statements).returningUntil);
  const boards = createBoardRows(statements, keys);
  const audit = createAuditRows(statements, master);
  const entry = createEntryRows(statements);

  /** What is remembered of the file may no longer be so. */
  const forget = (): void => {
    keys.forget();
    log.forget();
  };
  let dataVersion = 0;

  return {
    append: log.append,
    /** Before each commit. */
    settle: log.settle,
    /** After each rollback. */
    forget,
    /** Before each group: another process may have written (an admin command beside the relay). */
    lookAround: (): void => {
      const now = one<{ data_version: number }>("PRAGMA data_version")?.data_version ?? 0;
      if (now !== dataVersion) forget();
      dataVersion = now;
    },
    verifyLane: lanes.verify,

    reads: {
      loadLane: lanes.load,
      history: (laneId: LaneId, { after, upTo, limit }: Range & { readonly upTo?: Seq | undefined }) =>
        lanes.history(laneId, after, upTo ?? Number.MAX_SAFE_INTEGER, limit) as readonly StoredUpdate[],
      snapshotBefore: lanes.snapshotBefore,
      board: boards.board,
      lane: boards.lane,
      lanesOf: boards.lanesOf,
      boardsOfAccount: boards.boardsOfAccount,
      person: boards.person,
      peopleOf: boards.peopleOf,
      auditOf: (boardId: BoardId, { after, limit }: Range) => audit.of(boardId, after, limit),
      verifyAudit: audit.verify,
      erasures: audit.erasures,
      ...entry.reads,
    },

    writes: {
      writeSnapshot: (laneId: LaneId, upTo: Seq, bytes: Uint8Array): void => log.writeSnapshot(laneId, { upTo, bytes }),
      claimClientId: (laneId: LaneId, personId: PersonId, clientId: number) => log.claim(laneId, personId, clientId),
      recoverLane: lanes.recover,
      probe: (): void => {
        // As large as the largest update (`limits.updateBytes`). It needs pages of its own before the old row gives its
        // pages back, so this fails when an append would.
        run("INSERT INTO probes (bytes) VALUES (zeroblob(65536))");
        run("DELETE FROM probes WHERE probe_id < (SELECT max(probe_id) FROM probes)");
      },
      createBoard: (
        board: BoardRecord,
        lanesOfIt: readonly LaneRecord[],
        people: readonly PersonRecord[],
        invitations: readonly InvitationRecord[],
      ): void => {
        boards.addBoard(board, lanesOfIt);
        for (const { laneId } of lanesOfIt) log.begin(laneId);
        audit.begin(board.boardId);
        for (const person of people) boards.putPerson(person);
        for (const invitation of invitations) entry.writes.putInvitation(invitation);
      },
      setTitle: boards.setTitle,
      eraseBoard: (boardId: BoardId, alsoLanes: readonly LaneId[], now: number) => {
        log.settle();
        const erased = eraseBoardRows(db, boardId, alsoLanes);
        forget();
        if (erased) audit.addErasure(boardId, now);
        return erased;
      },
      putPerson: boards.putPerson,
      spendInvitation: (
        invitation: Pick<InvitationRecord, "personId" | "secretHash">,
        session: SessionRecord,
      ): boolean => {
        if (!entry.closeInvitation(invitation)) return false;
        const person = boards.person(invitation.personId);
        if (person) boards.putPerson({ ...person, standing: "joined" });
        entry.writes.putSession(session);
        return true;
      },
      audit: audit.add,
      ...entry.writes,
    },
  };
}

import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { LaneStore } from "../../server/relay/ports.ts";
import type { NewUpdate, Seq, StoredLane, StoredUpdate, StoreFailure } from "../../server/store/board-store.ts";
import type { Seeded } from "../support/seeded.ts";
import { createLaneFacts, type LaneFacts } from "./lane-facts.ts";
import type { World } from "./world.ts";

/**
 * A disk and the store on it, as the relay's core may meet them: groups that are committed or refused whole, a sync that
 * runs beside the next group or fails, answers that come late, and ends of the process or of the power between any two
 * of these. What is committed outlives the process; what is forced outlives the power.
 */
export interface Disk {
  /** The store of one process. After `crash` its answers never come. */
  readonly open: () => LaneStore;
  /** `power`: of what was not forced, only some beginning is left, and the last group may be torn. */
  readonly crash: (kind: "process" | "power") => void;
  /** The data as it was after `share` of the operations so far: an older backup is put back. */
  readonly restore: (share: number) => void;
  /** What fails from now on. */
  fails: "nothing" | "writing" | "forcing" | "loading";
  readonly written: (laneId: LaneId) => LaneFacts;
  readonly forced: (laneId: LaneId) => LaneFacts;
  readonly rows: (laneId: LaneId) => readonly StoredUpdate[];
  /** Whether somebody is known to own this client id. */
  readonly isClaimed: (laneId: LaneId, clientId: number) => boolean;
}

type Operation =
  | { readonly kind: "row"; readonly laneId: LaneId; readonly row: StoredUpdate; readonly claims: readonly number[] }
  | { readonly kind: "snapshot"; readonly laneId: LaneId; readonly upTo: Seq; readonly bytes: Uint8Array }
  | { readonly kind: "claim"; readonly laneId: LaneId; readonly clientId: number; readonly personId: PersonId };

interface Waiting {
  /** Made when the group is committed, so that a refused group leaves no gap in the numbers. */
  readonly operation: (() => Operation) | undefined;
  readonly written: (operation: Operation | undefined) => void;
  readonly notWritten: () => void;
  readonly forced: (isForced: boolean) => void;
}

const returningMs = 3_600_000;
const failure: Result<never, StoreFailure> = fail({ kind: "store-failing", why: "failing" });

export function createDisk(world: World, chance: Seeded): Disk {
  let operations: Operation[] = [];
  /** How many of them outlive the power. */
  let forcedCount = 0;
  let currentProcess = 0;
  let returningUntil: number | undefined;
  let written = new Map<LaneId, LaneFacts>();
  let forced = new Map<LaneId, LaneFacts>();

  const factsOf = (facts: Map<LaneId, LaneFacts>, laneId: LaneId): LaneFacts => {
    const known = facts.get(laneId) ?? createLaneFacts();
    facts.set(laneId, known);
    return known;
  };
  const factsFrom = (from: readonly Operation[]) => {
    const facts = new Map<LaneId, LaneFacts>();
    for (const operation of from)
      if (operation.kind === "row") factsOf(facts, operation.laneId).take(operation.row.bytes);
    return facts;
  };
  const rowsOf = (laneId: LaneId): readonly StoredUpdate[] =>
    operations.flatMap((operation) => (operation.kind === "row" && operation.laneId === laneId ? [operation.row] : []));
  const claimsOf = (laneId: LaneId): ReadonlyMap<number, PersonId> => {
    const claims = new Map<number, PersonId>();
    for (const operation of operations) {
      if (operation.laneId !== laneId || operation.kind === "snapshot") continue;
      const personId = operation.kind === "row" ? operation.row.personId : operation.personId;
      for (const clientId of operation.kind === "row" ? operation.claims : [operation.clientId]) {
        if (!claims.has(clientId)) claims.set(clientId, personId);
      }
    }
    return claims;
  };
  const readLane = (laneId: LaneId): StoredLane => {
    const snapshot = operations.findLast(
      (operation): operation is Extract<Operation, { kind: "snapshot" }> =>
        operation.kind === "snapshot" && operation.laneId === laneId,
    );
    return {
      snapshot: snapshot && { upTo: snapshot.upTo, bytes: snapshot.bytes.slice() },
      tail: rowsOf(laneId)
        .filter(({ seq }) => seq > (snapshot?.upTo ?? 0))
        .map((row) => ({ ...row, bytes: row.bytes.slice() })),
      clientIds: [...claimsOf(laneId)].map(([clientId, personId]) => ({ clientId, personId })),
      damage: undefined,
      returningUntil,
    };
  };

  const open = (): LaneStore => {
    currentProcess++;
    const mine = currentProcess;
    let waiting: Waiting[] = [];
    let isForcing = false;
    const unforced: { readonly upTo: number; readonly of: readonly Waiting[] }[] = [];

    /** An event of this process: never runs when the process has ended. */
    const later = (mostMs: number, run: () => void) =>
      world.after(chance.whole(mostMs * 4 + 1) / 4, () => {
        if (mine === currentProcess) run();
      });

    /** An answer. They come in the order in which they were given, as a thread's messages do. */
    let answeredAt = 0;
    const answer = (mostMs: number, run: () => void) => {
      answeredAt = Math.max(answeredAt, world.now() + chance.whole(mostMs * 4 + 1) / 4);
      world.after(answeredAt - world.now(), () => {
        if (mine === currentProcess) run();
      });
    };

    const commit = () => {
      const group = waiting;
      waiting = [];
      if (disk.fails === "writing" || (disk.fails === "forcing" && chance.chance(0.2))) {
        world.note("group refused", group.length);
        answer(2, () => {
          for (const each of group) each.notWritten();
        });
        return;
      }
      const made = group.map((each) => {
        const operation = each.operation?.();
        if (!operation) return undefined;
        operations.push(operation);
        if (operation.kind === "row") factsOf(written, operation.laneId).take(operation.row.bytes);
        return operation;
      });
      world.note("group committed", operations.length);
      unforced.push({ upTo: operations.length, of: group });
      answer(2, () => {
        for (const [index, each] of group.entries()) each.written(made[index]);
      });
      force();
    };

    const force = () => {
      if (isForcing || unforced.length === 0) return;
      isForcing = true;
      const groups = unforced.splice(0);
      const upTo = groups.at(-1)?.upTo ?? 0;
      // As a rule 0.5 ms, at worst a tenth of a second.
      later(chance.chance(0.1) ? 120 : 2, () => {
        const works = disk.fails !== "forcing" && disk.fails !== "writing";
        world.note(works ? "forced" : "not forced", upTo);
        if (works) {
          for (const operation of operations.slice(forcedCount, upTo)) {
            if (operation.kind === "row") factsOf(forced, operation.laneId).take(operation.row.bytes);
          }
          forcedCount = upTo;
        }
        answer(2, () => {
          for (const { of } of groups) for (const each of of) each.forced(works);
          isForcing = false;
          force();
        });
      });
    };

    const ask = <T>(operation: (() => Operation) | undefined, answerOf: (made: Operation | undefined) => T) => {
      const kept = Promise.withResolvers<Result<T, StoreFailure>>();
      const safe = Promise.withResolvers<Result<void, StoreFailure>>();
      if (waiting.length === 0) later(4, commit);
      waiting.push({
        operation,
        written: (made) => kept.resolve(ok(answerOf(made))),
        notWritten: () => {
          kept.resolve(failure);
          safe.resolve(failure);
        },
        forced: (isForced) => {
          safe.resolve(isForced ? ok(undefined) : failure);
        },
      });
      return { written: kept.promise, forced: safe.promise };
    };

    const append = ({ laneId, personId, at, bytes, claims = [], returned = false }: NewUpdate) =>
      ask(
        () => ({
          kind: "row",
          laneId,
          row: { seq: rowsOf(laneId).length + 1, personId, at, bytes: bytes.slice(), returned },
          claims,
        }),
        (made) => (made?.kind === "row" ? made.row.seq : 0),
      );

    return {
      append,
      loadLane: (laneId) =>
        new Promise((resolve) => {
          later(5, () => {
            const isRead = disk.fails !== "loading";
            const read = isRead ? ok(readLane(laneId)) : failure;
            answer(5, () => resolve(read));
          });
        }),
      writeSnapshot: async (laneId, { upTo, bytes }) => {
        const { written: isWritten, forced: isForced } = ask(
          () => ({ kind: "snapshot", laneId, upTo, bytes: bytes.slice() }),
          () => undefined,
        );
        const first = await isWritten;
        return first.ok ? isForced : first;
      },
      claimClientId: async (laneId, personId, clientId) => {
        const { written: isWritten } = ask(
          () => ({ kind: "claim", laneId, clientId, personId }),
          () => claimsOf(laneId).get(clientId) ?? personId,
        );
        return isWritten;
      },
      probe: async () => {
        const { written: isWritten, forced: isForced } = ask(undefined, () => undefined);
        const first = await isWritten;
        return first.ok ? isForced : first;
      },
    };
  };

  const disk: Disk = {
    open,
    fails: "nothing",
    crash: (kind) => {
      currentProcess++;
      if (kind === "process") {
        // The next start forces what an earlier process left unforced.
        forcedCount = operations.length;
        forced = factsFrom(operations);
        return;
      }
      const left = forcedCount + chance.whole(operations.length - forcedCount + 1);
      world.note("power cut", left);
      operations = operations.slice(0, left);
      forcedCount = left;
      written = factsFrom(operations);
      forced = factsFrom(operations);
      returningUntil = world.now() + returningMs;
    },
    restore: (share) => {
      currentProcess++;
      operations = operations.slice(0, Math.floor(forcedCount * share));
      world.note("restored", operations.length);
      forcedCount = operations.length;
      written = factsFrom(operations);
      forced = factsFrom(operations);
      returningUntil = world.now() + 30 * 24 * returningMs;
    },
    written: (laneId) => factsOf(written, laneId),
    forced: (laneId) => factsOf(forced, laneId),
    rows: rowsOf,
    isClaimed: (laneId, clientId) => claimsOf(laneId).has(clientId),
  };
  return disk;
}

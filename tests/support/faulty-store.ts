import { fail, type Result } from "#shared/result.ts";
import type { BoardStore, StoreFailure } from "../../server/store/board-store.ts";

type Why = StoreFailure["why"];

/** How a test makes a store behave badly, and well again. */
export interface Faults {
  /** From now on every write fails at once and nothing of it is kept; reading goes on. */
  readonly breakWrites: (why: Why) => void;
  /** From now on updates are written, but forcing them fails. */
  readonly breakForcing: (why: Why) => void;
  /** Ends both of the above. */
  readonly heal: () => void;
  /** Updates are kept, but nobody hears that they were written (nor forced) until the returned function is called. */
  readonly holdWritten: () => () => void;
  /** Nobody hears that updates are forced until the returned function is called. */
  readonly holdForced: () => () => void;
  /** How many updates were appended, those that failed included. */
  readonly appends: () => number;
}

const reads = new Set<keyof BoardStore>([
  "loadLane",
  "board",
  "lane",
  "lanesOf",
  "boardsOfAccount",
  "person",
  "peopleOf",
  "invitationBySecret",
  "invitationByCode",
  "invitationOf",
  "session",
  "history",
  "snapshotBefore",
  "auditOf",
  "verifyAudit",
  "erasures",
  "apiToken",
  "close",
]);

/** Wraps any store. Until a fault is asked for it is the store itself. */
export function createFaultyStore(inner: BoardStore): { readonly store: BoardStore; readonly faults: Faults } {
  let brokenWrites: Why | undefined;
  let brokenForcing: Why | undefined;
  let appended = 0;
  let writtenGate: Promise<void> = Promise.resolve();
  let forcedGate: Promise<void> = Promise.resolve();

  const failure = (why: Why): Result<never, StoreFailure> => fail({ kind: "store-failing", why });

  const append: BoardStore["append"] = (update) => {
    appended += 1;
    if (brokenWrites) {
      const failed = Promise.resolve(failure(brokenWrites));
      return { written: failed, forced: failed };
    }
    const forcingFails = brokenForcing;
    const gates = { written: writtenGate, forced: forcedGate };
    const kept = inner.append(update);
    const written = gates.written.then(() => kept.written);
    const forced = written
      .then(() => gates.forced)
      .then(() => kept.forced)
      .then((result) => (forcingFails && result.ok ? failure(forcingFails) : result));
    return { written, forced };
  };

  const refusing = Object.fromEntries(
    Object.entries(inner)
      .filter(([name]) => !reads.has(name as keyof BoardStore))
      .map(([name, write]) => [
        name,
        (...args: readonly unknown[]) => {
          const why = brokenWrites ?? (name === "probe" ? brokenForcing : undefined);
          return why ? Promise.resolve(failure(why)) : (write as (...args: readonly unknown[]) => unknown)(...args);
        },
      ]),
  ) as Partial<BoardStore>;

  const hold = (put: (gate: Promise<void>) => void) => () => {
    const gate = Promise.withResolvers<void>();
    put(gate.promise);
    return () => {
      put(Promise.resolve());
      gate.resolve();
    };
  };

  return {
    store: { ...inner, ...refusing, append },
    faults: {
      breakWrites: (why) => {
        brokenWrites = why;
      },
      breakForcing: (why) => {
        brokenForcing = why;
      },
      heal: () => {
        brokenWrites = undefined;
        brokenForcing = undefined;
      },
      holdWritten: hold((gate) => {
        writtenGate = gate;
      }),
      holdForced: hold((gate) => {
        forcedGate = gate;
      }),
      appends: () => appended,
    },
  };
}

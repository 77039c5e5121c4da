import { mayDo } from "#shared/access/roles.ts";
import type { AuditView } from "#shared/protocol/api.ts";
import type { BoardStore, NewAuditEntry, PersonRecord } from "../store/board-store.ts";
import { type Answer, inSteps, type Refusal } from "./answer.ts";

export type AuditFact = Omit<NewAuditEntry, "at">;

/** Writes down who did what with a board. Entries hold ids and numbers, never a word. */
export interface Audit {
  /** Of what has been done: does not wait. What cannot be written is told to the log, and the deed stands. */
  readonly note: (fact: AuditFact) => void;
  /** Of what is about to be read: settles once it is written down, so that nobody reads what nobody will know of. */
  readonly first: (fact: AuditFact) => Answer<void>;
}

export function createAudit(parts: {
  readonly store: Pick<BoardStore, "audit">;
  readonly now: () => number;
  /** Told the kind of deed that could not be written down. */
  readonly onTrouble: (action: string) => void;
}): Audit {
  const { store, now, onTrouble } = parts;
  return {
    note: (fact) => {
      void store.audit({ ...fact, at: now() }).then((written) => {
        if (!written.ok) onTrouble(fact.action);
      });
    },
    first: async (fact): ReturnType<Audit["first"]> => {
      const written = await store.audit({ ...fact, at: now() });
      return written.ok ? written : { ok: false, error: { kind: "not-storing" } satisfies Refusal };
    },
  };
}

/**
 * A page of a board's audit, for its owner alone: an API token may start a board and nothing more, so a program sees
 * none of it. Each page that is read is written down too.
 */
export function readAudit(
  { store, audit }: { readonly store: Pick<BoardStore, "auditOf">; readonly audit: Audit },
  asker: PersonRecord,
  { after, limit }: { readonly after: number; readonly limit: number },
): Answer<AuditView> {
  return inSteps(async ({ take, refuse }) => {
    if (!mayDo(asker.role, "read-audit")) refuse("not-allowed");
    const { boardId, personId } = asker;
    await take(audit.first({ boardId, personId, action: "audit-read" }));
    const entries = await take(store.auditOf(boardId, { after, limit: limit + 1 }));
    return {
      entries: entries.slice(0, limit).map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
      more: entries.length > limit,
    };
  });
}

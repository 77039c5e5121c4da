import { fail, ok } from "#shared/result.ts";
import { type Answer, inSteps } from "./answer.ts";
import { type StaffAccounts, type StaffOptions, staffCookiePrefix } from "./staff.ts";

export interface OpenedStaff extends StaffAccounts {
  /** Brings the library in before somebody waits for it. */
  readonly warmUp: () => Promise<void>;
  /** What is asked from now on has no answer. Nothing of the accounts is under way in the store any more when it ends. */
  readonly close: () => Promise<void>;
}

/**
 * The staff accounts, whose library is brought in by the first call that needs it. No board does: a server that was
 * restarted has everybody back on their boards before it reads that half of its code. A call waits for it, and answers
 * `not-storing` when it cannot be had; the next call tries again.
 */
export function openStaffAccounts(options: StaffOptions): OpenedStaff {
  const { accounts, onTrouble } = options;
  let opening: ReturnType<typeof open> | undefined;
  let isClosed = false;

  const open = async () => {
    const { openStaffLibrary } = await import("./staff-library.ts");
    return openStaffLibrary(options);
  };
  const orNotStoring = async <T>(what: string, call: () => Promise<T>): Answer<T> => {
    try {
      if (!isClosed) return ok(await call());
    } catch (error) {
      if (!isClosed) onTrouble(`${what}: ${error instanceof Error ? error.name : "unknown"}`);
    }
    return fail({ kind: "not-storing" });
  };
  const library = () =>
    orNotStoring("opening the accounts", async () => {
      opening ??= open();
      try {
        return await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
    });
  const mayBeStaff = (cookie = "") => cookie.includes(`${staffCookiePrefix}.`);

  return {
    signedIn: async (request) => {
      if (!mayBeStaff(request.headers.cookie)) return ok(undefined);
      return inSteps(async ({ take }) => take((await take(library())).signedIn(request)));
    },
    signIn: (email, password) => inSteps(async ({ take }) => take((await take(library())).signIn(email, password))),
    signOut: async (request) => {
      if (!mayBeStaff(request.headers.cookie)) return ok({ cookies: [] });
      return inSteps(async ({ take }) => take((await take(library())).signOut(request)));
    },
    create: (account) => inSteps(async ({ take }) => take((await take(library())).create(account))),
    // Asked at each start, so without the library: its table is there once it has been in use.
    anyExists: () =>
      orNotStoring("counting accounts", async () => {
        const found = async (sql: string) => (await accounts.query(sql, [])).rows.length > 0;
        if (!(await found("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'user'"))) return false;
        return found('SELECT 1 FROM "user" LIMIT 1');
      }),
    warmUp: async () => {
      await library();
    },
    close: async () => {
      isClosed = true;
      await opening?.catch(() => {});
    },
  };
}

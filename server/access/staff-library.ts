import type { IncomingMessage } from "node:http";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fail, ok } from "#shared/result.ts";
import { createAccountsDialect } from "./accounts-dialect.ts";
import { type Answer, inSteps } from "./answer.ts";
import { readCookie } from "./cookies.ts";
import { type StaffAccounts, type StaffOptions, staffCookiePrefix } from "./staff.ts";

/** better-auth. Nobody else knows that library, and `open-staff.ts` alone brings it in: it is more than half of our code. */

/** The library's own end of a sign-in; ours comes much sooner (`staff-limits.ts`). Not prolonged by use. */
const signInSeconds = 7 * 24 * 60 * 60;
const passwordLength = { least: 10, most: 128 } as const;

/** Brings the accounts' tables up to date, then opens them. Rejects when the store cannot be read. */
export async function openStaffLibrary(options: StaffOptions): Promise<Omit<StaffAccounts, "anyExists">> {
  const settings = {
    appName: "Alongside",
    baseURL: options.baseUrl,
    secret: options.secret,
    database: { dialect: createAccountsDialect(options.accounts), type: "sqlite" as const },
    // Sign-up is shut even for code: accounts come from a set-up link alone, through `create` below.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
    },
    session: { expiresIn: signInSeconds, disableSessionRefresh: true, cookieCache: { enabled: false } },
    advanced: {
      cookiePrefix: staffCookiePrefix,
      useSecureCookies: options.secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: "strict" as const, secure: options.secure, path: "/" },
      ipAddress: { disableIpTracking: true },
    },
    // Our own throttle counts refused sign-ins; this one counts calls.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Its messages can quote an e-mail address; what matters reaches us as an error.
    logger: { disabled: true },
  } satisfies BetterAuthOptions;
  await (await getMigrations(settings)).runMigrations();
  const auth = betterAuth(settings);
  const context = await auth.$context;
  const cookieName = context.authCookies.sessionToken.name;

  /** The library speaks in exceptions: those it means as an answer have a status below 500. */
  const orNotStoring = async <T>(what: string, call: () => Promise<T>): Answer<T> => {
    try {
      return ok(await call());
    } catch (error) {
      if (isRefusal(error)) return fail({ kind: "wrong-password" });
      options.onTrouble(`${what}: ${error instanceof Error ? error.name : "unknown"}`);
      return fail({ kind: "not-storing" });
    }
  };
  /** Only the cookie goes in: no address and no browser name is kept with a session. */
  const headersOf = (request: IncomingMessage) => {
    const cookie = readCookie(request, cookieName);
    return cookie === undefined ? undefined : new Headers({ cookie: `${cookieName}=${cookie}` });
  };

  return {
    signedIn: async (request) => {
      const headers = headersOf(request);
      if (!headers) return ok(undefined);
      const found = await orNotStoring("reading a session", () => auth.api.getSession({ headers }));
      if (!found.ok) return found.error.kind === "wrong-password" ? ok(undefined) : found;
      if (!found.value) return ok(undefined);
      const { session, user } = found.value;
      return ok({
        accountId: user.id,
        name: user.name,
        sessionId: session.id,
        sessionEndsAt: new Date(session.expiresAt).getTime(),
        sessionAgeMs: Math.max(0, Date.now() - new Date(session.createdAt).getTime()),
      });
    },
    signIn: (email, password) =>
      inSteps(async ({ take }) => {
        const { headers, response } = await take(
          orNotStoring("signing in", () =>
            auth.api.signInEmail({ body: { email, password, rememberMe: true }, returnHeaders: true }),
          ),
        );
        return { name: response.user.name, cookies: headers.getSetCookie() };
      }),
    signOut: async (request) => {
      const headers = headersOf(request);
      if (!headers) return ok({ cookies: [] });
      return inSteps(async ({ take }) => {
        const done = await take(orNotStoring("signing out", () => auth.api.signOut({ headers, returnHeaders: true })));
        return { cookies: done.headers.getSetCookie() };
      });
    },
    create: ({ name, email, password }) =>
      inSteps(async ({ take, refuse }) => {
        const address = email.toLowerCase();
        const taken = await take(
          orNotStoring("looking for an account", () => context.internalAdapter.findUserByEmail(address)),
        );
        if (taken) refuse("email-taken");
        const hash = await context.password.hash(password);
        const make = async () => {
          const user = await context.internalAdapter.createUser(
            { name, email: address, emailVerified: false },
            { method: "email-password" },
          );
          try {
            await context.internalAdapter.linkAccount({
              userId: user.id,
              providerId: "credential",
              accountId: user.id,
              password: hash,
            });
          } catch (error) {
            // Without its password the account could never be opened, and its address would be taken for good.
            await context.internalAdapter.deleteUser(user.id);
            throw error;
          }
        };
        await take(orNotStoring("making an account", make));
      }),
  };
}

function isRefusal(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "statusCode" in error &&
    typeof error.statusCode === "number" &&
    error.statusCode < 500
  );
}

import type { SetupBody } from "#shared/protocol/api.ts";
import { type Answer, inSteps, type Refusal } from "./answer.ts";
import { newSecret } from "./keys.ts";
import { type EntryParts, lasting } from "./parts.ts";
import type { SignedIn } from "./staff.ts";
import { createThrottle, type ThrottleLimits } from "./throttle.ts";

/** How workers come to an account, and sign in to it. */
export interface Setup {
  /** The token for the link printed at start-up, or `undefined` once an account exists. The same at each start. */
  readonly firstToken: () => Answer<string | undefined>;
  /** A token for one more account; works once, for three days. */
  readonly newToken: () => Answer<string>;
  /** Makes the account and signs in. `setup-done` when the token was used, has ended or never was one. */
  readonly setUp: (body: SetupBody, address: string) => Answer<SignedIn>;
  readonly signIn: (email: string, password: string, address: string) => Answer<SignedIn>;
}

/** What `npm run admin -- token` hands out. */
export async function newApiToken(
  { store, keys, now, random }: Pick<EntryParts, "store" | "keys" | "now" | "random">,
  name: string,
): Answer<string> {
  return inSteps(async ({ take }) => {
    const token = newSecret(random, 32);
    await take(store.putApiToken({ tokenHash: keys.hash("api-token", token), name, createdAt: now() }));
    return token;
  });
}

export function createSetup(
  { store, staff, keys, now, random }: Pick<EntryParts, "store" | "staff" | "keys" | "now" | "random">,
  limits: Pick<ThrottleLimits, "signIn" | "links">,
): Setup {
  const signInThrottle = createThrottle(limits.signIn);
  const tokenThrottle = createThrottle(limits.links);
  const put = (token: string) => store.putSetupToken(keys.hash("setup", token), now() + lasting.setupLinkMs);

  return {
    firstToken: () =>
      inSteps(async ({ take }) => {
        if (await take(staff.anyExists())) return undefined;
        await take(put(keys.firstSetupToken));
        return keys.firstSetupToken;
      }),
    newToken: () =>
      inSteps(async ({ take }) => {
        const token = newSecret(random, 32);
        await take(put(token));
        return token;
      }),
    setUp: ({ token, name, email, password }, address) =>
      tokenThrottle.countFailures(
        { address },
        () =>
          inSteps(async ({ take, refuse }) => {
            if (!(await take(store.takeSetupToken(keys.hash("setup", token), now())))) refuse("setup-done");
            const made = await staff.create({ name, email, password });
            if (!made.ok) {
              // The link did not do what it is for, so it goes on working.
              await take(put(token));
              refuse(made.error.kind);
            }
            return take(staff.signIn(email, password));
          }),
        (refusal: Refusal) => refusal.kind === "setup-done",
      ),
    signIn: (email, password, address) =>
      signInThrottle.attempt(
        { address, account: keys.hash("setup", `sign-in:${email.toLowerCase()}`) },
        () => staff.signIn(email, password),
        (refusal: Refusal) => refusal.kind === "wrong-password",
      ),
  };
}

import type { IncomingMessage } from "node:http";
import type { SqlDoor } from "../store/sql-door.ts";
import type { Answer } from "./answer.ts";

/** A worker who is signed in. */
export interface StaffMember {
  readonly accountId: string;
  readonly name: string;
  readonly sessionId: string;
  readonly sessionEndsAt: number;
  /** Since they signed in. */
  readonly sessionAgeMs: number;
}

export interface SignedIn {
  readonly name: string;
  /** `Set-Cookie` values. */
  readonly cookies: readonly string[];
}

/** The staff accounts: better-auth (`staff-library.ts`) behind the few things we ask of it. */
export interface StaffAccounts {
  /** Who is signed in by this request's cookie, or nobody. */
  readonly signedIn: (request: IncomingMessage) => Answer<StaffMember | undefined>;
  /** Refused with `wrong-password`, whether or not there is such an account. */
  readonly signIn: (email: string, password: string) => Answer<SignedIn>;
  /** Ends the session of this request's cookie. */
  readonly signOut: (request: IncomingMessage) => Answer<{ readonly cookies: readonly string[] }>;
  /** Refused with `email-taken`. The only way an account is ever made. */
  readonly create: (account: {
    readonly name: string;
    readonly email: string;
    readonly password: string;
  }) => Answer<void>;
  readonly anyExists: () => Answer<boolean>;
}

export interface StaffOptions {
  readonly accounts: SqlDoor;
  readonly secret: string;
  readonly baseUrl: string;
  readonly secure: boolean;
  /** Told what the library could not do. Never holds what a person typed. */
  readonly onTrouble: (what: string) => void;
}

/** What the names of their cookies begin with, after `__Secure-`. */
export const staffCookiePrefix = "alongside-staff";

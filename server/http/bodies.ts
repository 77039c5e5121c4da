import * as v from "valibot";
import { isRole, type Role } from "#shared/access/roles.ts";
import { type BoardId, type LaneId, parseId } from "#shared/board/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import { isOneLine } from "#shared/protocol/one-line.ts";
import { personColours, personSymbols } from "#shared/protocol/presence.ts";

/** What each call may carry. Fields that we do not know are left out, so that a newer client can talk to us. */

/** Words on one line, without what would break a list of people. */
const line = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most), v.check(isOneLine));
const name = line(limits.nameLength);
const title = line(limits.titleLength);

const language = v.pipe(
  v.string(),
  v.maxLength(35),
  v.check((tag) => canonicalLanguage(tag) !== undefined),
  v.transform((tag) => canonicalLanguage(tag) as string),
);

/** A language tag in its usual spelling (`en-GB`), or `undefined` when it is none. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

const laneId = v.custom<LaneId>((value) => parseId(value) !== undefined);
const moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => Date.parse(text)),
  v.number(),
);

export const newBoardBody = v.object({ title, owner: v.object({ name, language }) });

export const titleBody = v.object({ title });

const lanes = v.pipe(v.array(v.object({ laneId, access: v.picklist(["read", "write"]) })), v.maxLength(100));

export const newInvitationBody = v.object({
  name,
  role: v.custom<Role>(isRole),
  language,
  lanes: v.optional(lanes),
  expiresAt: v.optional(moment),
  until: v.optional(moment),
});

export const changePersonBody = v.object({
  role: v.optional(v.custom<Role>(isRole)),
  lanes: v.optional(lanes),
  until: v.optional(v.nullable(moment)),
});

export const renewBody = v.object({ boardId: v.optional(v.custom<BoardId>((value) => parseId(value) !== undefined)) });

const seq = v.pipe(v.number(), v.integer(), v.minValue(0));
export const restoreLaneBody = v.object({ seq, preview: v.optional(v.boolean()), head: v.optional(seq) });

const secret = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
export const joinBody = v.union([v.object({ secret }), v.object({ code: v.pipe(v.string(), v.maxLength(40)) })]);

export const meBody = v.object({
  name: v.optional(name),
  language: v.optional(language),
  colour: v.optional(v.picklist(personColours)),
  symbol: v.optional(v.nullable(v.picklist(personSymbols))),
});

const email = v.pipe(v.string(), v.trim(), v.maxLength(254), v.email());
export const setupBody = v.object({
  token: secret,
  name,
  email,
  password: v.pipe(v.string(), v.minLength(10), v.maxLength(128)),
});
export const signInBody = v.object({
  email: v.pipe(v.string(), v.trim(), v.maxLength(254)),
  password: v.pipe(v.string(), v.maxLength(128)),
});

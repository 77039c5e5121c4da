import type { InvitationView } from "#shared/protocol/api.ts";
import type { InvitationRecord, PersonRecord } from "../store/board-store.ts";
import type { Steps } from "./answer.ts";
import { newCode, newSecret } from "./keys.ts";
import { type EntryParts, lasting } from "./parts.ts";

/**
 * A new link and code for somebody: the record to keep, which holds hashes only, and the one view of it that ever
 * exists. `base` is where links start. The caller stores the record; whatever the person had before stops working.
 */
export async function freshInvitation(
  { store, keys, now, random }: Pick<EntryParts, "store" | "keys" | "now" | "random">,
  person: Pick<PersonRecord, "personId" | "boardId">,
  base: string,
  { take }: Steps,
  expiresAt = now() + lasting.invitationMs,
): Promise<{ readonly record: InvitationRecord; readonly view: InvitationView }> {
  const secret = newSecret(random, 16);
  let code = newCode(random);
  // Two people with one code at the same time would open each other's board. Old ones are found too, which does no harm.
  while (await take(store.invitationByCode(keys.hash("code", code)))) code = newCode(random);
  const createdAt = now();
  const codeExpiresAt = Math.min(createdAt + lasting.codeMs, expiresAt);
  return {
    record: {
      personId: person.personId,
      boardId: person.boardId,
      secretHash: keys.hash("invitation", secret),
      codeHash: keys.hash("code", code),
      codeExpiresAt,
      expiresAt,
      state: "open",
      createdAt,
    },
    view: {
      url: `${base}/join#${secret}`,
      code,
      codeExpiresAt: new Date(codeExpiresAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
    },
  };
}

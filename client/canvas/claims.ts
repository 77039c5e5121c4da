import type { CardId } from "#shared/board/ids.ts";
import { wordsKey } from "../board/use-shared-text.ts";
import type { BoardSession } from "../session/board-session.ts";
import type { Claim } from "./hold.ts";

/** The name of a card's words in presence. */
export const cardWordsKey = (cardId: CardId) => wordsKey({ of: "card", id: cardId, field: "words" });

/** Everybody else's claims on a card's words. */
export function claimsOn(session: BoardSession, cardId: CardId): readonly Claim[] {
  const key = cardWordsKey(cardId);
  const claims: Claim[] = [];
  for (const other of session.others()) {
    const { editing } = other.presence;
    if (editing?.key !== key) continue;
    claims.push({ connection: other.key, since: editing.since, idle: editing.idle === true });
  }
  return claims;
}

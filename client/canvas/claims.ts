import type { CardId } from "#shared/board/ids.ts";
import { wordsKey } from "../board/use-shared-text.ts";
import type { BoardSession } from "../session/board-session.ts";
import { type Claim, holderOf } from "./hold.ts";

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

/**
 * Who else is busy with a card, as a number, so that presence arriving twenty times a second makes no objects: above 0 a
 * writer's connection + 1, below 0 a mover's, 0 nobody.
 */
export function busyWith(session: BoardSession, cardId: CardId): number {
  const others = session.others();
  if (others.length === 0) return 0;
  const holder = holderOf(claimsOn(session, cardId));
  if (holder) return holder.connection + 1;
  const mover = others.find(({ presence }) => presence.dragging?.cardId === cardId);
  return mover ? -mover.key - 1 : 0;
}

/** Every card that somebody else is busy with, as `busyWith` tells it. */
export function busyCards(session: BoardSession): ReadonlyMap<CardId, number> {
  const busy = new Map<CardId, number>();
  for (const { presence } of session.others()) {
    const written = /^card:(.+):words$/.exec(presence.editing?.key ?? "")?.[1] as CardId | undefined;
    for (const cardId of [written, presence.dragging?.cardId]) {
      if (cardId !== undefined) busy.set(cardId, busyWith(session, cardId));
    }
  }
  return busy;
}

import * as Y from "yjs";
import type { Card, LongWords } from "./board.ts";
import { type CardId, type LaneId, type PersonId, parseId } from "./ids.ts";
import { readLongWords } from "./long-words.ts";
import { parseLanguage, parseMoment, parseOneOf, parsePlace, parseRemoved } from "./read-value.ts";
import { cardFields, cardKinds } from "./schema.ts";
import { hasWordsOfOthers, readWords } from "./words.ts";

export interface StoredCard {
  readonly card: Card;
  readonly story: LongWords;
  /** Its adding was undone, so it is not among the cards put away either. */
  readonly isUndone: boolean;
}

/** A card from its record, or `undefined` when the record is not one. */
export function readCard(id: CardId, record: unknown, laneId: LaneId): StoredCard | undefined {
  if (!(record instanceof Y.Map)) return undefined;
  const kind = parseOneOf(cardKinds, record.get(cardFields.kind));
  const text = record.get(cardFields.words);
  const fragment = record.get(cardFields.story);
  const place = parsePlace(record.get(cardFields.place));
  const author = parseId<PersonId>(record.get(cardFields.author));
  const language = parseLanguage(record.get(cardFields.language));
  const createdAt = parseMoment(record.get(cardFields.createdAt));
  if (!kind || !place || !author || !language || createdAt === undefined) return undefined;
  if (!(text instanceof Y.Text) || !(fragment instanceof Y.XmlFragment)) return undefined;
  const words = readWords(text);
  const story = readLongWords(fragment);
  const removed = parseRemoved(record.get(cardFields.removed));
  const isWrittenOn =
    removed?.isUndone === true && [words.runs, ...story.paragraphs].some((runs) => hasWordsOfOthers(runs, removed.by));
  return {
    card: {
      id,
      laneId,
      kind,
      words,
      hasStory: !story.isEmpty,
      place,
      author,
      language,
      createdAt,
      removed: removed && !isWrittenOn ? { by: removed.by, at: removed.at } : undefined,
      besides: parseId<CardId>(record.get(cardFields.besides)),
    },
    story,
    isUndone: removed?.isUndone === true && !isWrittenOn,
  };
}

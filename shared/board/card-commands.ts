import * as Y from "yjs";
import { cellKeyOf, freeSpot, keepInCell } from "../geometry/map-layout.ts";
import { fail, ok } from "../result.ts";
import type { Board, CardPlace, Done } from "./board.ts";
import {
  authorOf,
  cardNotFound,
  isTooLong,
  outOfRange,
  tooLong,
  type Workbench,
  wellFormed,
  writableLane,
  writeFields,
} from "./commands.ts";
import { type CardId, newId } from "./ids.ts";
import { type Lane, laneForNew, laneNaming } from "./lanes.ts";
import { parseLanguage, parseOneOf, parsePlace } from "./read-value.ts";
import { cardFields, cardKinds, roots } from "./schema.ts";
import { newText } from "./words.ts";

type CardCommands = Pick<
  Board,
  "addCard" | "placeCard" | "setCardKind" | "setCardLanguage" | "removeCard" | "bringBackCard"
>;

export function cardCommands(bench: Workbench): CardCommands {
  const { lanes, index, history, context } = bench;
  const { cards } = index.caches;

  /** A card on the map; one put away can only be brought back. */
  const findCard = (id: CardId): Done<Lane> => {
    index.settle();
    const isThere = cards.get(id)?.card.removed === undefined;
    return writableLane(isThere ? cards.laneOf(id) : undefined, cardNotFound(id));
  };
  const set = (id: CardId, field: string, value: unknown): Done => {
    const lane = findCard(id);
    if (!lane.ok) return lane;
    writeFields(bench, lane.value, roots.cards, id, [{ field, value }]);
    return ok(undefined);
  };
  const firstFreeSpot = (place: Pick<CardPlace, "area" | "time">) =>
    freeSpot(
      index
        .cardIdsIn(cellKeyOf(place.area, place.time))
        .map((id) => cards.get(id)?.card.place.at)
        .filter((at) => at !== undefined),
    );

  return {
    addCard: (card) => {
      index.settle();
      if (isTooLong(card.words)) return fail(tooLong);
      const kind = parseOneOf(cardKinds, card.kind);
      const language = parseLanguage(card.language ?? context.language());
      const place = parsePlace({ area: card.area, time: card.time, at: card.at ?? { x: 0, y: 0 } });
      if (!kind || !language || !place) return fail(outOfRange);
      const besides = card.besides === undefined ? undefined : cards.laneOf(card.besides);
      if (card.besides !== undefined && !besides) return fail(cardNotFound(card.besides));
      const lane = besides ? laneNaming([besides], lanes) : laneForNew(lanes);
      if (!lane) return fail({ kind: "lane-is-read-only" });
      const id = newId<CardId>(context.random);
      const at = card.at ? keepInCell(place.at) : firstFreeSpot(place);
      const createdAt = context.now();
      history.add(
        lane,
        roots.cards,
        id,
        () =>
          new Y.Map<unknown>([
            [cardFields.kind, kind],
            [cardFields.words, newText(wellFormed(card.words ?? ""), authorOf(bench, card))],
            [cardFields.story, new Y.XmlFragment()],
            [cardFields.place, { area: place.area, time: place.time, at: { ...at } }],
            [cardFields.author, context.me],
            [cardFields.language, language],
            [cardFields.createdAt, createdAt],
            ...(card.besides === undefined ? [] : ([[cardFields.besides, card.besides]] as const)),
          ]),
        { by: context.me, at: createdAt, undone: true },
      );
      return ok(id);
    },
    placeCard: (id, wanted) => {
      const place = parsePlace(wanted);
      if (!place) return fail(outOfRange);
      return set(id, cardFields.place, { area: place.area, time: place.time, at: keepInCell(place.at) });
    },
    setCardKind: (id, kind) => (parseOneOf(cardKinds, kind) ? set(id, cardFields.kind, kind) : fail(outOfRange)),
    setCardLanguage: (id, language) =>
      parseLanguage(language) ? set(id, cardFields.language, language) : fail(outOfRange),
    removeCard: (id) => set(id, cardFields.removed, { by: context.me, at: context.now() }),
    bringBackCard: (id) => {
      index.settle();
      const lane = writableLane(cards.laneOf(id), cardNotFound(id));
      if (!lane.ok) return lane;
      writeFields(bench, lane.value, roots.cards, id, [{ field: cardFields.removed, value: undefined }]);
      return ok(undefined);
    },
  };
}

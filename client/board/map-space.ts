import type { CardPlace } from "#shared/board/board.ts";

/**
 * How something that is not a card finds its place on the map (people's pointers). Offsets are pixels from the inline
 * start and the top of an element that scrolls with the map, so nothing has to be told while somebody scrolls.
 */
export interface MapSpace {
  /** `place.at` may be any point of the cell, not only a card's corner. */
  readonly offsetOf: (place: CardPlace) => { readonly inline: number; readonly block: number };
  /** Told when offsets changed: another zoom, or bands that grew. */
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Where a card can stand: an area, a time, and a point in that cell. These names are stored in lanes; `board/schema.ts`
 * passes them on, and changing one is an upgrade, not a rename.
 */

/** The seven areas of the default lens, in reading order. */
export const areas = ["home", "money", "work", "people", "health", "fun", "culture"] as const;
export type Area = (typeof areas)[number];

export const times = ["before", "now", "hoped"] as const;
export type Time = (typeof times)[number];

/** Position inside one cell (area × time), in board units, from the cell's start (inline) and top. */
export interface CellPoint {
  readonly x: number;
  readonly y: number;
}

export interface CardPlace {
  readonly area: Area;
  readonly time: Time;
  readonly at: CellPoint;
}

export type CellKey = `${Area}/${Time}`;

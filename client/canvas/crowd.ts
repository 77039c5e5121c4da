import type { Board } from "#shared/board/board.ts";
import type { Area } from "#shared/board/schema.ts";
import type { Rect } from "#shared/geometry/camera.ts";
import { cardHeight, cardWidth } from "#shared/geometry/map-layout.ts";
import type { MapModel } from "./map-model.ts";

/** Colours as the tokens have them now (contrast themes change them). */
export interface CrowdColours {
  readonly surface: string;
  readonly line: string;
  readonly ink: string;
  readonly edgeByArea: Readonly<Record<Area, string>>;
}

interface CrowdPicture {
  readonly canvas: HTMLCanvasElement;
  readonly board: Board;
  readonly model: MapModel;
  readonly colours: CrowdColours;
  /** What the picture shows, in board units. */
  readonly tile: Rect;
  readonly zoom: number;
  /** Of the screen's own pixels; 1 is as sharp as it can show. */
  readonly sharpness: number;
  readonly rtl: boolean;
}

/**
 * Draws every card of the tile as a small box in its area's colour, with a line for each line of
 * words: so many that elements would stall the page, and too small to be read. During a zoom, those that are no elements.
 */
export function drawCrowd({ canvas, board, model, colours, tile, zoom, sharpness, rtl }: CrowdPicture): void {
  const scale = zoom * sharpness * (globalThis.devicePixelRatio || 1);
  const width = Math.max(1, Math.round(tile.width * scale));
  const height = Math.max(1, Math.round(tile.height * scale));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d", { desynchronized: false });
  if (!pen) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  const lines = zoom >= 0.15;
  const left = model.notSketched();
  for (const { cardId, x, y } of model.cardsIn(tile)) {
    const card = left.has(cardId) ? undefined : board.card(cardId);
    if (!card) continue;
    const start = rtl ? tile.width - (x - tile.x) - cardWidth : x - tile.x;
    const top = y - tile.y;
    pen.fillStyle = colours.surface;
    pen.fillRect(start, top, cardWidth, cardHeight);
    pen.fillStyle = colours.edgeByArea[card.place.area];
    pen.fillRect(rtl ? start + cardWidth - 10 : start, top, 10, cardHeight);
    if (!lines) continue;
    pen.fillStyle = colours.ink;
    const letters = card.words.text.length;
    for (let line = 0; line < Math.min(3, Math.ceil(letters / 24)); line += 1) {
      const long = Math.min(150, Math.max(30, (letters - line * 24) * 6.5));
      pen.fillRect(rtl ? start + cardWidth - 24 - long : start + 24, top + 36 + line * 22, long, 7);
    }
  }
}

import type { Locator, Page } from "playwright-core";
import type { Area, Time } from "#shared/board/schema.ts";
import { type Say, say as sayEnglish } from "./say.ts";

/** What a person does on the board's screen, by the names that the screen gives things. */
export interface BoardPage {
  readonly cards: Locator;
  readonly cardWith: (words: string) => Locator;
  readonly addCard: (area: Area, time: Time, words: string) => Promise<void>;
  /** Opens a card, writes over its words, and is done. */
  readonly rewrite: (from: string, to: string) => Promise<void>;
  readonly show: (view: "map" | "list" | "plan") => Promise<void>;
  /** Until everything is forced to disk. */
  readonly saved: () => Promise<void>;
  readonly saveWords: Locator;
  /** What a screen reader was told last. */
  readonly announced: Locator;
  readonly plan: Locator;
}

export function boardPage(page: Page, say: Say = sayEnglish): BoardPage {
  const cards = page.locator("[data-card-id]");
  const cardWith = (words: string) => cards.filter({ hasText: words });
  const field = page.getByRole("textbox", { name: say("card.words") });
  const saveWords = page.locator("[data-save]");
  const write = async (words: string) => {
    await field.fill(words);
    await field.press("Enter");
    await field.waitFor({ state: "detached" });
  };
  return {
    cards,
    cardWith,
    addCard: async (area, time, words) => {
      const names = { area: say(`area.${area}`), time: say(`time.${time}`) };
      await page.getByRole("button", { name: say("cell.addTo", names), exact: true }).click();
      await write(words);
      await cardWith(words).waitFor();
    },
    rewrite: async (from, to) => {
      await cardWith(from).click();
      await write(to);
    },
    show: (view) => page.getByRole("button", { name: say(`board.view.${view}`), exact: true }).click(),
    saved: () => page.locator('[data-save="saved"]').waitFor(),
    saveWords,
    announced: page.locator("#announcer"),
    plan: page.locator("#board-plan"),
  };
}

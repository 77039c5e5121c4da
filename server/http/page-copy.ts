import type { Board, Words } from "#shared/board/board.ts";
import { areas, times } from "#shared/board/schema.ts";

/**
 * The board as plain HTML, sent with the page itself: it can be read, scrolled and spoken before any script has arrived,
 * and on a phone that never gets the script at all. The client takes it away once it shows the live board.
 */

/** Cards written into the page at most; the live board has the rest. Keeps the page small on a slow phone. */
const mostCards = 200;

/** Messages by id, in the reader's language (`client/dist/page-copy/<locale>.json`, written by the client's build). */
export type Labels = Readonly<Record<string, string>>;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

/** Only what a language tag may hold reaches the attribute. */
const languageTag = (tag: string) => (/^[A-Za-z0-9-]{1,35}$/.test(tag) ? tag : "und");

function wordsHtml(words: Words, language: string): string {
  return `<span lang="${languageTag(language)}" dir="auto">${escapeHtml(words.text)}</span>`;
}

/** The HTML of one person's view. `board` holds only lanes that they may read. */
export function renderPageCopy(
  board: Board,
  title: string,
  labels: Labels,
  locale: string,
  dir: "ltr" | "rtl",
): string {
  const label = (id: string) => escapeHtml(labels[id] ?? "");
  let left = mostCards;
  const areaSections = areas.map((area) => {
    const columns = times.map((time) => {
      const ids = board.cardIdsIn(`${area}/${time}`).slice(0, left);
      left -= ids.length;
      const items = ids.map((id) => {
        const card = board.card(id);
        return card
          ? `<li><small>${label(`kind.${card.kind}`)}</small> ${wordsHtml(card.words, card.language)}</li>`
          : "";
      });
      return items.length > 0 ? `<h4>${label(`time.${time}`)}</h4><ul>${items.join("")}</ul>` : "";
    });
    return `<section><h3>${label(`area.${area}`)}</h3>${columns.join("")}</section>`;
  });
  const goals = board.goalIds().map((id) => {
    const goal = board.goal(id);
    if (!goal || goal.state === "let-go") return "";
    const steps = board.stepIdsOf(id).map((stepId) => {
      const step = board.step(stepId);
      return step ? `<li>${wordsHtml(step.what, step.language)}</li>` : "";
    });
    return `<li>${wordsHtml(goal.words, goal.language)}${steps.length > 0 ? `<ul>${steps.join("")}</ul>` : ""}</li>`;
  });
  return [
    `<section id="page-copy" lang="${languageTag(locale)}" dir="${dir}">`,
    `<h1 dir="auto">${escapeHtml(title)}</h1><p>${label("copy.loading")}</p>`,
    `<h2>${label("copy.map")}</h2>${areaSections.join("")}`,
    `<h2>${label("copy.plan")}</h2><ol>${goals.join("")}</ol>`,
    "</section>",
  ].join("");
}

import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { loadBoardCode } from "./app/board-code.ts";
import { registerOfflinePages } from "./app/offline-pages.ts";
import { parseRoute } from "./app/route.ts";
import { wantedAtStart } from "./app/WantedLanguage.tsx";
import { loadLanguage, nearestLanguage } from "./messages/language.tsx";
import { readKeptView } from "./session/device-store.ts";
import { askKept, copyNameOf } from "./session/kept-lane.ts";
import { askPageLanes, peekPageView } from "./session/page-view.ts";
import "./ui/tokens.css";
import "./app/page-copy.css";

const root = document.getElementById("root");
if (!root) throw new Error("Bug: the page has no #root");

// Everything that the first screen needs is asked for side by side, and it is drawn once, when all of it is here. What
// could not be had is asked for again by the screen that misses it.
const coming: Promise<unknown>[] = [loadLanguage(nearestLanguage(wantedAtStart()))];
const route = parseRoute(location.pathname, "");
if (route.page === "board") {
  const { boardId } = route;
  askPageLanes(boardId);
  const view = peekPageView(boardId) ?? readKeptView(boardId);
  if (view) for (const { laneId } of view.lanes) askKept(copyNameOf(boardId, laneId, view.me));
  coming.push(loadBoardCode().then(({ openAhead }) => openAhead(boardId)));
}
Promise.allSettled(coming).then(() => createRoot(root).render(<App />));
registerOfflinePages();

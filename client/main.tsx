import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { registerOfflinePages } from "./app/offline-pages.ts";
import { parseRoute } from "./app/route.ts";
import "./ui/tokens.css";
import "./app/page-copy.css";

// The board's own code comes while the first screen is made ready, not after it.
if (parseRoute(location.pathname, "").page === "board") import("./app/BoardRoute.tsx").catch(() => {});

const root = document.getElementById("root");
if (!root) throw new Error("Bug: the page has no #root");
createRoot(root).render(<App />);
registerOfflinePages();

import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { registerOfflinePages } from "./app/offline-pages.ts";
import "./ui/tokens.css";
import "./app/page-copy.css";

const root = document.getElementById("root");
if (!root) throw new Error("Bug: the page has no #root");
createRoot(root).render(<App />);
registerOfflinePages();

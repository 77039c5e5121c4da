import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArgs, chromiumOrInstall } from "./chromium.ts";

/** One Chromium; every person gets a context of their own in it, as if on a device of their own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumOrInstall(), args: [...chromiumArgs], headless: true });
}

export const viewports = {
  phone: { width: 390, height: 844 },
  tablet: { width: 1180, height: 820 },
  desktop: { width: 1440, height: 900 },
} as const;
export type Device = keyof typeof viewports;

/** What a page said went wrong: uncaught errors and console errors, but not the browser's own note of a lost connection. */
export function troubleOf(page: Page): readonly string[] {
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = message.text();
    if (/net::ERR_|WebSocket connection to|Failed to load resource|when fetching the script/.test(text)) return;
    trouble.push(text);
  });
  return trouble;
}

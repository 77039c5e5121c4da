import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Flags that every test browser is started with: it runs as root in containers, and calls nobody but us. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const macApps = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const packages = ["chromium", "fonts-noto-core"];

/** The Chromium of this machine (`CHROMIUM_PATH` wins), or `undefined`. */
export function findChromium(): string | undefined {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) return existsSync(wanted) ? wanted : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/bin", "/usr/local/bin", "/snap/bin");
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...found, ...macApps].find((path) => existsSync(path));
}

/**
 * As `findChromium`, and installs it from the system's packages when that can be done without asking: on Debian and its
 * relatives, as root. Otherwise throws a sentence that says what to install.
 */
export function chromiumOrInstall(): string {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("The browser tests need Chromium: installing it with apt-get (about a minute).");
    const apt = (...args: string[]) =>
      execFileSync("apt-get", args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    apt("update", "-qq");
    apt("install", "-y", "-qq", "--no-install-recommends", ...packages);
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    "The browser tests need Chromium. On Debian or Ubuntu: sudo apt-get install chromium fonts-noto-core. " +
      "Elsewhere: install Chromium or Chrome, or set CHROMIUM_PATH to its program.",
  );
}

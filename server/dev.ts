import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * `npm run dev`: one port on which both sides reload. Node starts the server again when one of its files changes, and
 * Vite, inside that server, swaps the changed parts of a page that is open.
 */
const child = spawn(
  process.execPath,
  ["--watch", "--watch-preserve-output", join(import.meta.dirname, "dev/dev-server.ts"), String(process.pid)],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => process.exit(code ?? 0));

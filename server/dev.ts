import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";

/**
 * `npm run dev`: one port on which both sides reload. This process starts the server again when a file of server/ or
 * shared/ changes; Vite, inside that server, swaps the changed parts of a page that is open. Not `node --watch`: that one
 * talks to the store's thread in between, which then takes its first word for the store's.
 */
const project = join(import.meta.dirname, "..");
/** An editor that saves several files is one change. */
const settleMs = 150;

let child: ChildProcess | undefined;
let ending = false;

function start(): void {
  const started = spawn(process.execPath, [join(project, "server/dev/dev-server.ts"), String(process.pid)], {
    stdio: "inherit",
  });
  child = started;
  started.once("exit", (code) => {
    child = undefined;
    if (ending) process.exit(code ?? 0);
    // Ended by us for a change: start again. Ended by itself, by a mistake in the code or a setting: wait for a change.
    if (restarting) start();
    else process.stdout.write("The server ended. It starts again when a file changes.\n");
    restarting = false;
  });
}

let restarting = false;
let settled: NodeJS.Timeout | undefined;
function onChange(file: string | null): void {
  if (!file?.endsWith(".ts")) return;
  clearTimeout(settled);
  settled = setTimeout(() => {
    if (!child) return start();
    restarting = true;
    child.kill("SIGTERM");
  }, settleMs);
}

for (const folder of ["server", "shared"]) {
  watch(join(project, folder), { recursive: true }, (_event, file) => onChange(file));
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    ending = true;
    if (child) child.kill("SIGTERM");
    else process.exit(0);
  });
}
start();

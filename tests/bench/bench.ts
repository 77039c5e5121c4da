import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";

/**
 * What it costs and how fast it is, on this machine: `npm run bench` for all parts, `npm run bench -- client` for one.
 * Numbers to look at, side by side; no test fails on them.
 */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  // In a process of its own: it moves itself to one core, and the browser's benches want them all.
  relay: async () => {
    spawnSync(process.execPath, [join(import.meta.dirname, "relay/main.ts")], { stdio: "inherit" });
  },
  client: async () => {
    await (await import("./client-bench.ts")).benchClient();
    await (await import("./first-sight-bench.ts")).benchFirstSight();
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}". Parts: ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  console.log(`\n${name}`);
  await parts[name]?.();
}
process.exit(0);

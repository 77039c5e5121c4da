import { parseConfig } from "./config.ts";
import { type DemoBoard, prepareDemo } from "./demo/prepare-demo.ts";
import { startServer } from "./start.ts";

/** `npm run demo`: a server of its own, with made-up people on living boards, and a link for each of them. */

const config = parseConfig({ DATA_DIR: "./data/demo", LOG_LEVEL: "warn", ...process.env }, process.cwd());
const started = config.ok ? await startServer({ config: config.value }) : config;
if (!config.ok || !started.ok) {
  process.stderr.write(`${started.ok ? "" : started.error.sentence}\n`);
  process.exit(2);
}
const server = started.value;

const stop = async () => {
  await server.stop();
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

try {
  const demo = await prepareDemo(server.url, config.value.dataDir, server.setupUrl);
  print(demo.boards, demo.worker);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  await server.stop();
  process.exit(2);
}

function print(boards: readonly DemoBoard[], worker: { readonly email: string; readonly password: string }): void {
  const lines = [
    `Alongside is at ${server.url}, with made-up people on its boards. Each link opens once; start the demo again for fresh ones.`,
    "Open two of them in two windows (for one window each: a private one, or another browser).",
  ];
  for (const { title, links } of boards) {
    lines.push("", title);
    const width = Math.max(...links.map(({ name }) => name.length));
    for (const { name, url } of links) lines.push(`  ${name.padEnd(width)}  ${url}`);
  }
  lines.push(
    "",
    "The worker signs in, and sees all of them:",
    `  ${server.url}   e-mail ${worker.email}   password ${worker.password}`,
    "",
    "Not on these boards yet: agency musts, agreements, and cards for a few eyes only.",
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}

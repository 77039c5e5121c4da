import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import type { RequestHandler } from "express";
import { createServer as createVite } from "vite";
import { parseConfig } from "../config.ts";
import { prepareDemo } from "../demo/prepare-demo.ts";
import { type RunningServer, startServer } from "../start.ts";

/** The server of `npm run dev`, started again at each change; `server/dev.ts` gives it the number of this run. */

const clientRoot = join(import.meta.dirname, "../../client");

/** Vite behind our own Host and Origin checks, on our own port; its sockets pass the gate, which leaves them alone. */
async function vitePages(server: Server): Promise<RequestHandler> {
  const vite = await createVite({
    root: clientRoot,
    configFile: join(clientRoot, "vite.config.ts"),
    server: { middlewareMode: true, hmr: { server }, allowedHosts: true },
    appType: "spa",
  });
  server.once("close", () => void vite.close());
  return vite.middlewares;
}

/** Once a run, not at each reload: the links are single use, and fresh ones end those that somebody has open. */
async function sampleBoards(running: RunningServer, dataDir: string, run: string): Promise<readonly string[]> {
  const marker = join(dataDir, "dev-run");
  if (existsSync(marker) && readFileSync(marker, "utf8") === run) return [];
  try {
    const { boards, worker } = await prepareDemo(running.url, dataDir, running.setupUrl);
    writeFileSync(marker, run);
    const links = boards.flatMap(({ title, links }) => links.map(({ name, url }) => `  ${title}, ${name}: ${url}`));
    return [
      `Sign in as ${worker.email}, password ${worker.password}, or join as somebody else, once a link:`,
      ...links,
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const config = parseConfig({ DATA_DIR: "./data/dev", LOG_LEVEL: "warn", ...process.env }, process.cwd());
const started = config.ok ? await startServer({ config: config.value, pages: vitePages }) : config;
if (!config.ok || !started.ok) {
  process.stderr.write(`${started.ok ? "" : started.error.sentence}\n`);
  process.exit(2);
}
const running = started.value;
const stop = async () => {
  await running.stop();
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

process.stdout.write(`Alongside is at ${running.url}, reloading as files change\n`);
const lines = await sampleBoards(running, config.value.dataDir, process.argv[2] ?? "");
if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);

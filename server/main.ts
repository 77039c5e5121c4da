import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

/** `npm start`: reads the settings, starts the server, prints where it is, and stops it gently when asked to. */

// Compiled code is kept from one start to the next, which makes a restart about a third faster. In our own folder: in a
// shared temporary one, another user of this machine could leave code for us to run. Where it cannot write, nothing is kept.
const cacheFolder = join(import.meta.dirname, "../node_modules/.cache/alongside-server");
enableCompileCache(cacheFolder);
// Our threads look for it here.
process.env.NODE_COMPILE_CACHE ??= cacheFolder;
const { parseConfig } = await import("./config.ts");
const { startServer } = await import("./start.ts");

/** The exit code for what the person who starts the server can put right. */
const cannotStartCode = 2;

function endWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(cannotStartCode);
}

const config = parseConfig(process.env, process.cwd());
if (!config.ok) endWith(config.error.sentence);
const started = await startServer({ config: config.value });
if (!started.ok) endWith(started.error.sentence);
const server = started.value;

const stop = async () => {
  await server.stop();
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

// After the handlers: whoever reads the address may stop the server at once, and gently.
const lines = [`Alongside is at ${server.url}`];
if (server.setupUrl) lines.push(`Make the first worker's account: ${server.setupUrl}`);
process.stdout.write(`${lines.join("\n")}\n`);
// A server that is killed has kept it, too. By now the accounts' code has come.
setTimeout(flushCompileCache, 10_000).unref();

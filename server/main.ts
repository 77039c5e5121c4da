import { parseConfig } from "./config.ts";
import { startServer } from "./start.ts";

/** `npm start` (through `main.js`): reads the settings, starts the server, prints where it is, and stops it gently when asked to. */

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

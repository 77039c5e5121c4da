import { benchDist } from "../../client/build-if-changed.ts";
import { parseConfig } from "../../server/config.ts";
import { startServer } from "../../server/start.ts";

/** The server as it is, with the bench build for its screens. */
const config = parseConfig(process.env, process.cwd());
if (!config.ok) throw new Error(config.error.sentence);
const started = await startServer({ config: config.value, clientFolder: benchDist });
if (!started.ok) throw new Error(started.error.sentence);
console.log(`Alongside (bench) is at ${started.value.url}\n${started.value.setupUrl}`);
process.once("SIGTERM", () => started.value.stop().then(() => process.exit(0)));

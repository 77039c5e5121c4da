import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

// Compiled code is kept from one start to the next, which halves what a restart costs. In our own folder: in a shared
// temporary one, another user of this machine could leave code for us to run. Where it cannot write, nothing is kept.
// In JavaScript, as Node would have to load all of its TypeScript stripper before it heard of the cache.
const cacheFolder = join(import.meta.dirname, "../node_modules/.cache/alongside-server");
enableCompileCache(cacheFolder);
// Our threads look for it here.
process.env.NODE_COMPILE_CACHE ??= cacheFolder;
await import("./main.ts");
// A server that is killed has kept it, too. By now the accounts' code has come.
setTimeout(flushCompileCache, 10_000).unref();

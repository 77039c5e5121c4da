/**
 * Loaded into a server before its own code (`--import`), so that the bench can ask how much memory it holds once what
 * nobody needs any more is collected. Works the same in all servers, and does nothing until asked.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

if (isMainThread && process.send) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  process.on("message", (message) => {
    if (message !== "memory") return;
    collect();
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send?.({ rss, held: heapUsed + external });
  });
  process.channel?.unref();
}

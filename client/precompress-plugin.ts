import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const worthIt = /\.(js|css|html|svg|json)$/;
/** Below this a header costs more than the letters saved. */
const leastBytes = 1024;

/** Writes a `.br` and a `.gz` beside each built text file, as small as they get: once at build, never per request. */
export function precompressPlugin(): Plugin {
  let outDir = "";
  return {
    name: "precompress",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    // After the service worker is written, which is a file like any other.
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        const files = await readdir(outDir, { recursive: true, withFileTypes: true });
        for (const file of files) {
          if (!file.isFile() || !worthIt.test(file.name)) continue;
          const path = join(file.parentPath, file.name);
          const bytes = await readFile(path);
          if (bytes.length < leastBytes) continue;
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            promisify(gzip)(bytes, { level: 9 }),
          ]);
          await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
        }
      },
    },
  };
}

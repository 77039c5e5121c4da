import { join } from "node:path";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { boardHtmlPlugin } from "./board-html-plugin.ts";
import { catalogPlugin } from "./messages/catalog-plugin.ts";
import { precompressPlugin } from "./precompress-plugin.ts";

/**
 * What every guest loads, in few files: small shared chunks cost a request each and compress badly alone. `base` is what
 * any screen needs and the way in, `board` the board with its list, and what the map, the plan and later parts share. A wide
 * screen needs `map-and-plan` too, which is a chunk by itself.
 */
const joinPathChunks = [
  {
    name: "base",
    priority: 2,
    test: /\/(react|react-dom|preact)\/|client\/(ui|messages)\/[^/]*$|client\/main\.tsx|client\/app\/(board-code|page-copy|App|Page|JoinPage|Error|Language|Wanted|Trouble|navigation|route|offline)|session\/(api|device-store|kept-lane|page-view)|shared\/(assert|result|access|board\/ids)/,
  },
  { name: "board", priority: 1, test: /client\/(app\/BoardRoute|board\/SharedText|plan\/plan-keys)/ },
];

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [
    catalogPlugin(),
    boardHtmlPlugin(),
    VitePWA({
      disable: mode === "bench",
      strategies: "injectManifest",
      srcDir: "service-worker",
      filename: "sw.ts",
      // A new version waits until the last page of the old one is gone, so no page ever misses a file of its own, and
      // nothing reloads under anybody's hands. We register it ourselves (`app/offline-pages.ts`), and ask nothing.
      registerType: "prompt",
      injectRegister: false,
      manifest: false,
      integration: {
        configureCustomSWViteBuild: (options) => {
          options.logLevel = "error";
        },
      },
      injectManifest: {
        globPatterns: ["**/*.{js,css,html,svg}"],
        globIgnores: ["**/en-XA-*"],
        // Named after their content: no need to ask for them anew.
        dontCacheBustURLsMatching: /^assets\//,
        rollupFormat: "iife",
      },
    }),
    precompressPlugin(),
  ],
  resolve: {
    alias: [
      { find: /^lib0\/logging$/, replacement: join(import.meta.dirname, "slim/lib0-logging.ts") },
      { find: /^lib0\/broadcastchannel$/, replacement: join(import.meta.dirname, "slim/lib0-broadcastchannel.ts") },
    ],
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: joinPathChunks } } },
  },
}));

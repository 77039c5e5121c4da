import { join } from "node:path";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { catalogPlugin } from "./messages/catalog-plugin.ts";
import { precompressPlugin } from "./precompress-plugin.ts";

/**
 * What every guest loads, in two files: small shared chunks cost a request each and compress badly alone. `base` is what
 * any screen needs and the way in, `board` the board with its list; each further view, and all for later, stays its own.
 */
const joinPathChunks = [
  {
    name: "base",
    priority: 2,
    test: /\/(react|react-dom|preact|@lingui)\/|client\/(ui|messages)\/[^/]*$|client\/app\/(App|Page|JoinPage|Error|Language|Wanted|Trouble|navigation|route|offline)|session\/(api|device-store|page-view)|shared\/(assert|result|access|board\/ids)/,
  },
  { name: "board", priority: 1, test: /client\/app\/BoardRoute/ },
];

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [
    catalogPlugin(),
    VitePWA({
      disable: mode === "bench",
      strategies: "generateSW",
      // `prompt`: a new version waits until the last page of the old one is gone, so no page ever misses a file of its own,
      // and nothing reloads under anybody's hands. We register it ourselves (`app/offline-pages.ts`), and ask nothing.
      registerType: "prompt",
      injectRegister: false,
      manifest: false,
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg}"],
        navigateFallback: "/index.html",
        // The API, sockets and health are never answered from a cache.
        navigateFallbackDenylist: [/^\/(api|sync)\//, /^\/(healthz|readyz|metrics)$/],
        cleanupOutdatedCaches: true,
        inlineWorkboxRuntime: true,
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

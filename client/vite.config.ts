import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { catalogPlugin } from "./messages/catalog-plugin.ts";
import { precompressPlugin } from "./precompress-plugin.ts";

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [
    react(),
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
        globPatterns: ["**/*.{js,css,html}"],
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
  build: { outDir: "dist", emptyOutDir: true, target: "es2023", sourcemap: false, modulePreload: { polyfill: false } },
}));

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { catalogPlugin } from "../client/messages/catalog-plugin.ts";

const workers = Math.max(1, Math.min(4, availableParallelism()));
const quick = ["unit", "contract", "property", "sim", "integration"] as const;

/**
 * One project per kind of test: `npm run vitest -- --project unit`. The browser tests come after all others and get the
 * machine to themselves, so that a slow page is the page's fault and not the neighbour's.
 */
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  plugins: [catalogPlugin()],
  test: {
    projects: [
      ...quick.map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`tests/${name}/**/*.test.{ts,tsx}`],
          testTimeout: name === "unit" ? 30_000 : 60_000,
          hookTimeout: 30_000,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      })),
      {
        extends: true as const,
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          globalSetup: ["tests/support/browser-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: Math.max(1, Math.floor(workers / 2)),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { catalogPlugin } from "../../../client/messages/catalog-plugin.ts";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), catalogPlugin()],
  cacheDir: "/tmp/plan-vite",
  build: { outDir: "/tmp/plan-dist", emptyOutDir: true, target: "es2023", minify: true },
});

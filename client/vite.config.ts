import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { catalogPlugin } from "./messages/catalog-plugin.ts";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), catalogPlugin()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2023", sourcemap: false },
});

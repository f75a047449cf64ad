import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/static/labeling/editor/",
  // Licences of what is bundled stay in the bundle's own comments.
  build: {
    outDir: "../labeling/static/labeling/editor",
    emptyOutDir: true,
    manifest: "manifest.json",
    // What is loaded later is one file without styles of its own: nothing is to be fetched beside it.
    modulePreload: false,
    target: "es2022",
    rollupOptions: { input: ["src/main.ts", "src/site/site.ts"] },
  },
  worker: { format: "es" },
  // Far more than any test needs: a busy machine is no fault.
  test: { include: ["tests/*.test.ts"], testTimeout: 60_000 },
});

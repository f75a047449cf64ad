import { defineConfig } from "vitest/config";

/** What is loaded later is one file without styles of its own: Vite's help to fetch more beside it is dead weight. */
const withoutPreloading = {
  name: "without-preloading",
  enforce: "pre" as const,
  load: (id: string) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

/** By which all pages draw shapes: in one file it is smaller than in several. */
const SHARED =
  /preload-helper|src\/(paint\/(layer|difference|highlight|others|painter|style)|tools\/draft|view|attributes|settings|theme|save\/replaying|shapes\/(picking|geometry|skeleton))\.ts/;

export default defineConfig({
  plugins: [withoutPreloading],
  base: "/static/labeling/editor/",
  // Licences of what is bundled stay in the bundle's own comments.
  build: {
    outDir: "../labeling/static/labeling/editor",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    target: "es2022",
    rollupOptions: {
      input: ["src/main.ts", "src/site/site.ts", "src/site/previews.ts", "src/site/review.ts"],
      output: { advancedChunks: { groups: [{ name: "shared", test: SHARED }] } },
    },
  },
  worker: { format: "es" },
  // Far more than any test needs: a busy machine is no fault.
  test: { include: ["tests/*.test.ts"], testTimeout: 60_000 },
});

import { defineConfig } from "vitest/config";

/** What is loaded later is one file without styles of its own: Vite's help to fetch more beside it is dead weight. */
const withoutPreloading = {
  name: "without-preloading",
  enforce: "pre" as const,
  load: (id: string) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

/** What both the editor and the pages around it need, to draw shapes above all: one file is smaller than several. */
function shared(id: string, modules: { getModuleInfo(id: string): { importers: string[] } | null }): string | null {
  const users = new Set([id]);
  for (const user of users) for (const importer of modules.getModuleInfo(user)?.importers ?? []) users.add(importer);
  const isNeededIn = (part: RegExp) => [...users].some((user) => part.test(user));
  return isNeededIn(/\/src\/main\.ts$/) && isNeededIn(/\/src\/site\//) ? "shared" : null;
}

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
      output: { codeSplitting: { groups: [{ name: shared }] } },
    },
  },
  worker: { format: "es" },
  // Far more than any test needs: a busy machine is no fault.
  test: { include: ["tests/*.test.ts"], testTimeout: 60_000 },
});

import { defineConfig } from "vite";

export default defineConfig({
  root: "theirs",
  base: "./",
  define: { "globalThis.process": JSON.stringify({ env: { NODE_ENV: "production" } }) },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: { input: ["theirs/konva.html", "theirs/annotorious.html"] },
  },
});

import { build } from "vite";
import { expect, it } from "vitest";

const MOST = 80_000;

async function zipped(content: string | Uint8Array): Promise<number> {
  const stream = new Blob([content as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

it("the bundle of the editor is at most 80 kB gzipped", async () => {
  const built = await build({ logLevel: "silent", build: { write: false } });
  const { output } = built as Extract<typeof built, { output: unknown }>;
  // The pages around it have a bundle of their own.
  const files = output.filter(({ fileName }) => /\.(js|css)$/.test(fileName) && !/\/site-/.test(fileName));
  const sizes = new Map<string, number>();
  for (const file of files) {
    const name = file.fileName.replace(/.*\/(\w+)-.*\./, "$1.");
    sizes.set(name, await zipped(file.type === "chunk" ? file.code : file.source));
  }
  expect([...sizes.keys()]).toEqual(expect.arrayContaining(["main.css", "main.js", "pictureworker.js", "shapeworker.js"]));
  const told = [...sizes].map(([name, size]) => `${name} ${(size / 1000).toFixed(1)} kB`);
  console.info(`The editor, gzipped: ${told.join(", ")}.`);
  // Its workers have scripts of their own, which load beside it; so has what is sent for other images.
  const main = output.find((file) => file.type === "chunk" && /\/main-/.test(file.fileName)) as { imports: string[] };
  const parts = ["main.js", ...main.imports.map((name) => name.replace(/.*\/(\w+)-.*\./, "$1."))];
  // What stands around the image must not come back into what its picture waits for.
  expect([...sizes.keys()]).toContain("surroundings.js");
  expect(parts).not.toContain("surroundings.js");
  expect(parts.reduce((sum, name) => sum + sizes.get(name)!, 0)).toBeLessThanOrEqual(MOST);
});

import ts from "typescript";
import { expect, it } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const SRC = "file:///src/";

/** File → the files that it imports, be it only for their types. */
function importsOf(files: Record<string, string>): Map<string, string[]> {
  const imports = ([path, text]: [string, string]): [string, string[]] => {
    const here = new URL(path.replace("../src/", ""), SRC);
    const found = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName.split("?")[0]);
    const own = found.filter((name) => name.startsWith(".") && !name.endsWith(".css"));
    return [here.href, own.map((name) => new URL(name.endsWith(".ts") ? name : `${name}.ts`, here).href)];
  };
  return new Map(Object.entries(files).map(imports));
}

/** The first way that leads back to where it began. */
function cycleIn(imports: Map<string, string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].map((one) => one.replace(SRC, ""));
    if (done.has(file)) return null;
    for (const next of imports.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

it("no file of the editor imports itself by way of others, not even for a type", () => {
  const imports = importsOf(sources);
  expect(imports.size).toBeGreaterThan(100);
  expect([...imports.values()].flat().filter((file) => !imports.has(file))).toEqual([]);
  expect(cycleIn(imports)).toBeNull();
  const breach = { ...sources, "../src/view.ts": `${sources["../src/view.ts"]}\nimport type { Editor } from "./editor";` };
  expect(cycleIn(importsOf(breach))).toEqual(expect.arrayContaining(["view.ts", "editor.ts"]));
});

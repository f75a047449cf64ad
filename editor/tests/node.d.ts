/** Of Node, only what the tests use. */
declare module "node:child_process" {
  export function execFileSync(file: string, args: string[], options: { input: string; encoding: "utf8" }): string;
}

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PINNED_NODE } from "#cli/testing/spawn-drydock.ts";
import { MUTATIONS, type Mutation } from "./testing/mutations.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = fileURLToPath(new URL("cli/main.ts", ROOT));

/** Node hands out the changed text of one file; nothing on the disk changes. */
function hookOf({ file, changes }: Mutation): string {
  const url = new URL(file, ROOT).href;
  return `import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (url !== ${JSON.stringify(url)}) return loaded;
    let source = String(loaded.source);
    for (const [from, to] of ${JSON.stringify(changes)}) source = source.replaceAll(from, () => to);
    return { ...loaded, source };
  },
});`;
}

interface LibraryRun {
  readonly exit: number | null;
  readonly failed: number;
}

function runLibrary(mutation: Mutation | null): LibraryRun {
  const hook = mutation === null ? "" : hookOf(mutation);
  const flags = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  const { status, stdout } = spawnSync(PINNED_NODE, [...flags, MAIN, "scenario", "run", "--json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  const document = JSON.parse(stdout) as { data?: { failed: number } };
  return { exit: status, failed: document.data?.failed ?? 0 };
}

test("the library passes as the code is", () => {
  expect(runLibrary(null)).toEqual({ exit: 0, failed: 0 });
});

test.each(MUTATIONS)("broken on purpose, a scenario fails: $name", (mutation) => {
  const text = readFileSync(new URL(mutation.file, ROOT), "utf8");
  for (const [from] of mutation.changes) expect(text).toContain(from);
  const { exit, failed } = runLibrary(mutation);
  // A broken rule may also break an assertion of the program itself.
  expect(exit === 7 ? failed : exit).toBeGreaterThan(0);
});

test("at least twenty rules are broken, each under its own name", () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(20);
});

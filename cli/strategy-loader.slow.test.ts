import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { PINNED_NODE } from "#cli/testing/spawn-drydock.ts";

const PROGRAM = fileURLToPath(new URL("./testing/load-strategy.ts", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "drydock-loader-")));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return createHash("sha256").update(text).digest("hex");
}

interface Result {
  readonly name?: string;
  readonly params?: readonly string[];
  readonly file?: string;
  readonly sources?: readonly { readonly path: string; readonly sha256: string }[];
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly while?: string;
}

function load(...wanted: string[]): readonly Result[] {
  const text = execFileSync(PINNED_NODE, [PROGRAM, ...wanted], { cwd: folder, encoding: "utf8" });
  return JSON.parse(text) as readonly Result[];
}

const strategy = (name: string): string =>
  `defineStrategy({ name: "${name}", description: "x", params: { fast: param.int(10, { min: 2, max: 20 }) }, onBar(): void {} })`;

test("a file far from any installation is loaded, with the hashes of all it brought along", () => {
  const main = write(
    "a/main.ts",
    `import { defineStrategy, param } from "drydock";
import type { Unused } from "./types-only.ts";
import { level } from "../shared/levels.ts";
import table from "./table.json" with { type: "json" };
export const x: number = level + table.a;
export const mine = ${strategy("mine")};`,
  );
  const levels = write("shared/levels.ts", `export { level } from "./deep.js";`);
  const deep = write("shared/deep.js", "export const level = 3;");
  const table = write("a/table.json", '{ "a": 1 }');
  write("a/not-imported.ts", "export const y = 1;");
  expect(load("a/main.ts")).toEqual([
    {
      name: "mine",
      params: ["fast"],
      file: join(folder, "a/main.ts"),
      sources: [
        { path: "../shared/deep.js", sha256: deep },
        { path: "../shared/levels.ts", sha256: levels },
        { path: "main.ts", sha256: main },
        { path: "table.json", sha256: table },
      ],
    },
  ]);
});

test("two strategies of one process each have their own sources", () => {
  const text = (name: string) => `import { defineStrategy, param } from "drydock";
import { one } from "./one.ts";
export const s = ${strategy("s")};
export const used${name} = one;`;
  write("two/one.ts", "export const one = 1;");
  write("two/a.ts", text("A"));
  write("two/b.ts", text("B"));
  const paths = load("two/a.ts", "two/b.ts", "two/a.ts").map((result) =>
    result.sources?.map(({ path }) => path),
  );
  expect(paths).toEqual([
    ["a.ts", "one.ts"],
    ["b.ts", "one.ts"],
    ["a.ts", "one.ts"],
  ]);
});

test("a package.json that does not say type: module brings no warning", () => {
  const text = `import { defineStrategy, param } from "drydock"; export const s = ${strategy("s").replace(": void", "")};`;
  write("typeless/package.json", "{}");
  write("typeless/a.ts", text);
  write("typeless/b.js", text);
  const outcome = spawnSync(PINNED_NODE, [PROGRAM, "typeless/a.ts", "typeless/b.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(outcome.stderr).toBe("");
  expect((JSON.parse(outcome.stdout) as Result[]).map(({ name }) => name)).toEqual(["s", "s"]);
});

test("a linked file is the file behind the link", () => {
  write(
    "real/s.ts",
    `import { defineStrategy, param } from "drydock"; export const s = ${strategy("linked")};`,
  );
  symlinkSync(join(folder, "real/s.ts"), join(folder, "link.ts"));
  expect(load("./link.ts")[0]).toMatchObject({ name: "linked", file: join(folder, "real/s.ts") });
});

test("several strategies in a file: one is chosen by export or by name", () => {
  write(
    "several.ts",
    `import { defineStrategy, param } from "drydock";
export const quick = ${strategy("fast-one")};
export const slow = ${strategy("slow-one")};
export const zero = slow;`,
  );
  const [none, byExport, byName, wrong] = load(
    "several.ts",
    "several.ts#quick",
    "several.ts#slow-one",
    "several.ts#quik",
  );
  expect(none).toMatchObject({
    code: "E_UNKNOWN_STRATEGY",
    message: '"several.ts" holds 2 strategies',
    hint: "Name one: several.ts#quick or several.ts#slow",
  });
  expect(byExport?.name).toBe("fast-one");
  expect(byName?.name).toBe("slow-one");
  expect(wrong).toMatchObject({ code: "E_UNKNOWN_STRATEGY", hint: 'Did you mean "quick"?' });
});

test.each([
  {
    name: "syntax.ts",
    text: "export const a: number = 1;\nexport const b = {\n  x: 1,,\n};\n",
    message: /^Cannot read "syntax\.ts":3: /,
    where: "syntax.ts:3\n  2 | export const b = {\n> 3 |   x: 1,,\n  4 | };",
  },
  {
    name: "syntax.js",
    text: "export const a = 1;\nconst b = {\n  x: 1,,\n};\n",
    message: /^Cannot read "syntax\.js":3: Unexpected token ','$/,
    where: "syntax.js:3\n  2 | const b = {\n> 3 |   x: 1,,\n  4 | };",
  },
  {
    name: "enum.ts",
    text: "enum X { A }\n",
    message: /^Cannot read "enum\.ts":1: TypeScript enum is not supported/,
    where: "enum.ts:1\n> 1 | enum X { A }\n  2 |",
  },
  {
    name: "throws.ts",
    text: 'interface A { x: number }\nconst f = (): void => {\n  throw new Error("boom");\n};\nf();\n',
    message: /^Cannot load "throws\.ts":3: boom$/,
    where: 'throws.ts:3\n  2 | const f = (): void => {\n> 3 |   throw new Error("boom");\n  4 | };',
  },
  {
    name: "export.ts",
    text: 'import { nope } from "./ok.ts";\nexport const a = nope;\n',
    message: /does not provide an export named 'nope'$/,
    where:
      'export.ts:1\n> 1 | import { nope } from "./ok.ts";\n  2 | export const a = nope;\n  3 |',
  },
])("$name: the line is shown with its neighbours", ({ name, text, message, where }) => {
  write("ok.ts", "export const ok = 1;");
  write(name, text);
  const [result] = load(`./${name}`);
  expect(result?.code).toBe("E_STRATEGY_FILE");
  expect(result?.message).toMatch(message);
  expect(result?.while).toBe(`loading ${join(folder, where)}`);
});

test("a fault in an imported file is shown there", () => {
  write("bad-part.ts", "export const a = 1;\nconst = 5;\n");
  write("imports-bad.ts", 'import { a } from "./bad-part.ts";\nexport const b = a;\n');
  expect(load("./imports-bad.ts")[0]?.message).toMatch(/^Cannot read "bad-part\.ts":2: /);
});

test("missing files, imports, strategies and names say what to do", () => {
  write("missing.ts", 'import { a } from "./nope";\nexport const b = a;\n');
  write("empty.ts", "export const a = { kind: 'other' };");
  write("strategies/mine.ts", "export {};");
  const results = load("./none.ts", "./missing.ts", "./empty.ts", "mine", "nothing");
  expect(results.map(({ code, message, hint }) => [code, message, hint])).toEqual([
    [
      "E_FILE_MISSING",
      `The strategy file "${join(folder, "none.ts")}" does not exist`,
      "Check the path",
    ],
    [
      "E_STRATEGY_FILE",
      `"missing.ts" imports "${join(folder, "nope")}", which does not exist`,
      "Write relative imports with their full file name, such as ./levels.ts",
    ],
    [
      "E_STRATEGY_FILE",
      `"${join(folder, "empty.ts")}" exports no strategy`,
      'Write export const myStrategy = defineStrategy({ … }), imported from "drydock"',
    ],
    [
      "E_UNKNOWN_STRATEGY",
      'Unknown strategy "mine"',
      'Did you mean the file "./strategies/mine.ts"?',
    ],
    [
      "E_UNKNOWN_STRATEGY",
      'Unknown strategy "nothing"',
      "Name a built-in strategy, or the file of your own: ./strategies/mine.ts",
    ],
  ]);
});

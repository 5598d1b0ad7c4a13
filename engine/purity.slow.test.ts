import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * A guard that cannot fail is no guard: faults are planted under the project's own lint configuration, and each must
 * be refused by the rule that is there for it. They are planted in a copy of the folders outside the project, so that
 * nobody else's lint, test or commit meets them.
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OXLINT = join(ROOT, "node_modules", ".bin", "oxlint");
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "drydock-purity-"));
  for (const name of ["oxlint.config.ts", "tsconfig.json", "package.json"]) {
    copyFileSync(join(ROOT, name), join(copy, name));
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

interface Finding {
  readonly code: string;
  readonly filename: string;
}

/** Codes of the rules that refuse this source as a file of the folder. */
function refusals(folder: string, source: string, name = "planted.ts"): readonly string[] {
  const file = join(copy, folder, name);
  mkdirSync(join(copy, folder), { recursive: true });
  writeFileSync(file, source);
  try {
    const { stdout, stderr } = spawnSync(OXLINT, ["--format", "json", join(folder, name)], {
      cwd: copy,
      encoding: "utf8",
    });
    try {
      const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] };
      return diagnostics.map(({ code }) => code);
    } catch (cause) {
      throw new Error(`oxlint answers with a document, not "${stdout}${stderr}"`, { cause });
    }
  } finally {
    rmSync(file);
  }
}

const IMPORT = /no-restricted-imports/;
const GLOBAL = /no-restricted-globals/;

const IMPURE: readonly (readonly [what: string, source: string, rule: RegExp])[] = [
  ["the clock", "export const now = (): number => Date.now();", GLOBAL],
  ["a new Date", "export const now = (): Date => new Date();", GLOBAL],
  ["the fine clock", "export const now = (): number => performance.now();", GLOBAL],
  ["randomness", "export const draw = (): number => Math.random();", /no-restricted-properties/],
  ["strong randomness", "export const id = (): string => crypto.randomUUID();", GLOBAL],
  ["the environment", 'export const home = process.env["HOME"];', GLOBAL],
  ["a timer", "setTimeout(() => {}, 1);\nexport const x = 1;", GLOBAL],
  ["a repeating timer", "setInterval(() => {}, 1);\nexport const x = 1;", GLOBAL],
  ["a microtask", "queueMicrotask(() => {});\nexport const x = 1;", GLOBAL],
  ["the network", 'export const get = (): unknown => fetch("http://localhost");', GLOBAL],
  ["a promise", "export const later = (): unknown => Promise.resolve(1);", GLOBAL],
  [
    "an async function",
    "export async function later(): Promise<number> { return 1; }",
    /no-async-await/,
  ],
  ["the locale", "export const format = (): unknown => new Intl.NumberFormat();", GLOBAL],
  ["a way around", 'export const now = (): unknown => globalThis["Date"];', GLOBAL],
  ["the console", 'export const say = (): void => console.log("x");', /no-console/],
  [
    "a module of Node",
    'import { readFileSync } from "node:fs";\nexport const read = readFileSync;',
    IMPORT,
  ],
  [
    "a bare module of Node",
    'import { readFileSync } from "fs";\nexport const read = readFileSync;',
    IMPORT,
  ],
  ["a package", 'import { z } from "zod";\nexport const schema = z;', IMPORT],
  ["a type of a package", 'import type { ZodType } from "zod";\nexport type T = ZodType;', IMPORT],
  ["another folder by its path", 'export { parseRow } from "../data/rows.ts";', IMPORT],
  ["data", 'import { x } from "#data/series.ts";\nexport const y = x;', IMPORT],
  ["the command line", 'import { x } from "#cli/main.ts";\nexport const y = x;', IMPORT],
];

/** The fault simulator stands above the driver: it reads data, and nothing else of the world. */
const mayImport = (folder: string, what: string): boolean =>
  folder === "live/faults" && what === "data";

describe.each(["engine", "sim", "live/faults"])("%s is pure", (folder) => {
  test.each(IMPURE.filter(([what]) => !mayImport(folder, what)))(
    "%s is refused",
    (_, source, rule) => {
      expect(refusals(folder, source).join("\n")).toMatch(rule);
    },
  );

  test("what is pure passes", () => {
    const source =
      'import { must } from "#engine/assert.ts";\nexport const first = (list: readonly number[]): number => must(list[0], "A list has an entry");\n';
    expect(refusals(folder, source)).toEqual([]);
  });
});

describe("folders import only what they may", () => {
  test.each([
    ["engine", "#sim/exchange.ts"],
    ["engine", "#strategies/sma-cross.ts"],
    ["sim", "#reports/metrics/format.ts"],
    ["sim", "#strategies/sma-cross.ts"],
    ["strategies", "#sim/exchange.ts"],
    ["strategies", "#data/series.ts"],
    ["strategies", "node:fs"],
    ["data", "#sim/exchange.ts"],
    ["data", "#reports/metrics/format.ts"],
    ["data", "#cli/main.ts"],
    ["data", "express"],
    ["reports", "#sim/exchange.ts"],
    ["reports", "#cli/main.ts"],
    ["reports", "@duckdb/node-api"],
    ["props", "#cli/main.ts"],
    ["props", "node:fs"],
    ["props", "vitest"],
  ])("%s does not import %s", (folder, module) => {
    const source = `import { x } from "${module}";\nexport const y = x;\n`;
    expect(refusals(folder, source).join("\n")).toMatch(IMPORT);
  });

  test.each([
    ["sim", "#engine/assert.ts"],
    ["strategies", "#engine/strategy/api.ts"],
    ["strategies", "technicalindicators"],
    ["data", "node:fs"],
    ["reports", "#data/series.ts"],
    ["props", "#sim/exchange.ts"],
    ["props", "fast-check"],
  ])("%s may import %s", (folder, module) => {
    const source = `import { x } from "${module}";\nexport const y = x;\n`;
    expect(refusals(folder, source).filter((code) => IMPORT.test(code))).toEqual([]);
  });
});

/** Sources of a folder, tests and their helpers left out as in the lint configuration. */
function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter(
    (path) =>
      path.endsWith(".ts") && !path.endsWith(".test.ts") && !/(^|[\\/])testing[\\/]/.test(path),
  );
}

describe.each(["engine", "sim"])("the sources of %s", (folder) => {
  test("pass the lint as they stand", () => {
    const { status, stdout } = spawnSync(OXLINT, [folder], { cwd: ROOT, encoding: "utf8" });
    expect(stdout).toContain("0 errors");
    expect(status).toBe(0);
  });

  test("make no exception for themselves", () => {
    const excused = sourcesOf(folder).filter((path) =>
      /(oxlint|eslint)-disable|@ts-(ignore|expect-error|nocheck)/.test(
        readFileSync(join(ROOT, folder, path), "utf8"),
      ),
    );
    expect(sourcesOf(folder).length).toBeGreaterThan(10);
    expect(excused).toEqual([]);
  });

  test("load nothing at run time, where the lint does not look", () => {
    const loading = sourcesOf(folder).filter((path) =>
      /\bimport\s*\(|\brequire\s*\(|import\.meta/.test(
        readFileSync(join(ROOT, folder, path), "utf8"),
      ),
    );
    expect(loading).toEqual([]);
  });

  test("never ask the locale", () => {
    const asking = sourcesOf(folder).filter((path) =>
      /\.(localeCompare|toLocale\w+)\(/.test(readFileSync(join(ROOT, folder, path), "utf8")),
    );
    expect(asking).toEqual([]);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const MARKET = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-faults-"));
  const period = ["--from", "2024-01-01", "--to", "2024-02-01"];
  const words = ["data", "generate", "--symbol", "BTCUSDT", ...period];
  const { exit, stderr } = await spawnDrydock(words, { cwd: folder });
  if (exit !== 0) throw new Error(stderr);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A backtest of a strategy whose file is written first; the one document and what stands on stderr. */
async function backtest(name: string, source: string, ...more: string[]) {
  const text = `import { defineStrategy, sma } from "drydock";\n${source}\n`;
  writeFileSync(join(folder, `${name}.ts`), text);
  const words = ["backtest", `./${name}.ts`, ...MARKET, "--json", ...more];
  const outcome = await spawnDrydock(words, { cwd: folder });
  const document = parseDocument(outcome);
  expect(document.error?.exit ?? 0).toBe(outcome.exit);
  expect(readdirSync(join(folder, ".drydock"))).not.toContain("crash");
  return { document, stderr: outcome.stderr, error: document.error };
}

const define = (name: string, terms: string): string =>
  `export const s = defineStrategy({ name: "${name}", ${terms} });`;

test.each([
  [
    "asynchronous",
    "async onBar(ctx) { await null; ctx.enterLong({ qty: 0.1 }); }",
    /onBar a function that is async/,
  ],
  ["no-decision", "description: ''", /"no-decision" has no onBar/],
  ["number-indicator", "indicators: () => ({ a: 5 }), onBar() {}", /indicator "a" 5/],
])("the strategy %s is refused with exit 3 and its file", async (name, terms, message) => {
  const { error, stderr } = await backtest(name, define(name, terms));
  expect(error).toMatchObject({ code: "E_STRATEGY_FILE", exit: 3 });
  expect(error?.message).toMatch(message);
  expect(stderr).toContain(`${name}.ts`);
});

test("an indicator with an impossible argument is shown with its line", async () => {
  const terms = "indicators: () => ({ a: sma(0) }), onBar() {}";
  const { error, stderr } = await backtest("zero", define("zero", terms));
  expect(error?.exit).toBe(2);
  expect(stderr).toContain("zero.ts:2");
});

test("an order that a promise asks for ends the run instead of making two runs differ", async () => {
  const terms = "onBar(ctx) { Promise.resolve().then(() => ctx.enterLong({ qty: 0.1 })); }";
  const { error } = await backtest("late", define("late", terms));
  expect(error).toMatchObject({ code: "E_STRATEGY_THREW", exit: 6 });
  expect(error?.message).toContain('Strategy "late" failed: it asked for an order after onBar');
});

test("a strategy without a description runs and has a report", async () => {
  const { document } = await backtest("plain", define("plain", "onBar() {}"));
  expect(document.ok).toBe(true);
  const { files } = document.data as { files: { report: string } };
  expect(readFileSync(files.report, "utf8")).toContain("plain");
});

test("what a strategy prints goes to stderr, at the top level and in onBar", async () => {
  const terms = "onBar() { console.log('in a bar'); process.stdout.write('raw\\n'); }";
  const source = `console.log("at the top");\n${define("talks", terms)}`;
  const { document, stderr } = await backtest("talks", source);
  expect(document.ok).toBe(true);
  for (const text of ["at the top", "in a bar", "raw"]) expect(stderr).toContain(text);
});

test.each([
  ["rejects", "Promise.reject(new Error('late'))", "Error: late at rejects.ts:2"],
  ["no-error", "Promise.reject('only a text')", "only a text"],
  ["timer", "setTimeout(() => { throw new Error('later') }, 1)", "Error: later at timer.ts:2"],
])("stray failures of %s give one document and exit 6", async (name, code, message) => {
  const { error, stderr } = await backtest(name, define(name, `onBar() { ${code}; }`));
  expect(error).toMatchObject({ code: "E_STRATEGY_THREW", exit: 6 });
  expect(error?.message).toContain(message);
  expect(stderr).not.toContain("drydock itself failed");
});

test.each([
  [
    "exits-at-top",
    "process.exit(0);\nexport const s = 1;",
    "E_STRATEGY_FILE",
    3,
    /"exits-at-top\.ts":2: process\.exit\(0\)/,
  ],
  [
    "exits-in-bar",
    define("exits-in-bar", "onBar() { process.exit(0); }"),
    "E_STRATEGY_THREW",
    6,
    /"exits-in-bar" failed: process\.exit\(0\)/,
  ],
  [
    "never-loads",
    "await new Promise(() => {});\nexport const s = 1;",
    "E_STRATEGY_FILE",
    3,
    /"never-loads\.ts"/,
  ],
] as const)("a strategy that %s is an error", async (name, source, code, exit, message) => {
  const { error } = await backtest(name, source);
  expect(error).toMatchObject({ code, exit });
  expect(error?.message).toMatch(message);
});

test.each(["__proto__", "constructor", "toString"])("--param %s=3 is refused", async (name) => {
  const { error } = await backtest("bare", define("bare", "onBar() {}"), "--param", `${name}=3`);
  expect(error).toMatchObject({ code: "E_UNKNOWN_PARAM", exit: 2 });
});

test("an indicator of one's own that throws is the strategy's fault", async () => {
  const kernel = "{ out: new Float64Array(1), next() { throw new Error('in a kernel'); } }";
  const spec = `{ key: "own()", name: "own", outputs: [""], warmup: 0, create: () => (${kernel}) }`;
  const terms = `indicators: () => ({ own: ${spec} }), onBar() {}`;
  const { error } = await backtest("own-kernel", define("own-kernel", terms));
  expect(error).toMatchObject({ code: "E_STRATEGY_THREW", exit: 6 });
  expect(error?.message).toContain("in a kernel at own-kernel.ts:2");
});

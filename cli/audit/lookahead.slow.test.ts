import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { AuditDocument } from "#cli/audit/audit-document.ts";
import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const LEAKS = fileURLToPath(new URL("./testing/leaks/", import.meta.url));
const INNOCENT = fileURLToPath(new URL("./testing/innocent/", import.meta.url));
const REAL = fileURLToPath(
  new URL("../../../shared/data/real/binance/perp-1h-csv/BTCUSDT.csv", import.meta.url),
);
/** Two symbols, 2,184 hours: enough for every leak, and over in a moment. */
const MARKET = ["--symbol", "BTCUSDT", "--symbol", "ETHUSDT", "--interval", "1h"];
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-audit-"));
  const symbols = ["--symbol", "BTCUSDT", "--symbol", "ETHUSDT", "--interval", "1h"];
  const period = ["--from", "2024-01-01", "--to", "2024-04-01"];
  const words = ["data", "generate", ...symbols, ...period];
  const { exit, stderr } = await spawnDrydock(words, { cwd: folder });
  if (exit !== 0) throw new Error(stderr);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function audit(words: readonly string[]): Promise<{ data: AuditDocument; exit: number }> {
  const outcome = await spawnDrydock(["audit", "lookahead", ...words, "--json"], { cwd: folder });
  const document = parseDocument(outcome);
  if (document.schema === "drydock.error/1") throw new Error(JSON.stringify(document.error));
  return { data: document.data as AuditDocument, exit: outcome.exit };
}

/** The leak of each file: what the audit must call it, and a word of the line or the indicator that it must name. */
const PLANTED: readonly (readonly [
  file: string,
  kind: "lookahead" | "nondeterminism",
  indicator: string | null,
  line: string,
])[] = [
  ["centred-window", "lookahead", "smooth", "bars.close[row]"],
  ["future-shift", "lookahead", "change", "bars.close[index + 1]"],
  ["higher-timeframe", "lookahead", "trend", "bars.close[row]"],
  ["fit-whole-series", "lookahead", "residual", "bars.close"],
  ["full-column-max", "lookahead", "belowTop", "Math.max(...bars.high)"],
  ["resample-right", "lookahead", "resampled", "bars.close[row]"],
  ["unclosed-bar", "lookahead", "forming", "[index + 1]"],
  ["global-normalisation", "lookahead", "score", "Array.from(bars.close)"],
  ["target-encoding", "lookahead", "encoded", "bars.close[row + 1]"],
  ["sort-by-future", "lookahead", "rank", "bars.close["],
  ["cached-state", "nondeterminism", null, "ctx."],
  ["wall-clock", "nondeterminism", null, "new Date()"],
  ["single-candle", "lookahead", "merged", "bars.close[row]"],
  ["table-candle", "lookahead", "average", "bars.close[used]"],
  ["captured-columns", "lookahead", null, "other.close[second.bar.count]"],
  ["random-entry", "nondeterminism", null, "Math.random()"],
];

test("every planted leak is in the list", () => {
  const files = readdirSync(LEAKS).map((name) => name.replace(".ts", ""));
  expect(PLANTED.map(([file]) => file).sort()).toEqual(files.sort());
});

test.concurrent.each(PLANTED)("%s is found as %s", async (file, kind, indicator, line) => {
  const path = join(LEAKS, `${file}.ts`);
  const { data, exit } = await audit([path, ...MARKET, "--cuts", "4"]);
  expect(exit).toBe(7);
  expect(data.passed).toBe(false);
  const [found, ...more] = data.findings.filter((one) => one.kind !== "warm-up");
  expect(more).toEqual([]);
  expect(found).toMatchObject({ kind, indicator, file: path });
  expect(found?.expected).not.toBe(found?.actual);
  const source = readFileSync(path, "utf8").split("\n");
  expect(source[(found?.line ?? 0) - 1]).toContain(line);
});

test("a leak of one candle is found at its bar, in a table computed ahead as well", async () => {
  const found = [];
  for (const file of ["single-candle", "table-candle"]) {
    const { data } = await audit([join(LEAKS, `${file}.ts`), ...MARKET, "--cuts", "1"]);
    found.push(data.findings[0]?.firstBar);
  }
  // Hour 1,003 of 2024.
  expect(found).toEqual(["2024-02-11T19:00:00Z", "2024-02-11T19:00:00Z"]);
});

test.concurrent.each(readdirSync(INNOCENT))("the innocent twin %s passes", async (file) => {
  const { data, exit } = await audit([join(INNOCENT, file), ...MARKET, "--cuts", "12"]);
  expect(data.findings.filter(({ kind }) => kind !== "warm-up")).toEqual([]);
  expect(data).toMatchObject({ passed: true, everyBar: true, starts: true });
  expect(data.decisions).toBeGreaterThan(100);
  expect(exit).toBe(0);
});

test.concurrent.each(BUILT_IN.map(({ name }) => name))("%s is not accused", async (name) => {
  const { data, exit } = await audit([name, ...MARKET, "--cuts", "12"]);
  expect(data.findings.filter(({ kind }) => kind !== "warm-up")).toEqual([]);
  expect(data).toMatchObject({ passed: true, everyBar: true, starts: true });
  expect(data.decisions).toBeGreaterThan(5);
  expect(exit).toBe(0);
});

test("without data it is a year of a synthetic market", async () => {
  const { data, exit } = await audit(["pairs-spread"]);
  expect(data).toMatchObject({ passed: true, everyBar: true, starts: true, synthetic: true });
  expect(data).toMatchObject({ symbols: ["BTCUSDT", "ETHUSDT"], interval: "1h", cuts: 48 });
  expect([data.from, data.to]).toEqual(["2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]);
  expect(exit).toBe(0);
});

test("the built-in strategies of one symbol are not accused on real candles", async () => {
  if (!existsSync(REAL)) {
    console.log("left out: ../shared/data is not here");
    return;
  }
  for (const { name, symbolCount } of BUILT_IN) {
    if (symbolCount !== null && symbolCount > 1) continue;
    const { data } = await audit([name, "--file", REAL, "--cuts", "6"]);
    expect(data.findings.filter(({ kind }) => kind !== "warm-up")).toEqual([]);
    expect(data).toMatchObject({ passed: true, everyBar: true });
  }
});

test("the same audit gives the same document", async () => {
  const words = [join(LEAKS, "future-shift.ts"), "--seed", "5"];
  expect(await audit(words)).toEqual(await audit(words));
});

test("a helper file is executed anew with the strategy, and what reaches files is told", async () => {
  const helper = `import { readFileSync } from "node:fs";
export const counter = { runs: 0, readFileSync };\n`;
  const strategy = `import { defineStrategy } from "drydock";
import { counter } from "./helper.ts";
export const kept = defineStrategy({ name: "kept", state: () => ({ run: ++counter.runs }),
  onBar(ctx) { if (ctx.time % 360_000_000 === 0) ctx.enterLong({ qty: ctx.state.run }); } });\n`;
  writeFileSync(join(folder, "helper.ts"), helper);
  writeFileSync(join(folder, "kept.ts"), strategy);
  const words = ["audit", "lookahead", "./kept.ts", ...MARKET, "--cuts", "4", "--json"];
  const outcome = await spawnDrydock(words, { cwd: folder });
  const document = parseDocument(outcome) as unknown as {
    data: AuditDocument;
    warnings: readonly { code: string; message: string }[];
  };
  // Only the repetition in the same instance differs: every other run counts from one.
  expect(document.data.findings).toMatchObject([
    { kind: "nondeterminism", file: "kept.ts", line: 4 },
  ]);
  expect(document.data.findings[0]?.message).toContain("once more");
  expect(document.warnings).toMatchObject([
    { code: "outside-data", message: expect.stringContaining("helper.ts imports node:fs") },
  ]);
});

test("mistakes of use and of the strategy have their own exit codes", async () => {
  writeFileSync(
    join(folder, "throws.ts"),
    `import { defineStrategy } from "drydock";
export const s = defineStrategy({ name: "throws", onBar() { throw new RangeError("on purpose"); } });\n`,
  );
  const spawned = (...words: readonly string[]) =>
    spawnDrydock(["audit", "lookahead", ...words, "--json"], { cwd: folder });
  const threw = parseDocument(await spawned("./throws.ts"));
  expect(threw.error).toMatchObject({ code: "E_STRATEGY_THREW", exit: 6 });
  expect(threw.error?.message).toContain("on purpose at throws.ts:2");
  expect(parseDocument(await spawned("sma-cros")).error).toMatchObject({ exit: 2 });
  expect(parseDocument(await spawned("sma-cross", "--from", "90d")).error).toMatchObject({
    exit: 2,
  });
  const asked = ["sma-cross", "--param", "slow=5000", "--param", "fast=1000", "--interval", "1h"];
  expect((await spawned(...asked)).exit).toBe(0);
});

test("Ctrl-C ends it at once, without a verdict", async () => {
  const child = spawn(
    PINNED_NODE,
    [MAIN, "audit", "lookahead", "sma-cross", "--cuts", "5000", "--json", "--progress", "json"],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  let sentAt = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (sentAt > 0 || !text.includes("cuts")) return;
    sentAt = performance.now();
    child.kill("SIGINT");
  });
  const exit = await new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? -1));
  });
  expect(exit).toBe(130);
  expect(performance.now() - sentAt).toBeLessThan(5_000);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "E_INTERRUPTED" } });
});

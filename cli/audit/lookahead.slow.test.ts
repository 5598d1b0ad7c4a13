import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { AuditDocument } from "#cli/audit/audit-document.ts";
import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const LEAKS = fileURLToPath(new URL("./testing/leaks/", import.meta.url));
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

test("without data it is a year of a synthetic market", async () => {
  const { data, exit } = await audit(["pairs-spread"]);
  expect(data).toMatchObject({ passed: true, everyBar: true, starts: true, synthetic: true });
  expect(data).toMatchObject({ symbols: ["BTCUSDT", "ETHUSDT"], interval: "1h", cuts: 48 });
  expect([data.from, data.to]).toEqual(["2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]);
  expect(exit).toBe(0);
});

test("a leak ends with 7 and is told with its line, as text and as TSV", async () => {
  const words = ["audit", "lookahead", join(LEAKS, "future-shift.ts"), ...MARKET, "--cuts", "4"];
  const outcome = await spawnDrydock(words, { cwd: folder });
  expect(outcome.exit).toBe(7);
  expect(outcome.stdout).toContain(
    'lookahead  indicator "change" of BTCUSDT at 2024-01-01T19:00:00Z',
  );
  expect(outcome.stdout).toMatch(/at {4}\S+future-shift\.ts:\d+\n/);
  expect(outcome.stdout).toContain("failed  do not believe a backtest of this strategy");
  const plain = await spawnDrydock([...words, "--plain"], { cwd: folder });
  expect(plain.stdout.split("\n")[1]).toMatch(
    /^lookahead\t2024-01-01T19:00:00Z\tBTCUSDT\tchange\t/,
  );
});

test("a built-in strategy is not accused on real candles", async () => {
  if (!existsSync(REAL)) {
    console.log("left out: ../shared/data is not here");
    return;
  }
  for (const name of ["donchian-turtle", "macd-trend"]) {
    const { data } = await audit([name, "--file", REAL, "--cuts", "4"]);
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

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunDocument } from "#cli/backtest/run-document.ts";
import type { TradePath } from "#cli/runs/trade-path/trade-path.ts";
import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";
import { pathGaps } from "./trade-path/testing/path-gaps.ts";

const MARKET = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
const PERIOD = ["--from", "2024-01-01", "--to", "2024-03-01"];

let folder = "";
let run: RunDocument;

function drydock(...words: string[]) {
  return spawnDrydock(words, { cwd: folder });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-trade-"));
  const { exit, stderr } = await drydock("data", "generate", "--symbol", "BTCUSDT", ...PERIOD);
  if (exit !== 0) throw new Error(stderr);
  const rules = ["--stop-loss-pct", "2", "--take-profit-pct", "3"];
  const outcome = await drydock("backtest", "sma-cross", ...MARKET, ...rules, "--json");
  run = parseDocument(outcome).data as RunDocument;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a trade is told as JSON, as text and as a table", async () => {
  const trade = run.trades.find(({ exitReason }) => exitReason === "stopLoss");
  const words = ["runs", "show", "@last", "--trade", String(trade?.id)];
  const { data } = parseDocument(await drydock(...words, "--json")) as {
    data: RunDocument & { trade: TradePath };
  };
  expect(data.trade).toMatchObject({ ...trade });
  expect(pathGaps(data.trade)).toEqual([]);
  expect(data.run).toEqual(run.run);
  const text = await drydock(...words);
  expect(text.exit).toBe(0);
  expect(text.stdout).toContain(`trade ${trade?.id}  BTCUSDT ${trade?.side}`);
  expect(text.stdout).toMatch(/orderTriggered +triggered at /);
  const table = (await drydock(...words, "--plain")).stdout.trimEnd().split("\n");
  expect(table[0]).toBe("time\tevent\torder\trule\tsays\tbar");
  expect(table.length - 1).toBe(data.trade.events.length);
});

test("a number that the run has not is refused", async () => {
  const outcome = await drydock("runs", "show", "@last", "--trade", "9999", "--json");
  expect(outcome.exit).toBe(2);
  const known = run.trades.length + run.openTrades.length;
  expect(parseDocument(outcome).error?.message).toContain(`it has 1 to ${known}`);
});

test("executions are a table that SQL reads", async () => {
  const query = "select count(*) as fills, sum(fee) as fees from run_fills";
  const { data } = parseDocument(await drydock("sql", query, "--json"));
  const [row] = (data as { rows: { fills: number; fees: number }[] }).rows;
  const all = [...run.trades, ...run.openTrades];
  expect(row?.fills).toBeGreaterThan(run.trades.length * 2 - 1);
  expect(row?.fees).toBeCloseTo(
    all.reduce((sum, { fees }) => sum + fees, 0),
    6,
  );
});

test("a run that comes out another way is not explained", async () => {
  const file = join(folder, ".drydock", "runs", run.run.id, "run.json");
  const record = readFileSync(file, "utf8");
  writeFileSync(file, record.replaceAll(run.run.traceHash, "0".repeat(64)));
  try {
    const outcome = await drydock("runs", "show", "@last", "--trade", "1", "--json");
    expect(outcome.exit).toBe(7);
    expect(parseDocument(outcome).error).toMatchObject({ code: "E_EXPECTATION" });
  } finally {
    writeFileSync(file, record);
  }
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatInterval } from "#engine/market/interval.ts";
import type { Trade } from "#engine/result/run-result.ts";
import { tradesCsv } from "#reports/csv.ts";
import { formatNumber } from "#reports/metrics/format.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import { encodeReport, shownTrades } from "./report-columns.ts";
import { decimalsOf, formatDuration, formatQuantity, formatTime } from "./report-text.ts";
import { loadBrowserFiles } from "./testing/browser-module.ts";

const browser = loadBrowserFiles("format.js", "columns.js", "series.js", "trade-table.js");
const { number, quantity, time, interval } = browser.format;

test("the script writes numbers, quantities and times as the static text does", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(8), (value, places) => {
      expect(number(value, places)).toBe(formatNumber(value, places, "plain"));
      expect(number(value, places, true)).toBe(formatNumber(value, places, "signed"));
      expect(quantity(Math.abs(value))).toBe(formatQuantity(Math.abs(value)));
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      expect(time(ms)).toBe(formatTime(ms));
    }),
  );
  for (const ms of [
    60_000, 300_000, 3_600_000, 14_400_000, 86_400_000, 604_800_000, 2_592_000_000,
  ]) {
    expect(interval(ms)).toBe(formatInterval(ms));
  }
});

/** The trades as the script holds them after decoding. */
function decodedTrades(run: ReturnType<typeof sampleRun>): Record<string, unknown> {
  const { meta, columns } = encodeReport(run);
  const trades: Record<string, unknown> = { count: meta.trades.count };
  for (const column of columns.filter(({ id }) => id.startsWith("t-"))) {
    trades[column.id.slice(2)] = browser.decodeColumn(column, column.planes);
  }
  const dictionaries: Readonly<Record<string, readonly string[]>> = meta.trades.dictionaries;
  trades["word"] = (name: string, row: number): string | null =>
    dictionaries[name]?.[(trades[name] as Int32Array)[row]! - 1] ?? null;
  return trades;
}

test("the downloaded CSV is trades.csv, byte for byte", () => {
  const run = sampleRun({ seed: 8, bars: 5000, trades: 60, symbols: ["A", "B"] });
  const trades = run.trades.map(
    (trade, row): Trade => (row === 3 ? { ...trade, exitDetail: 'a "b", c\n<d>' } : trade),
  );
  const hostile = { ...run, trades };
  const { dictionaries } = encodeReport(hostile).meta.trades;
  const csv = browser.tradesCsv(decodedTrades(hostile), dictionaries);
  expect(csv).toBe([...tradesCsv(shownTrades(hostile))].join(""));
});

test.each([
  [0, "0 min"],
  [90 * 60_000, "1 h 30 min"],
  [86_400_000, "1 d"],
  [1500 * 86_400_000 + 7_200_000, "1,500 d 2 h"],
])("%d ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0.1, 1],
  [0.5, 1],
  [1, 0],
  [25, 0],
  [0.00001, 5],
  [1e-8, 8],
])("a tick of %d has %d decimals", (tick, decimals) => {
  expect(decimalsOf(tick)).toBe(decimals);
});

import type { ParsedBars, ParsedFunding } from "#data/import/parsed-series.ts";
import type { BarValues } from "#data/quality/repair.ts";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";

export const HOUR = 3_600_000;
export const START = Date.UTC(2024, 0, 1);

/** A bar that no check objects to; `index` counts intervals from the start. */
export function bar(index: number, change: Partial<BarValues> = {}, intervalMs = HOUR): BarValues {
  const open = 100 + (index % 5);
  return {
    time: START + index * intervalMs,
    open,
    high: open + 2,
    low: open - 1,
    close: open + 1,
    volume: 10 + (index % 3),
    ...change,
  };
}

export function barsOf(rows: readonly BarValues[], intervalMs = HOUR): BarColumns {
  const bars = makeBars(intervalMs, rows.length);
  rows.forEach((row, index) => {
    bars.time[index] = row.time;
    bars.open[index] = row.open;
    bars.high[index] = row.high;
    bars.low[index] = row.low;
    bars.close[index] = row.close;
    bars.volume[index] = row.volume;
  });
  return bars;
}

export function rowsOf(bars: BarColumns): BarValues[] {
  return Array.from({ length: bars.length }, (_, index) => ({
    time: bars.time[index]!,
    open: bars.open[index]!,
    high: bars.high[index]!,
    low: bars.low[index]!,
    close: bars.close[index]!,
    volume: bars.volume[index]!,
  }));
}

const facts = {
  path: "test.csv",
  exchange: "bybit",
  symbol: "BTCUSDT",
  format: "csv",
  notes: [],
  where: (index: number): string => `line ${index + 2}`,
  fileOrder: (index: number): number => index + 2,
  writtenAt: 0,
};

export function parsedBars(bars: BarColumns): ParsedBars {
  const { intervalMs, length } = bars;
  return { ...facts, kind: "candles", intervalMs, rows: length, bars, isLastOpen: false };
}

export function parsedFunding(rows: readonly (readonly [number, number])[]): ParsedFunding {
  const time = Float64Array.from(rows, ([at]) => at);
  const rate = Float64Array.from(rows, ([, value]) => value);
  const funding = { length: rows.length, time, rate };
  return { ...facts, kind: "funding", intervalMs: null, rows: rows.length, funding };
}

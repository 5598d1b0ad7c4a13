import { expect } from "vitest";
import type { ParsedBars, ParsedSeries } from "#data/import/parsed-series.ts";
import type { SampleRow } from "./sample-rows.ts";

export function asBars(series: ParsedSeries | undefined): ParsedBars {
  if (series === undefined || series.kind === "funding") throw new Error("not bars");
  return series;
}

/** The bars of a series as plain objects. */
export function rowsOf(series: ParsedSeries | undefined): SampleRow[] {
  const { time, open, high, low, close, volume, length } = asBars(series).bars;
  return Array.from({ length }, (_, index) => ({
    time: time[index]!,
    open: open[index]!,
    high: high[index]!,
    low: low[index]!,
    close: close[index]!,
    volume: volume[index]!,
  }));
}

/** Expects every value of every row, bit for bit, and gives the series back. */
export function expectRows(
  series: ParsedSeries | undefined,
  rows: readonly SampleRow[],
): ParsedBars {
  expect(rowsOf(series)).toEqual(rows);
  return asBars(series);
}

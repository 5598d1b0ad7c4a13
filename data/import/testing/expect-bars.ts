import { expect } from "vitest";
import type { ParsedBars, ParsedSeries } from "#data/import/parsed-series.ts";
import type { SampleRow } from "./sample-rows.ts";

export function asBars(series: ParsedSeries | undefined): ParsedBars {
  if (series === undefined || series.kind === "funding") throw new Error("not bars");
  return series;
}

/** Every value of every row, bit for bit. */
export function expectRows(
  series: ParsedSeries | undefined,
  rows: readonly SampleRow[],
): ParsedBars {
  const parsed = asBars(series);
  const { time, open, high, low, close, volume, length } = parsed.bars;
  expect(length).toBe(rows.length);
  const found = Array.from({ length }, (_, index) => ({
    time: time[index],
    open: open[index],
    high: high[index],
    low: low[index],
    close: close[index],
    volume: volume[index],
  }));
  expect(found).toEqual(rows);
  return parsed;
}

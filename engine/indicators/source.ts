import { assertNever } from "#engine/assert.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { Source } from "./kernel.ts";

/** Every name that may stand where an indicator takes a source. */
export const SOURCES: readonly Source[] = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "hl2",
  "hlc3",
  "ohlc4",
];

/** Whether the text names a source. */
export function isSource(text: string): text is Source {
  return (SOURCES as readonly string[]).includes(text);
}

/** The source's value at one bar. Hot: the columns are read by plain index, the most common source first. */
export function readSource(bars: BarColumns, index: number, source: Source): number {
  switch (source) {
    case "close":
      return bars.close[index] as number;
    case "high":
      return bars.high[index] as number;
    case "low":
      return bars.low[index] as number;
    case "volume":
      return bars.volume[index] as number;
    case "open":
      return bars.open[index] as number;
    case "hl2":
      return ((bars.high[index] as number) + (bars.low[index] as number)) / 2;
    case "hlc3":
      return readTypical(bars, index);
    case "ohlc4":
      return (
        ((bars.open[index] as number) +
          (bars.high[index] as number) +
          (bars.low[index] as number) +
          (bars.close[index] as number)) /
        4
      );
    default:
      return assertNever(source, "source");
  }
}

/** The typical price, (high + low + close) / 3. */
export function readTypical(bars: BarColumns, index: number): number {
  return (
    ((bars.high[index] as number) + (bars.low[index] as number) + (bars.close[index] as number)) / 3
  );
}

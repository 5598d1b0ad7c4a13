import type { BarColumns } from "#engine/market/bars.ts";

/**
 * A streaming indicator. It is fed one closed bar at a time and keeps what it needs, so that it never reads a bar
 * after the one it was given, nor one before it: the columns may have been replaced by longer ones in between.
 */
export interface Kernel {
  /** The value of each output after the last bar fed, in the order of `IndicatorSpec.outputs`; NaN where there is none. */
  readonly out: Float64Array;
  /** Feeds bar `index`. Calls come with successive indices, from any first one. */
  next(bars: BarColumns, index: number): void;
}

/** The series an indicator reads: a column, or a mean of columns (`hl2` is (high + low) / 2). */
export type Source = "open" | "high" | "low" | "close" | "volume" | "hl2" | "hlc3" | "ohlc4";

/** An indicator with its arguments: everything needed to name it and to run it. */
export interface IndicatorSpec<Output extends string = string> {
  /** Canonical: `rsi(14)`, `macd(12,26,9)`, `sma(20,volume)`; two specs with one key give the same values. */
  readonly key: string;
  /** Without arguments: `rsi`. */
  readonly name: string;
  /** `[""]` when there is a single one. */
  readonly outputs: readonly Output[];
  /** Index of the first bar at which every output has a value, counted from the first bar fed, on data without NaN. */
  readonly warmup: number;
  /** A fresh kernel that has seen no bar. */
  readonly create: () => Kernel;
}

/** The batch form: one column per output, `bars.length` long, by running a fresh kernel over the columns. */
export function runKernel(spec: IndicatorSpec, bars: BarColumns): Float64Array[] {
  const kernel = spec.create();
  const { length } = bars;
  const columns = spec.outputs.map(() => new Float64Array(length));
  const out = kernel.out;
  const first = columns[0] as Float64Array;
  if (columns.length === 1) {
    for (let index = 0; index < length; index++) {
      kernel.next(bars, index);
      first[index] = out[0] as number;
    }
    return columns;
  }
  for (let index = 0; index < length; index++) {
    kernel.next(bars, index);
    for (let k = 0; k < columns.length; k++) {
      (columns[k] as Float64Array)[index] = out[k] as number;
    }
  }
  return columns;
}

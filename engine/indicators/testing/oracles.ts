import { type BarColumns, makeBars } from "#engine/market/bars.ts";

/**
 * Slow and obvious forms of the indicators, straight from their definitions over whole series: each window is summed
 * anew, each mean from scratch. They share no code with the kernels.
 * A series is an array with NaN where there is no value; a window with such a value has none, a recursion starts over.
 */
export type Series = readonly number[];

const DAY_MS = 86_400_000;

export const isKnown = (value: number): boolean => Number.isFinite(value);

const mean = (values: Series): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Applies `f` to the last `n` values at each place, NaN where they are not all known. */
export const rolling = (xs: Series, n: number, f: (window: Series) => number): number[] =>
  xs.map((_, i) => {
    if (i + 1 < n) return Number.NaN;
    const window = xs.slice(i + 1 - n, i + 1);
    return window.every(isKnown) ? f(window) : Number.NaN;
  });

export const zip = (f: (...values: number[]) => number, ...series: readonly Series[]): number[] =>
  (series[0] as Series).map((_, i) => f(...series.map((xs) => xs[i] as number)));

export const shift = (xs: Series, n: number): number[] =>
  xs.map((_, i) => (i < n ? Number.NaN : (xs[i - n] as number)));

export const sma = (xs: Series, n: number): number[] => rolling(xs, n, mean);

export const wma = (xs: Series, n: number): number[] =>
  rolling(xs, n, (window) => {
    const weighted = window.reduce((sum, value, i) => sum + (i + 1) * value, 0);
    return weighted / window.reduce((sum, _, i) => sum + i + 1, 0);
  });

/** Two passes around the window's first value, so that the level of the price costs no digits. */
export const std = (xs: Series, n: number): number[] =>
  rolling(xs, n, (window) => {
    const distances = window.map((value) => value - (window[0] as number));
    const middle = mean(distances);
    return Math.sqrt(mean(distances.map((value) => (value - middle) ** 2)));
  });

export const max = (xs: Series, n: number): number[] =>
  rolling(xs, n, (window) => Math.max(...window));
export const min = (xs: Series, n: number): number[] =>
  rolling(xs, n, (window) => Math.min(...window));

export const percentile = (xs: Series, n: number, percent: number): number[] =>
  rolling(xs, n, (window) => {
    const sorted = window.toSorted((a, b) => a - b);
    const rank = ((n - 1) * percent) / 100;
    const low = sorted[Math.floor(rank)] as number;
    const high = sorted[Math.ceil(rank)] as number;
    return low + (rank - Math.floor(rank)) * (high - low);
  });

/** Starts from the mean of the first `n` known values in a row. */
export const exponential = (xs: Series, n: number, alpha: number): number[] => {
  const result: number[] = [];
  let run: number[] = [];
  for (const value of xs) {
    run = isKnown(value) ? [...run, value] : [];
    const before = result.at(-1) as number;
    if (run.length < n) result.push(Number.NaN);
    else if (run.length === n) result.push(mean(run));
    else result.push(alpha * value + (1 - alpha) * before);
  }
  return result;
};

export const ema = (xs: Series, n: number): number[] => exponential(xs, n, 2 / (n + 1));
export const wilder = (xs: Series, n: number): number[] => exponential(xs, n, 1 / n);

export interface Columns {
  readonly time: Series;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
}

export const toColumns = (bars: BarColumns): Columns => {
  const column = (values: Float64Array): number[] =>
    Array.from(values.subarray(0, bars.length), (value) => (isKnown(value) ? value : Number.NaN));
  return {
    time: column(bars.time),
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
    volume: column(bars.volume),
  };
};

export const toBars = (columns: Columns): BarColumns => {
  const bars = makeBars(DAY_MS, columns.time.length);
  for (const name of ["time", "open", "high", "low", "close", "volume"] as const) {
    bars[name].set(columns[name]);
  }
  return bars;
};

export const typical = ({ high, low, close }: Columns): number[] =>
  zip((h, l, c) => (h + l + c) / 3, high, low, close);

/** The range alone on the first bar, and on one that follows an unknown price. */
export const trueRange = ({ high, low, close }: Columns): number[] => {
  const known = zip((h, l, c) => (isKnown(h + l + c) ? c : Number.NaN), high, low, close);
  return zip(
    (h, l, c, before) => {
      if (!isKnown(h + l + c)) return Number.NaN;
      return isKnown(before) ? Math.max(h - l, Math.abs(h - before), Math.abs(l - before)) : h - l;
    },
    high,
    low,
    close,
    shift(known, 1),
  );
};

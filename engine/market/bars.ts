/**
 * Candles as columns. Rows are sorted by open time, strictly increasing, every open time a multiple of the
 * interval (or as the source stamps it for weeks and months); a gap is a missing row, never an invented one.
 * The first `length` entries are valid: a live feed appends, a backtest has them all at once.
 */
export interface BarColumns {
  /** Length of one bar in ms; `time + intervalMs` is the close time. */
  readonly intervalMs: number;
  readonly length: number;
  /** Open time, epoch ms UTC. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units traded; NaN where the source has none. */
  readonly volume: Float64Array;
}

/** Funding rates as columns, sorted by time. */
export interface FundingColumns {
  readonly length: number;
  /** The venue's stamp, epoch ms UTC, as stored (venues are some ms late). */
  readonly time: Float64Array;
  /** Fraction per interval: 0.0001 is 0.01 %; positive: longs pay shorts. */
  readonly rate: Float64Array;
}

/** Allocates empty columns for `length` bars. */
export function makeBars(intervalMs: number, length: number): BarColumns {
  return {
    intervalMs,
    length,
    time: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
}

/** The rows `[start, end)` of the columns, without copying. */
export function sliceBars(bars: BarColumns, start: number, end: number): BarColumns {
  return {
    intervalMs: bars.intervalMs,
    length: end - start,
    time: bars.time.subarray(start, end),
    open: bars.open.subarray(start, end),
    high: bars.high.subarray(start, end),
    low: bars.low.subarray(start, end),
    close: bars.close.subarray(start, end),
    volume: bars.volume.subarray(start, end),
  };
}

/** The first index with `time[index] >= at`, or `length`: the place where a period begins. */
export function lowerBound(time: Float64Array, length: number, at: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((time[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index with `time[index] > at`, or `length`: how many rows lie at or before a time. */
export function upperBound(time: Float64Array, length: number, at: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((time[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

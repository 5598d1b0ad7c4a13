import { assert } from "#engine/assert.ts";
import { type BarColumns, makeBars, sliceBars } from "./bars.ts";
import { floorToInterval, MONTH_MS } from "./interval.ts";

/** A longer bar that was left out because some of its source bars are not there. */
export interface IncompleteBar {
  /** Open time of the longer bar, epoch ms UTC. */
  readonly time: number;
  /** How many of its source bars are missing. */
  readonly missing: number;
}

export interface Resampled {
  readonly bars: BarColumns;
  /** In order of time. A longer bar without a single source bar is a gap as before and is not listed. */
  readonly incomplete: readonly IncompleteBar[];
}

/**
 * Whether every bar of the target interval consists of a whole number of source bars that begin and end with it.
 * Weeks begin on Monday, so days make weeks, but bars of three days do not make bars of three weeks. Months have no
 * fixed length: nothing makes them and they make nothing.
 */
export function canResample(sourceMs: number, targetMs: number): boolean {
  if (sourceMs === MONTH_MS || targetMs === MONTH_MS) return false;
  if (targetMs < sourceMs || targetMs % sourceMs !== 0) return false;
  const start = floorToInterval(0, targetMs);
  return floorToInterval(start, sourceMs) === start;
}

/**
 * Builds longer bars: open of the first, highest high, lowest low, close of the last, sum of the volumes in order
 * of time (NaN when one of them is unknown). Only complete bars: one source bar missing, at the edges too, leaves
 * the longer bar out and reports it. A source bar that does not stand on its own interval's grid never completes one.
 */
export function resample(bars: BarColumns, targetMs: number): Resampled {
  const sourceMs = bars.intervalMs;
  assert(canResample(sourceMs, targetMs), () => `${targetMs} ms is made of ${sourceMs} ms bars`);
  const perBar = targetMs / sourceMs;
  const target = makeBars(targetMs, Math.ceil(bars.length / perBar));
  const incomplete: IncompleteBar[] = [];
  let length = 0;
  let start = 0;
  while (start < bars.length) {
    const time = floorToInterval(bars.time[start] as number, targetMs);
    const end = endOfBar(bars, start, time + targetMs);
    const aligned = countAligned(bars, { start, end, time });
    if (aligned === perBar && end - start === perBar) {
      aggregate(bars, start, end, target, length);
      target.time[length++] = time;
    } else {
      incomplete.push({ time, missing: perBar - aligned });
    }
    start = end;
  }
  return { bars: sliceBars(target, 0, length), incomplete };
}

function endOfBar(bars: BarColumns, start: number, closeTime: number): number {
  let end = start;
  while (end < bars.length && (bars.time[end] as number) < closeTime) end++;
  return end;
}

function countAligned(
  bars: BarColumns,
  part: { readonly start: number; readonly end: number; readonly time: number },
): number {
  let count = 0;
  for (let row = part.start; row < part.end; row++) {
    if (((bars.time[row] as number) - part.time) % bars.intervalMs === 0) count++;
  }
  return count;
}

function aggregate(
  source: BarColumns,
  start: number,
  end: number,
  target: BarColumns,
  at: number,
): void {
  let high = source.high[start] as number;
  let low = source.low[start] as number;
  let volume = source.volume[start] as number;
  for (let row = start + 1; row < end; row++) {
    high = Math.max(high, source.high[row] as number);
    low = Math.min(low, source.low[row] as number);
    volume += source.volume[row] as number;
  }
  target.open[at] = source.open[start] as number;
  target.high[at] = high;
  target.low[at] = low;
  target.close[at] = source.close[end - 1] as number;
  target.volume[at] = volume;
}

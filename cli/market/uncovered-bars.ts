import { type BarColumns, lowerBound } from "#engine/market/bars.ts";

/** Bars of a run of which something is not known. */
export interface UncoveredBars {
  readonly count: number;
  /** Open time of the first, epoch ms; null when there is none. */
  readonly first: number | null;
  /** Bars looked at. */
  readonly total: number;
}

/** Bars from a time on that mark candles do not cover from open to close: there the last price stands in. */
export function barsWithoutMark(
  bars: BarColumns,
  marks: BarColumns | null,
  from: number,
): UncoveredBars {
  if (marks === null) return tally(bars, from, () => true);
  let next = 0;
  return tally(bars, from, (row) => {
    const open = bars.time[row] as number;
    const close = open + bars.intervalMs;
    const markMs = marks.intervalMs;
    while (next < marks.length && (marks.time[next] as number) + markMs <= open) next += 1;
    let covered = open;
    for (let at = next; at < marks.length && covered < close; at++) {
      if ((marks.time[at] as number) > covered) break;
      covered = (marks.time[at] as number) + markMs;
    }
    return covered < close;
  });
}

/** Bars from a time on whose volume the source does not tell. */
export function barsWithoutVolume(bars: BarColumns, from: number): UncoveredBars {
  return tally(bars, from, (row) => Number.isNaN(bars.volume[row]));
}

function tally(bars: BarColumns, from: number, isUnknown: (row: number) => boolean): UncoveredBars {
  const start = lowerBound(bars.time, bars.length, from);
  let count = 0;
  let first: number | null = null;
  for (let row = start; row < bars.length; row++) {
    if (!isUnknown(row)) continue;
    first ??= bars.time[row] as number;
    count += 1;
  }
  return { count, first, total: bars.length - start };
}

import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import { floorToInterval } from "#engine/market/interval.ts";

/** The shortest month: a bar that opens so soon after the start of a longer one lies in it. */
const SHORTEST_MONTH_MS = 28 * 86_400_000;

/** Bars of a longer interval from complete or incomplete groups of shorter ones; a group without bars is missing. */
export function aggregateBars(bars: BarColumns, intervalMs: number): BarColumns {
  const { time, open, high, low, close, volume, length } = bars;
  const grouped = makeBars(intervalMs, length);
  const withinMs = Math.min(intervalMs, SHORTEST_MONTH_MS);
  let count = 0;
  for (let row = 0; row < length; ) {
    const start = floorToInterval(time[row] as number, intervalMs);
    const surely = start + withinMs;
    let top = high[row] as number;
    let bottom = low[row] as number;
    let traded = volume[row] as number;
    const first = row;
    for (row += 1; row < length; row++) {
      const at = time[row] as number;
      if (at >= surely && floorToInterval(at, intervalMs) !== start) break;
      top = Math.max(top, high[row] as number);
      bottom = Math.min(bottom, low[row] as number);
      traded += volume[row] as number;
    }
    grouped.time[count] = start;
    grouped.open[count] = open[first] as number;
    grouped.high[count] = top;
    grouped.low[count] = bottom;
    grouped.close[count] = close[row - 1] as number;
    grouped.volume[count] = traded;
    count += 1;
  }
  return sliceBars(grouped, 0, count);
}

import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import { floorToInterval } from "#engine/market/interval.ts";

/** The shortest month: a bar that opens so soon after the start of a longer one lies in it. */
const SHORTEST_MONTH_MS = 28 * 86_400_000;

/** Bars of a longer interval from complete or incomplete groups of shorter ones; a group without bars is missing. */
export function aggregateBars(bars: BarColumns, intervalMs: number): BarColumns {
  const grouped = makeBars(intervalMs, bars.length);
  const withinMs = Math.min(intervalMs, SHORTEST_MONTH_MS);
  let count = 0;
  let current = Number.NaN;
  for (let row = 0; row < bars.length; row++) {
    const time = bars.time[row] as number;
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    const volume = bars.volume[row] as number;
    const start = time < current + withinMs ? current : floorToInterval(time, intervalMs);
    if (start !== current) {
      current = start;
      grouped.time[count] = start;
      grouped.open[count] = bars.open[row] as number;
      grouped.high[count] = high;
      grouped.low[count] = low;
      grouped.close[count] = bars.close[row] as number;
      grouped.volume[count] = volume;
      count += 1;
      continue;
    }
    const last = count - 1;
    grouped.high[last] = Math.max(grouped.high[last] as number, high);
    grouped.low[last] = Math.min(grouped.low[last] as number, low);
    grouped.close[last] = bars.close[row] as number;
    grouped.volume[last] = (grouped.volume[last] as number) + volume;
  }
  return sliceBars(grouped, 0, count);
}

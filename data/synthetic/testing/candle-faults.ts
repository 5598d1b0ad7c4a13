import type { BarColumns } from "#engine/market/bars.ts";
import { isOnGrid, makeGrid } from "#engine/model/grid.ts";

/** Rows that break a rule of candles, as text; an empty list is right. */
export function candleFaults(bars: BarColumns, tick: number): readonly string[] {
  const grid = makeGrid(tick);
  const found: string[] = [];
  for (let row = 0; row < bars.length; row++) {
    const time = bars.time[row] as number;
    const open = bars.open[row] as number;
    const high = bars.high[row] as number;
    const low = bars.low[row] as number;
    const close = bars.close[row] as number;
    if (!(low > 0)) found.push(`Row ${row}: the low is ${low}`);
    if (!(high >= Math.max(open, close))) found.push(`Row ${row}: the high ${high} is in the body`);
    if (!(low <= Math.min(open, close))) found.push(`Row ${row}: the low ${low} is in the body`);
    if (![open, high, low, close].every((price) => isOnGrid(grid, price))) {
      found.push(`Row ${row}: a price is off the tick`);
    }
    if (time % bars.intervalMs !== 0) found.push(`Row ${row}: ${time} is off the interval`);
    if (row > 0 && time <= (bars.time[row - 1] as number)) found.push(`Row ${row}: not sorted`);
  }
  return found;
}

import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { fromUnits, makeGrid } from "#engine/model/grid.ts";
import { RandomStream } from "#reports/metrics/random-stream.ts";

export interface SampleBarsOptions {
  readonly seed: number;
  readonly length: number;
  readonly intervalMs: number;
  readonly from: number;
  readonly tick: number;
  readonly price: number;
}

/** A random walk on the tick with the daily volatility of a large coin; every open is the close before it. */
export function sampleBars(options: SampleBarsOptions): BarColumns {
  const { length, intervalMs, tick } = options;
  const grid = makeGrid(tick);
  const random = new RandomStream(options.seed);
  const bars = makeBars(intervalMs, length);
  const step = 0.025 * Math.sqrt(intervalMs / 86_400_000);
  let ticks = Math.round(options.price / tick);
  const least = Math.max(10, Math.round(ticks / 50));
  for (let row = 0; row < length; row++) {
    const open = ticks;
    const swing = step * open;
    const drift = (random.next() + random.next() + random.next() - 1.5) * 2 * swing;
    ticks = Math.max(least, Math.round(open + drift));
    const high = Math.max(open, ticks) + Math.round(random.next() * swing);
    const low = Math.max(1, Math.min(open, ticks) - Math.round(random.next() * swing));
    bars.time[row] = options.from + row * intervalMs;
    bars.open[row] = fromUnits(grid, open);
    bars.high[row] = fromUnits(grid, high);
    bars.low[row] = fromUnits(grid, low);
    bars.close[row] = fromUnits(grid, ticks);
    bars.volume[row] = (10_000 + random.index(90_000)) / 1000;
  }
  return bars;
}

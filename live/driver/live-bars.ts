import { type BarColumns, makeBars } from "#engine/market/bars.ts";

/** Candles that grow while an engine reads them. */
export class LiveBars implements BarColumns {
  readonly intervalMs: number;
  length = 0;
  time: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;

  constructor(intervalMs: number, capacity: number) {
    const columns = makeBars(intervalMs, Math.max(1, capacity));
    this.intervalMs = intervalMs;
    this.time = columns.time;
    this.open = columns.open;
    this.high = columns.high;
    this.low = columns.low;
    this.close = columns.close;
    this.volume = columns.volume;
  }

  /** Adds a candle behind the last one; returns its row. */
  add(bar: LiveBar): number {
    if (this.length === this.time.length) this.#grow();
    const row = this.length;
    this.time[row] = bar.time;
    this.open[row] = bar.open;
    this.high[row] = bar.high;
    this.low[row] = bar.low;
    this.close[row] = bar.close;
    this.volume[row] = bar.volume;
    this.length += 1;
    return row;
  }

  #grow(): void {
    const double = (column: Float64Array): Float64Array => {
      const grown = new Float64Array(2 * column.length);
      grown.set(column);
      return grown;
    };
    this.time = double(this.time);
    this.open = double(this.open);
    this.high = double(this.high);
    this.low = double(this.low);
    this.close = double(this.close);
    this.volume = double(this.volume);
  }
}

/** One candle of a feed. Times in epoch ms, prices in quote units, volume in base units. */
export interface LiveBar {
  /** Open time. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

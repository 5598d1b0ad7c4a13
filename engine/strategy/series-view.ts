import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorRun } from "#engine/strategy/indicator-run.ts";

/** One candle series inside the engine: the columns and how far they have closed. */
export class EngineSeries {
  readonly symbol: number = 0;
  readonly intervalMs: number = 0;
  readonly bars: BarColumns;
  /** Row of the bar that closed last; −1 before the first. */
  index = -1;

  constructor(symbol: number, bars: BarColumns) {
    this.symbol = symbol;
    this.intervalMs = bars.intervalMs;
    this.bars = bars;
  }
}

/**
 * A number per bar, read at the bar that closed last. Values that do not exist (warm-up, before the first bar)
 * are NaN, and every comparison with NaN is false.
 */
export class SeriesValue {
  readonly #series: EngineSeries;
  readonly #values: Float64Array;
  readonly #mask: number = 0;
  readonly #lookback: number = 0;

  constructor(run: IndicatorRun, output: number) {
    this.#series = run.series;
    this.#values = run.rings[output] as Float64Array;
    this.#mask = run.mask;
    this.#lookback = run.lookback;
  }

  get value(): number {
    const index = this.#series.index;
    return index < 0 ? Number.NaN : (this.#values[index & this.#mask] as number);
  }

  get previous(): number {
    return this.at(1);
  }

  /**
   * The value `ago` bars before the one that closed last; whole numbers from 0.
   * @throws RangeError beyond 61,440 bars: so many are kept
   */
  at(ago: number): number {
    const index = this.#series.index - ago;
    if (!isRow(index) || ago < 0) return Number.NaN;
    if (ago >= this.#lookback) {
      throw new RangeError(`Indicators keep ${this.#lookback} bars, not the one ${ago} bars ago`);
    }
    return this.#values[index & this.#mask] as number;
  }
}

/** The candle that closed last on one interval, and those before it. */
export class BarView {
  readonly #series: EngineSeries;

  constructor(series: EngineSeries) {
    this.#series = series;
  }

  /** Bars closed so far. */
  get count(): number {
    return this.#series.index + 1;
  }

  /** Open time, epoch ms. */
  get time(): number {
    return this.#read(this.#series.bars.time, 0);
  }

  get open(): number {
    return this.#read(this.#series.bars.open, 0);
  }

  get high(): number {
    return this.#read(this.#series.bars.high, 0);
  }

  get low(): number {
    return this.#read(this.#series.bars.low, 0);
  }

  get close(): number {
    return this.#read(this.#series.bars.close, 0);
  }

  get volume(): number {
    return this.#read(this.#series.bars.volume, 0);
  }

  openAt(ago: number): number {
    return this.#read(this.#series.bars.open, ago);
  }

  highAt(ago: number): number {
    return this.#read(this.#series.bars.high, ago);
  }

  lowAt(ago: number): number {
    return this.#read(this.#series.bars.low, ago);
  }

  closeAt(ago: number): number {
    return this.#read(this.#series.bars.close, ago);
  }

  volumeAt(ago: number): number {
    return this.#read(this.#series.bars.volume, ago);
  }

  timeAt(ago: number): number {
    return this.#read(this.#series.bars.time, ago);
  }

  /** Bars that are still to come stay out of reach: a negative `ago` gives NaN. */
  #read(column: Float64Array, ago: number): number {
    const index = this.#series.index - ago;
    return isRow(index) && ago >= 0 ? (column[index] as number) : Number.NaN;
  }
}

/** A whole number from 0: neither NaN nor a fraction reads anything. */
function isRow(index: number): boolean {
  return index >= 0 && (index | 0) === index;
}

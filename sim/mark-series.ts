import { type BarColumns, lowerBound } from "#engine/market/bars.ts";

/**
 * The mark price as the simulated venue sees it, whatever the interval of the stored mark candles.
 *
 * Conditions:
 * 1. Mark candles as fine as the price candles, or finer, are used as they are.
 * 2. Coarser ones (an hour over five minutes) can not say in which of the smaller bars the extreme lay. There the
 *    mark's range in a bar is the price range held inside the range of the mark candle around it, so the extreme
 *    of the mark falls into the bar in which the price went furthest, and never beyond what the mark did.
 * 3. What a strategy sees is causal: the close of a mark candle that ends now, otherwise the last price.
 * 4. Where no mark candle exists the last price stands in.
 */
export class MarkSeries {
  readonly #bars: BarColumns;
  readonly #marks: BarColumns | null;
  #next = 0;
  low = 0;
  high = 0;
  open = 0;

  constructor(bars: BarColumns, marks: BarColumns | null) {
    this.#bars = bars;
    this.#marks = marks !== null && marks.length > 0 ? marks : null;
    if (this.#marks !== null && bars.length > 0) {
      const first = (bars.time[0] as number) - this.#marks.intervalMs;
      this.#next = lowerBound(this.#marks.time, this.#marks.length, first);
    }
  }

  get isStored(): boolean {
    return this.#marks !== null;
  }

  /** Sets `open`, `low` and `high` for the price bar; indices must not go back. */
  seek(index: number): void {
    const bars = this.#bars;
    this.open = bars.open[index] as number;
    this.low = bars.low[index] as number;
    this.high = bars.high[index] as number;
    const marks = this.#marks;
    if (marks === null) return;
    const from = bars.time[index] as number;
    const to = from + bars.intervalMs;
    let at = this.#next;
    while (at < marks.length && (marks.time[at] as number) + marks.intervalMs <= from) at++;
    this.#next = at;
    if (at >= marks.length || (marks.time[at] as number) >= to) return;
    if (marks.intervalMs > bars.intervalMs) {
      this.#clamp(marks, at, from);
      return;
    }
    if ((marks.time[at] as number) === from) this.open = marks.open[at] as number;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (; at < marks.length && (marks.time[at] as number) < to; at++) {
      low = Math.min(low, marks.low[at] as number);
      high = Math.max(high, marks.high[at] as number);
    }
    this.low = low;
    this.high = high;
  }

  /** The mark at a bar's close: of a mark candle that ends at that moment, otherwise the last price. */
  closeOf(index: number): number {
    const bars = this.#bars;
    const price = bars.close[index] as number;
    const marks = this.#marks;
    if (marks === null) return price;
    const time = (bars.time[index] as number) + bars.intervalMs;
    for (let at = this.#next; at < marks.length; at++) {
      const end = (marks.time[at] as number) + marks.intervalMs;
      if (end === time) return marks.close[at] as number;
      if (end > time) break;
    }
    return price;
  }

  /** The mark at a moment for funding: the open of the mark candle that begins there; NaN where none does. */
  openAt(time: number): number {
    const marks = this.#marks ?? this.#bars;
    const at = lowerBound(marks.time, marks.length, time);
    return at < marks.length && marks.time[at] === time ? (marks.open[at] as number) : Number.NaN;
  }

  #clamp(marks: BarColumns, at: number, from: number): void {
    const low = marks.low[at] as number;
    const high = marks.high[at] as number;
    if ((marks.time[at] as number) === from) this.open = marks.open[at] as number;
    else this.open = Math.min(Math.max(this.open, low), high);
    this.low = Math.min(Math.max(this.low, low), high);
    this.high = Math.max(Math.min(this.high, high), low);
  }
}

import type { LiveBar } from "#live/driver/live-bars.ts";
import type { Faults } from "#live/faults/world/faults.ts";
import type { WorldMarket } from "#live/faults/world/venue-matcher.ts";
import type { VirtualTime } from "#live/faults/world/virtual-time.ts";

/** Candles arrive within this time after their close, ms. */
const DELAY_MS_MAX = 800;
/** What is told again or corrected is so by as much as this later, ms. */
const AGAIN_MS_MAX = 120_000;

export interface FeedTerms {
  readonly candleMs: number;
  readonly start: number;
  /** Nothing closes after it. */
  readonly end: number;
}

/** Who hears the candles of a symbol; nobody does while the program is down. */
export type CandleListener = (symbol: string, bar: LiveBar) => void;

/**
 * Publishes the candles of a market, made of the bars on which the venue matches, and does to them what feeds do: leaves
 * some out, tells some twice, late, wrong or before their end.
 */
export class CandleFeed {
  listener: CandleListener | null = null;
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #market: WorldMarket;
  readonly #terms: FeedTerms;

  constructor(
    parts: { readonly time: VirtualTime; readonly faults: Faults },
    market: WorldMarket,
    terms: FeedTerms,
  ) {
    this.#time = parts.time;
    this.#faults = parts.faults;
    this.#market = market;
    this.#terms = terms;
    this.#schedule(terms.start);
  }

  get symbol(): string {
    return this.#market.instrument.symbol;
  }

  /** The candles that have closed by a time, newest last; the history that a program loads when it starts. */
  history(until: number, count: number): readonly LiveBar[] {
    const { candleMs, start } = this.#terms;
    const last = Math.floor((until - start) / candleMs);
    const first = Math.max(0, last - count);
    return Array.from({ length: Math.max(0, last - first) }, (_, at) =>
      this.#candle(start + (first + at) * candleMs),
    );
  }

  #schedule(open: number): void {
    const { candleMs, end } = this.#terms;
    if (open + candleMs > end) return;
    this.#time.at(open + candleMs, () => {
      this.#publish(open);
      this.#schedule(open + candleMs);
    });
  }

  #publish(open: number): void {
    const faults = this.#faults;
    const candle = this.#candle(open);
    if (faults.strikes("D1")) return;
    const delay = faults.strikes("D3")
      ? faults.delay("D3", this.#terms.candleMs, 3 * this.#terms.candleMs)
      : faults.delay("D2", 1, DELAY_MS_MAX);
    this.#tell(faults.strikes("D4") ? this.#spoil(candle) : candle, delay);
    if (faults.strikes("D2")) this.#tell(candle, delay + faults.delay("D2", 1, AGAIN_MS_MAX));
    if (faults.strikes("D6")) {
      const close = candle.close * 1.01;
      const changed = { ...candle, close, high: Math.max(candle.high, close) };
      this.#tell(changed, delay + faults.delay("D6", 1, AGAIN_MS_MAX));
    }
    if (faults.strikes("D5")) this.#tell(this.#candle(open + this.#terms.candleMs), delay + 1);
  }

  #tell(bar: LiveBar, delay: number): void {
    this.#time.after(delay, () => this.listener?.(this.symbol, bar));
  }

  #spoil(bar: LiveBar): LiveBar {
    const stream = this.#faults.of("D4");
    const price = stream.pick([Number.NaN, 0, -bar.close, bar.close * 1e6]);
    return { ...bar, [stream.pick(["open", "high", "low", "close"] as const)]: price };
  }

  #candle(open: number): LiveBar {
    const { bars } = this.#market;
    const first = Math.round((open - this.#terms.start) / bars.intervalMs);
    const count = Math.round(this.#terms.candleMs / bars.intervalMs);
    const last = Math.min(first + count, bars.length) - 1;
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    let volume = 0;
    for (let row = first; row <= last; row++) {
      high = Math.max(high, bars.high[row] as number);
      low = Math.min(low, bars.low[row] as number);
      volume += bars.volume[row] as number;
    }
    return {
      time: open,
      open: bars.open[first] as number,
      high,
      low,
      close: bars.close[last] as number,
      volume,
    };
  }
}

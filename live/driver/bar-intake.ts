import type { LiveBar, LiveBars } from "#live/driver/live-bars.ts";

/** What is wrong with a candle of a feed; `gap` is told of the first one behind it, which is taken all the same. */
export type BarAnomaly =
  | "duplicate"
  | "changed"
  | "late"
  | "unclosed"
  | "misaligned"
  | "invalid"
  | "gap";

/** How far the clock of a venue may run ahead of ours before a candle that ends in the future is taken for unclosed. */
const AHEAD_MS_MAX = 2_000;
/** The largest jump from one close to the next open that is taken for a price, as a factor. */
const JUMP_MAX = 10;

/**
 * Lets each candle of a series through once, after its close and in order. Whatever else a feed says is an anomaly:
 * nothing is decided on it, and a candle that was taken is never changed.
 */
export class BarIntake {
  readonly #bars: LiveBars;

  constructor(bars: LiveBars) {
    this.#bars = bars;
  }

  /** Takes a candle that the feed calls closed; returns what is wrong with it, or null. `gap` and null: it was taken. */
  take(bar: LiveBar, now: number): BarAnomaly | null {
    const { length, intervalMs, time } = this.#bars;
    const anomaly = this.#check(bar, now);
    if (anomaly !== null) return anomaly;
    const isGap = length > 0 && bar.time !== (time[length - 1] as number) + intervalMs;
    this.#bars.add(bar);
    return isGap ? "gap" : null;
  }

  #check(bar: LiveBar, now: number): BarAnomaly | null {
    const { length, intervalMs, time, close } = this.#bars;
    const last = length > 0 ? (time[length - 1] as number) : Number.NEGATIVE_INFINITY;
    if (!Number.isSafeInteger(bar.time) || bar.time % intervalMs !== 0) return "misaligned";
    if (!isPriced(bar)) return "invalid";
    if (bar.time + intervalMs > now + AHEAD_MS_MAX) return "unclosed";
    if (bar.time === last) return this.#isSame(bar) ? "duplicate" : "changed";
    if (bar.time < last) return "late";
    if (length === 0) return null;
    const before = close[length - 1] as number;
    const isAbsurd = bar.open > before * JUMP_MAX || bar.open * JUMP_MAX < before;
    return isAbsurd ? "invalid" : null;
  }

  #isSame(bar: LiveBar): boolean {
    const { length, open, high, low, close, volume } = this.#bars;
    const row = length - 1;
    return (
      bar.open === open[row] &&
      bar.high === high[row] &&
      bar.low === low[row] &&
      bar.close === close[row] &&
      Object.is(bar.volume, volume[row])
    );
  }
}

function isPriced({ open, high, low, close, volume }: LiveBar): boolean {
  const arePrices = [open, high, low, close].every((price) => Number.isFinite(price) && price > 0);
  const isRange = high >= Math.max(open, close) && low <= Math.min(open, close);
  return arePrices && isRange && volume >= 0 && Number.isFinite(volume);
}

import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import { AverageTrueRange } from "./atr.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";

/**
 * SuperTrend (O. Seban), by TradingView's rules: bands at (high + low) / 2 ± `multiplier` × ATR. The lower band
 * only rises while the close stays above it, the upper one only falls while the close stays below it; a close beyond
 * the upper band turns the trend up, one beyond the lower band turns it down. `value` is the lower band in an up
 * trend and the upper band in a down trend; the first bar counts as a down trend.
 * `direction` is 1 for up and −1 for down (TradingView's has the opposite sign).
 */
export function superTrend(period = 10, multiplier = 3): IndicatorSpec<"value" | "direction"> {
  return {
    key: checkedKey("superTrend", [
      ["period", "period", period],
      ["factor", "multiplier", multiplier],
    ]),
    name: "superTrend",
    outputs: ["value", "direction"],
    warmup: period - 1,
    create: () => new SuperTrend(period, multiplier),
  };
}

class SuperTrend implements Kernel {
  readonly out: Float64Array = new Float64Array(2).fill(Number.NaN);
  readonly #range: AverageTrueRange;
  readonly #multiplier: number = 0;
  #upper = Number.NaN;
  #lower = Number.NaN;
  #close = Number.NaN;
  #direction = -1;

  constructor(period: number, multiplier: number) {
    this.#range = new AverageTrueRange(period);
    this.#multiplier = multiplier;
  }

  next(bars: BarColumns, index: number): void {
    const reach = this.#range.next(bars, index) * this.#multiplier;
    if (reach !== reach) return this.#restart();
    const close = bars.close[index] as number;
    const middle = ((bars.high[index] as number) + (bars.low[index] as number)) / 2;
    const upper = this.#nextUpper(middle + reach);
    const lower = this.#nextLower(middle - reach);
    // On the first bar the previous bands are NaN, no comparison holds, and the trend stays down.
    if (this.#direction < 0 && this.#upper === this.#upper) {
      if (close > upper) this.#direction = 1;
    } else if (this.#direction > 0 && close < lower) {
      this.#direction = -1;
    }
    this.#upper = upper;
    this.#lower = lower;
    this.#close = close;
    this.out[0] = this.#direction > 0 ? lower : upper;
    this.out[1] = this.#direction;
  }

  /** The band of the bar before holds, unless the new one is nearer or the close had broken through it. */
  #nextUpper(upper: number): number {
    return upper >= this.#upper && this.#close <= this.#upper ? this.#upper : upper;
  }

  #nextLower(lower: number): number {
    return lower <= this.#lower && this.#close >= this.#lower ? this.#lower : lower;
  }

  #restart(): void {
    this.#upper = Number.NaN;
    this.#lower = Number.NaN;
    this.#direction = -1;
    this.out.fill(Number.NaN);
  }
}

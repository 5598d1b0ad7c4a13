import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { RsiKernel } from "./rsi.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";
import { Sma } from "./values/sma.ts";

/** Where a price stands still, RSI only flickers in its last digits; a range below this is none. In points of RSI. */
const STILL = 1e-9;

/**
 * Stochastic RSI, 0 to 100 (T. Chande and S. Kroll 1994): where RSI stands between its lowest and highest value of
 * `period` bars. Output `k` is the mean of `k` such values and `d` the mean of `d` values of that, as on TradingView.
 * NaN where RSI stood still in the window; the means start over.
 */
export function stochasticRsi(
  rsiPeriod = 14,
  period = 14,
  k = 3,
  d = 3,
  source: Source = "close",
): IndicatorSpec<"k" | "d"> {
  return {
    key: checkedKey("stochasticRsi", [
      ["period", "rsiPeriod", rsiPeriod],
      ["period", "period", period],
      ["period", "k", k],
      ["period", "d", d],
      ["source", "source", source],
    ]),
    name: "stochasticRsi",
    outputs: ["k", "d"],
    warmup: rsiPeriod + period + k + d - 3,
    create: () => new StochasticRsi(new RsiKernel(rsiPeriod, source), period, k, d),
  };
}

class StochasticRsi implements Kernel {
  readonly out: Float64Array = new Float64Array(2).fill(Number.NaN);
  readonly #rsi: RsiKernel;
  readonly #highest: RollingMax;
  readonly #lowest: RollingMin;
  readonly #k: Sma;
  readonly #d: Sma;

  constructor(rsi: RsiKernel, period: number, k: number, d: number) {
    this.#rsi = rsi;
    this.#highest = new RollingMax(period);
    this.#lowest = new RollingMin(period);
    this.#k = new Sma(k);
    this.#d = new Sma(d);
  }

  next(bars: BarColumns, index: number): void {
    this.#rsi.next(bars, index);
    const rsi = this.#rsi.out[0] as number;
    const lowest = this.#lowest.next(rsi);
    const range = this.#highest.next(rsi) - lowest;
    const k = this.#k.next(range > STILL ? (100 * (rsi - lowest)) / range : Number.NaN);
    this.out[0] = k;
    this.out[1] = this.#d.next(k);
  }
}
